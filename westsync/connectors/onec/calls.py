"""The requests that a base understands (1C contract 4.1, 4.5), and how long each may take (2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.onec import query, wire
from westsync.connectors.onec.config import SERVICE_PATH
from westsync.transport import Call, Effect

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from westsync.connectors.onec.values import Json

READ_S, WRITE_S = 60.0, 120.0
# A write is repeated only if it certainly did not happen: nothing was sent, or a lock refused it.
WRITE_ATTEMPTS = 3
METADATA_CAP_BYTES = 256 * 1024 * 1024
_ACCEPT = f"application/{query.FORMAT}"


def reading(path: str, asked: Mapping[str, str] | None, *, is_cold: bool) -> Call:
    """Return a question.

    Args:
        path: Entity, or one object of it; empty for the root.
        asked: Query options.
        is_cold: An infobase session must be opened first, which costs seconds.
    """
    return Call(
        method="GET",
        target=query.target(path, asked),
        effect=Effect.READ,
        headers={"Accept": _ACCEPT},
        operation=f"GET {path or 'root'}",
        deadline_s=WRITE_S if is_cold else READ_S,
    )


def writing(
    method: str, path: str, body: dict[str, Json], headers: Mapping[str, str] | None = None
) -> Call:
    """Return a write with a JSON body."""
    return Call(
        method=method,
        target=query.target(path),
        effect=Effect.CREATE,
        body=wire.encode(body),
        headers={
            "Accept": _ACCEPT,
            "Content-Type": "application/json; charset=utf-8",
            **(headers or {}),
        },
        operation=f"{method} {path}",
        attempts=WRITE_ATTEMPTS,
        deadline_s=WRITE_S,
    )


def posting(entity: str, ref: str) -> Call:
    """Return the posting of a document; without a body it carries ``Content-Length: 0``."""
    path = query.posting_path(entity, ref)
    return Call(
        method="POST",
        target=query.target(path, {"PostingModeOperational": "false"}),
        effect=Effect.CREATE,
        headers={"Accept": _ACCEPT},
        operation=f"POST {path}",
        attempts=WRITE_ATTEMPTS,
        deadline_s=WRITE_S,
    )


def describing(sink: BinaryIO) -> Call:
    """Return the question for ``$metadata``, which goes into a seekable file."""
    return Call(
        method="GET",
        target=query.metadata_target(),
        effect=Effect.READ,
        headers={"Accept": "application/xml"},
        operation="GET $metadata",
        attempts=2,
        deadline_s=2 * WRITE_S,
        cap_bytes=METADATA_CAP_BYTES,
        sink=sink,
    )


def ending() -> Call:
    """Return the last question of an infobase session of ours (2.3)."""
    return Call(
        method="GET",
        target=query.target(""),
        effect=Effect.READ,
        headers={"Accept": _ACCEPT, "IBSession": "finish"},
        attempts=1,
    )


def service_description() -> Call:
    """Return the question for the WSDL of our service."""
    return Call(
        method="GET",
        target=f"{SERVICE_PATH}?wsdl",
        effect=Effect.READ,
        operation="GET WestSync?wsdl",
        deadline_s=WRITE_S,
    )


def service(operation: str, action: str, envelope: bytes, *, writes: bool) -> Call:
    """Return a SOAP 1.1 call; the WSDL's own address, often an internal one, is never used (3.1).

    Args:
        operation: Its name.
        action: Its ``soapAction``; ASCII, as all names of our service are.
        envelope: What is sent.
        writes: Whether it changes anything there.
    """
    return Call(
        method="POST",
        target=SERVICE_PATH,
        effect=Effect.CREATE if writes else Effect.READ,
        body=envelope,
        headers={
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{action}"',
            "Accept": "text/xml",
        },
        operation=f"WestSync.{operation}",
        attempts=WRITE_ATTEMPTS if writes else None,
        deadline_s=WRITE_S,
    )
