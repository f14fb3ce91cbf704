"""`PortalReader`: searching suppliers' portals for one article at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from selectolax.lexbor import SelectolaxError

from westsync.connectors.suppliers.portal.classification import Kind, classified_result
from westsync.connectors.suppliers.portal.css_fields import CssLocator, vanished
from westsync.connectors.suppliers.portal.memory import MemoryFolder, brought
from westsync.connectors.suppliers.portal.questions import typed
from westsync.connectors.suppliers.portal.session import Session
from westsync.connectors.suppliers.reading.mapping import mapped_offers
from westsync.domain.stock_codes import loose_key
from westsync.errors import Rejected
from westsync.ports.stock import PortalRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from westsync.connectors.suppliers.portal.page import Page
    from westsync.connectors.suppliers.profile import Profile
    from westsync.connectors.suppliers.profile_portal import PortalProfile, Search
    from westsync.connectors.suppliers.secrets import Secrets
    from westsync.domain.matching.questions import Question
    from westsync.domain.stock import Offer, SourceId
    from westsync.ports import Clock


class Portals:
    """All portals of the configuration; the port `PortalReader`."""

    def __init__(
        self,
        profiles: Iterable[Profile],
        *,
        folder: Path,
        secrets: Secrets,
        clock: Clock,
        contact: str = "",
        chance: Callable[[], float] | None = None,
    ) -> None:
        """Know the portals; nothing is sent.

        Args:
            profiles: All sources; those without a portal are passed over.
            folder: Where sessions are remembered (mode 0700, made when needed).
            secrets: For the log-ins.
            clock: Time.
            contact: How the portals' people reach the company; stands in the User-Agent.
            chance: Source of jitter in [0, 1).
        """
        self._profiles = {profile.id: profile for profile in profiles if profile.portal}
        self._folder = MemoryFolder(folder)
        self._secrets, self._clock = secrets, clock
        self._contact, self._chance = contact, chance

    def look_up(self, source: SourceId, question: Question) -> PortalRows:
        """Search a portal by article, then by name; a single row is no match by itself.

        Raises:
            Unavailable: Maintenance, too many requests, outside its hours, somebody asks already.
            AccessDenied: The password was refused, a captcha or a block: the source stops, and
                every later question fails without a request, until a person acts.
            UnexpectedReply: `LayoutChanged`: the page was kept for a person.
            Rejected: There is no such portal, or a selector of its profile cannot be read.
        """
        profile, portal = self._portal(source)
        with self._folder.alone(source, portal.base_url):
            session = Session(
                profile,
                portal,
                folder=self._folder,
                secrets=self._secrets,
                clock=self._clock,
                contact=self._contact,
                chance=self._chance,
            )
            try:
                with session:
                    rows = self._searched(session, profile, portal, question)
            except SelectolaxError as exc:
                text = "a selector of the profile cannot be read; look at css: of portal and fields"
                raise Rejected(source, "read the page", text) from exc
        return PortalRows(rows=tuple(rows), as_of=self._clock.now())

    def resume(self, source: SourceId) -> bool:
        """Ask a stopped portal again from now on; False if it was not stopped.

        For a person who has logged in by hand, or talked to the supplier.
        """
        profile, portal = self._portal(source)
        with self._folder.alone(source, portal.base_url):
            memory = self._folder.load(profile.id)
            was_stopped = memory.stopped is not None
            memory.stopped = memory.not_before = None
            self._folder.save(profile.id, memory)
        return was_stopped

    def use_cookies(self, source: SourceId, path: Path) -> int:
        """Take the cookies of a browser, for a portal that needs one; return how many.

        Args:
            source: Of the portal.
            path: File in Netscape's form, as browsers' extensions export it.

        Raises:
            OSError: It cannot be read, or is of another form.
        """
        profile, portal = self._portal(source)
        with self._folder.alone(source, portal.base_url):
            memory = self._folder.load(profile.id)
            memory.cookies = brought(path)
            memory.logged_in_at = self._clock.now()
            memory.stopped = None
            self._folder.save(profile.id, memory)
        return len(memory.cookies)

    def _portal(self, source: SourceId) -> tuple[Profile, PortalProfile]:
        profile = self._profiles.get(source)
        if profile is None or profile.portal is None:
            raise Rejected(source, "look up", "the source has no portal")
        return profile, profile.portal

    # -- searching -----------------------------------------------------------------------------

    def _searched(
        self, session: Session, profile: Profile, portal: PortalProfile, question: Question
    ) -> list[Offer]:
        """Return the rows of the searches up to the first that shows the very article."""
        found: dict[tuple[str, str, str], Offer] = {}
        asked: set[tuple[str, ...]] = set()
        wanted = loose_key(question.article)
        for search in portal.search:
            for params in typed(search, question, profile):
                words = (search.path, *params.values())
                if words in asked:
                    continue
                asked.add(words)
                for offer in self._rows(session, profile, portal, search, params):
                    found.setdefault((offer.supplier_code, offer.vendor_code, offer.name), offer)
                if wanted and any(_has_code(offer, wanted) for offer in found.values()):
                    return list(found.values())
            if found and not wanted:
                break
        return list(found.values())

    def _rows(
        self,
        session: Session,
        profile: Profile,
        portal: PortalProfile,
        search: Search,
        params: dict[str, str],
    ) -> list[Offer]:
        """Return the offers of one search, its further pages included."""

        def kind_of(page: Page) -> Kind:
            return classified_result(page, portal.detect, portal.result)

        offers: list[Offer] = []
        page, kind = session.ask(search.path, kind_of, method=search.method, params=params)
        for number in range(1, portal.result.pages + 1):
            if kind is Kind.EMPTY:
                break
            offers += self._offers(session, profile, portal, page)
            following = _next_page(page, portal)
            if number == portal.result.pages or following is None:
                break
            page, kind = session.ask(following, kind_of)
        return offers

    def _offers(
        self, session: Session, profile: Profile, portal: PortalProfile, page: Page
    ) -> list[Offer]:
        """Map the rows of one page; rows that say nothing any more are a changed layout."""
        rows = page.tree.css(portal.result.row)
        if css := vanished(profile.fields, rows):
            session.stop_for_layout(f"no row has '{css}' any more", page)
        today = self._clock.now().astimezone(ZoneInfo(portal.pace.zone)).date()
        offers = mapped_offers(rows, CssLocator(), profile, today=today)
        if not offers:
            session.stop_for_layout("the rows have neither codes nor names", page)
        return offers


def _has_code(offer: Offer, wanted: str) -> bool:
    return wanted in {loose_key(offer.supplier_code), loose_key(offer.vendor_code)}


def _next_page(page: Page, portal: PortalProfile) -> str | None:
    """Return the address of the next page; None if this is the last one."""
    if not portal.result.next_page:
        return None
    link = page.tree.css_first(portal.result.next_page)
    target = None if link is None else link.attributes.get("href")
    return urljoin(page.url, target) if target else None
