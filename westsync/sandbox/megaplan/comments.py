"""Comments, and the notifications they cause (contract 4.5, 4.13)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.bodies import accept
from westsync.sandbox.megaplan.wire import Doc, bare, forbidden, invalid, link, ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.sandbox.megaplan.core import Core

FORMS = ("Comment", "CommentCreateActionRequest")
MENTION = re.compile(r'<megaplan:mention to="Employee/(\d+)"')


def create(core: Core, subject: Doc, body: object, by: Doc) -> Doc:
    """Post a comment in its simple form or the form with forced notification (4.5).

    Raises:
        Refused: 422, e.g. an empty comment.
    """
    request = accept(core, body, FORMS, creating=True)
    told: list[Doc] = []
    if isinstance(body, dict) and body.get("contentType") == "CommentCreateActionRequest":
        told = request.get("participantsToNotify") or []
        request = {k: v for k, v in (request.get("comment") or {}).items() if k != "contentType"}
    named = request.pop("subject", None)
    if named is not None and named != bare(subject):
        raise invalid("subject differs from the entity of the path", "subject")
    content = str(request.pop("content", None) or "")
    if not content.strip() and not request.get("attaches"):
        raise invalid("Поле обязательно для заполнения", "content")
    return write(core, subject, content, by, told=told, **request)


def write(
    core: Core,
    subject: Doc,
    content: str,
    by: Doc,
    *,
    told: list[Doc] | None = None,
    **more: object,
) -> Doc:
    """Store a comment and notify those who are named or mentioned.

    A comment on a task is activity of the task; on a deal it changes ``timeUpdated`` only if the
    account is switched so (2.10: UNKNOWN).
    """
    at = core.stamp()
    comment = core.new(
        "Comment",
        **{
            "attaches": [],
            **more,
            "content": content,
            "owner": by,
            "subject": bare(subject),
            "timeCreated": at,
            "timeUpdated": at,
            "isDropped": False,
            "isHidden": False,
        },
    )
    if subject["contentType"] == "Task":
        core.store.change(subject, activity=at)
    elif subject["contentType"] == "Deal" and core.switches.comment_touches_deal:
        core.store.change(subject, timeUpdated=at)
    mentioned = [link("Employee", found) for found in MENTION.findall(content)]
    for person in {ref(item): item for item in [*(told or []), *mentioned]}.values():
        if core.store.follow(person):
            _notify(core, person, comment, by, mention=person in mentioned)
    return comment


def update(core: Core, comment: Doc, body: object, by: Doc) -> Doc:
    """Edit one's own comment (4.5)."""
    fields = accept(core, body, ("Comment",), creating=False)
    if comment["owner"] != by:
        raise forbidden("No rights to edit comment")
    fields.pop("subject", None)
    return core.store.change(comment, **fields, timeUpdated=core.stamp())


def of(core: Core, subject: Doc) -> list[Doc]:
    """Return the comments of an entity in the order of their creation."""
    return core.store.pointing("Comment", "subject", ref(subject))


def _notify(core: Core, person: Doc, comment: Doc, by: Doc, *, mention: bool) -> None:
    core.new(
        "Notification",
        content=comment["content"],
        isActive=True,
        isHistoryLog=False,
        isMention=mention,
        sender=by,
        size=1,
        subject=bare(comment),
        time=core.stamp(),
        type="comment",
        _recipient=person,
    )


def _last(core: Core, subject: Doc) -> Doc | None:
    return max(of(core, subject), key=lambda doc: int(doc["id"]), default=None)


def _last_at(core: Core, subject: Doc) -> object:
    last = _last(core, subject)
    return last["timeCreated"] if last else None


# What every entity that can be commented on shows.
COMPUTED: dict[str, Callable[[Core, Doc, str], object]] = {
    "comments": lambda core, doc, _: of(core, doc),
    "lastComment": lambda core, doc, _: _last(core, doc),
    "lastCommentTimeCreated": lambda core, doc, _: _last_at(core, doc),
}
