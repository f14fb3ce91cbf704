"""Files: upload outside of the API prefix, attaching, download (contract 4.10)."""

from __future__ import annotations

import mimetypes
from email import message_from_bytes, policy
from typing import TYPE_CHECKING
from urllib.parse import quote

from westsync.sandbox.megaplan.wire import Doc, bare, ref

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from westsync.sandbox.megaplan.core import Core


def store_file(core: Core, name: str, content: bytes) -> Doc:
    """Keep a file and return its entity."""
    entity_id = core.store.next_id("File")
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    core.store.blobs[entity_id] = content
    return core.store.put(
        {
            "contentType": "File",
            "id": entity_id,
            "name": name,
            "extension": extension,
            "mimeType": mimetypes.guess_type(name)[0] or "application/octet-stream",
            "size": len(content),
            "path": f"/attach/SdfFileM_File/File/{entity_id}/{quote(name)}",
            "timeCreated": core.stamp(),
            "possibleActions": [],
        }
    )


def parts_of(content_type: str, body: bytes) -> list[tuple[str, str | None, bytes]]:
    """Split a multipart body into (field name, file name or None, content)."""
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    message = message_from_bytes(head + body, policy=policy.HTTP)
    found = []
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        found.append((str(name), part.get_filename(), content))
    return found


def upload(core: Core, headers: Mapping[str, str], body: bytes) -> list[Doc]:
    """Answer ``POST /api/file``.

    Only parts named ``files[]`` that have a file name count; anything else gives an empty
    ``data``, which is how the server says that it did not accept the file (LIVE).
    """
    parts = parts_of(headers.get("content-type", ""), body)
    return [
        store_file(core, filename, content)
        for name, filename, content in parts
        if name == "files[]" and filename
    ]


def all_files(core: Core, doc: Doc) -> list[Doc]:
    """Return files of an entity and of its comments."""
    comments = core.store.pointing("Comment", "subject", ref(doc))
    links = [*doc.get("attaches", ()), *(item for note in comments for item in note["attaches"])]
    found = (core.store.follow(item) for item in {ref(item): item for item in links}.values())
    return [bare(file) for file in found if file is not None]


COMPUTED: dict[str, Callable[[Core, Doc, str], object]] = {
    "allFiles": lambda core, doc, _: all_files(core, doc),
}
