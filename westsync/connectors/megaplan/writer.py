"""`CrmWriter` over Megaplan: each method does one thing one time; look-ups find it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from westsync.connectors.megaplan.auth import SYSTEM
from westsync.connectors.megaplan.bills import set_invoice_status
from westsync.connectors.megaplan.closing import TaskCloser
from westsync.connectors.megaplan.config import LinkFallback, NotifyForm
from westsync.connectors.megaplan.deal_changes import DealChanger
from westsync.connectors.megaplan.files import download_file, safe_name, upload_file
from westsync.connectors.megaplan.lookup import Lookup, names_deal
from westsync.connectors.megaplan.protocol import (
    Endpoint,
    comment_body,
    link,
    notifying_comment_body,
)
from westsync.connectors.megaplan.tasks import new_task_body
from westsync.connectors.megaplan.values import html_of, plain_text, printable, text
from westsync.domain.intents import marker_line
from westsync.errors import Rejected
from westsync.ports import Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from typing import BinaryIO

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.domain.actions import (
        CloseTask,
        CommentDeal,
        EnsureTask,
        MoveDeal,
        Notify,
        SetDealField,
        SetInvoiceStatus,
    )
    from westsync.domain.intents import Marker

_log = structlog.get_logger(__name__)


class MegaplanWriter:
    """Writes to one account."""

    def __init__(
        self,
        session: Session,
        config: MegaplanConfig,
        *,
        is_working: Callable[[str], bool] | None = None,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            session: Whom to ask.
            config: The account.
            is_working: Whether an employee id still works here, from what was read of the staff;
                None asks nobody.
        """
        self._session = session
        self._config = config
        self._is_working = is_working
        self._lookup = Lookup(session, config)
        self._closer = TaskCloser(session, config)
        self._changer = DealChanger(session, config)
        self._me = config.me

    def create_task(self, task: EnsureTask, marker: Marker) -> Receipt:
        """Create the task; the marker stands in its last body line and in ``statement``.

        Raises:
            Rejected: Also when the assignee was dismissed: nothing is sent then (contract 4.8).
        """
        if self._is_working is not None and not self._is_working(task.assignee):
            raise Rejected(
                SYSTEM,
                str(Endpoint.TASK_CREATE),
                f"employee {task.assignee} no longer works here; name another one in people",
            )
        made = self._session.create(
            Endpoint.TASK_CREATE, "", new_task_body(task, marker, self._config), "Task"
        )
        linked = None if task.deal is None else names_deal(made, task.deal)
        return Receipt(ref=text(made.get("id")), linked=linked)

    def find_task(self, marker: Marker, since: datetime, deal: str | None) -> Sequence[Receipt]:
        """Find tasks that carry the marker, oldest first."""
        return tuple(
            Receipt(
                ref=text(found.get("id")), linked=None if deal is None else names_deal(found, deal)
            )
            for found in self._lookup.tasks(marker, since, deal)
        )

    def link_task(self, task: str, deal: str) -> Receipt:
        """Link from the deal's side, then from the task's; else leave the task's address there.

        Contract 4.3.3: whether v3 can link at all is not certain, so every way is read back.
        """
        if self._lookup.is_linked(task, deal):
            return Receipt(ref=task, note="already linked", linked=True)
        sides = (
            (Endpoint.DEAL_LINK, deal, link("Task", task)),
            (Endpoint.TASK_LINK, task, link("Deal", deal)),
        )
        for endpoint, entity, body in sides:
            try:
                self._session.update(endpoint, entity, body)
            except Rejected as exc:
                _log.warning("connector.link_refused", task=task, deal=deal, error=str(exc))
                continue
            if self._lookup.is_linked(task, deal):
                return Receipt(ref=task, linked=True)
        return self._leave_address(task, deal)

    def is_linked(self, task: str, deal: str) -> bool:
        """Return whether the deal's linked tasks contain the task."""
        return self._lookup.is_linked(task, deal)

    def close_task(self, task: str, close: CloseTask, marker: Marker, made: EnsureTask) -> Receipt:
        """Close a task of ours unless a person touched it; the note says what was found."""
        return self._closer.close(task, close, marker, made, self._own_id())

    def comment_deal(self, comment: CommentDeal, marker: Marker) -> Receipt:
        """Comment on a deal in the simple form, which never leaves the company."""
        return self._comment(comment.deal, comment_body(_content(comment.text, marker)))

    def notify(self, notice: Notify, marker: Marker) -> Receipt:
        """Notify employees with a comment on the deal (contract 4.5, 4.13).

        Raises:
            Rejected: Also when the notice has no deal or nobody to reach.
        """
        if notice.deal is None or not notice.to:
            raise Rejected(SYSTEM, "notify", "Megaplan notifies only about a deal, and only people")
        content = _content(notice.text, marker)
        match self._config.notify_form:
            case NotifyForm.PARTICIPANTS:
                body = notifying_comment_body(content, notice.deal, notice.to)
            case NotifyForm.MENTION:
                mentions = "".join(
                    f'<megaplan:mention to="Employee/{person}"></megaplan:mention>'
                    for person in notice.to
                )
                body = comment_body(f"<p>{mentions}</p>{content}")
        return self._comment(notice.deal, body)

    def find_comment(self, marker: Marker, deal: str, since: datetime) -> Sequence[Receipt]:
        """Find comments of a deal that carry the marker, oldest first.

        The whole list is looked through: its order is not certain, so ``since`` saves nothing.
        """
        del since
        return tuple(
            Receipt(ref=text(found.get("id"))) for found in self._lookup.comments(marker, deal)
        )

    def set_field(self, change: SetDealField) -> Receipt:
        """Set a custom field; reads first and writes only a difference, then compares."""
        return self._changer.set_field(change)

    def set_invoice_status(self, change: SetInvoiceStatus) -> Receipt:
        """Move a bill to a status, one step at a time (contract 4.9)."""
        return set_invoice_status(self._session, change)

    def move_deal(self, move: MoveDeal) -> Receipt:
        """Move along a possible and enabled transition that needs no input."""
        return self._changer.move(move)

    def upload_file(self, name: str, content: bytes) -> str:
        """Upload a file and return its id; attach it afterwards."""
        return upload_file(self._session, name, content)

    def attach_files(self, deal: str, files: Sequence[str]) -> Receipt:
        """Attach uploaded files to a deal besides those it has."""
        return self._changer.attach(deal, files)

    def find_files(self, deal: str, name: str) -> Sequence[Receipt]:
        """Find the files of this name that hang on a deal, oldest first."""
        return self._changer.files_named(deal, safe_name(name))

    def download_file(self, path: str, sink: BinaryIO) -> None:
        """Write an attachment into a seekable sink, up to 200 MB."""
        download_file(self._session, path, sink)

    def _comment(self, deal: str, body: dict[str, Json]) -> Receipt:
        made = self._session.create(Endpoint.DEAL_COMMENT, deal, body, "Comment")
        return Receipt(ref=text(made.get("id")))

    def _leave_address(self, task: str, deal: str) -> Receipt:
        """Say in the deal where its task is; once, however often this is tried."""
        address = self._config.task_url(task)
        if self._config.link_fallback is LinkFallback.NONE:
            return Receipt(ref=task, note="not linked: the account does not link", linked=False)
        for comment in self._lookup.deal_comments(deal):
            if address in plain_text(comment.get("content")):
                return Receipt(ref=task, note="its address stands in the deal", linked=False)
        made = self._comment(deal, comment_body(html_of([address])))
        return Receipt(ref=task, note=f"address left in comment {made.ref}", linked=False)

    def _own_id(self) -> str:
        if self._me is None:
            card = self._session.get_entity(Endpoint.CURRENT_USER)
            self._me = text(card.get("id"))
        return self._me


def _content(said: str, marker: Marker) -> str:
    """Return a comment's HTML with the marker as its visible last line (contract 7)."""
    lines = [line.strip() for line in printable(said).splitlines() if line.strip()]
    return html_of([*lines, marker_line(marker)])
