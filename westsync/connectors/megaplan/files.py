"""Files up and down (contract 4.10)."""

from __future__ import annotations

import mimetypes
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from westsync.connectors.megaplan.auth import SYSTEM
from westsync.connectors.megaplan.protocol import UPLOAD_TARGET
from westsync.connectors.megaplan.values import items, printable, text
from westsync.errors import Rejected
from westsync.transport.calls import FILE_CAP_BYTES

if TYPE_CHECKING:
    from typing import BinaryIO

    from westsync.connectors.megaplan.session import Session


def upload_file(session: Session, name: str, content: bytes) -> str:
    """Upload a file and return its id; it hangs nowhere until it is attached.

    Raises:
        Rejected: The account did not accept it: 200 with empty data (contract 4.10).
    """
    boundary = f"westsync{secrets.token_hex(12)}"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="files[]"; '
        f'filename="{safe_name(name)}"\r\nContent-Type: {kind}\r\n\r\n'
    )
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    answer = session.upload(UPLOAD_TARGET, body, f"multipart/form-data; boundary={boundary}")
    files = items(answer.data)
    if not files or not text(files[0].get("id")):
        raise Rejected(SYSTEM, "POST /api/file", f"{name} was not accepted")
    return text(files[0].get("id"))


def download_file(session: Session, path: str, sink: BinaryIO) -> None:
    """Write a file into a seekable sink, up to 200 MB.

    Args:
        session: Whom to ask.
        path: ``File.path`` as Megaplan gave it; only the account's own host is ever asked.
        sink: Emptied first; holds the file afterwards.

    Raises:
        Rejected: The path leads elsewhere.
    """
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not parts.path.startswith("/attach"):
        raise Rejected(SYSTEM, "download", f"{parts.path!r} is no attachment of this account")
    session.download(quote(parts.path, safe="/%"), sink, FILE_CAP_BYTES)


def safe_name(name: str) -> str:
    """Return the name under which a file goes up: one line, without what ends a quoted text."""
    return printable(name).replace("\\", "_").replace('"', "'").replace("\n", " ")
