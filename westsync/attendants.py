"""What works beside the cycles, in threads of its own: the web server, the watch of suppliers.

Each exists only if the configuration asks for it; only then are its modules loaded.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from westsync.app.configuration import Configuration
    from westsync.app.installation import Installation
    from westsync.app.stock_watch import StockWatch
    from westsync.jobs.portal_questions import PortalQuestions
    from westsync.ports import Clock
    from westsync.pulse import Pulse
    from westsync.web.figures import House
    from westsync.web.server import WebServer


class Attendants:
    """The threads beside one daemon's cycles."""

    def __init__(
        self,
        installation: Installation,
        pulse: Pulse,
        clock: Clock,
        *,
        refreshed: Callable[[], None],
        hinted: Callable[[], None],
    ) -> None:
        """Prepare; nothing works before the first `following`.

        Args:
            installation: The open state.
            pulse: How the daemon stands.
            clock: Time.
            refreshed: Called from a thread when supplier stock was read.
            hinted: Called from a thread when an event of Megaplan's was kept.
        """
        self._installation = installation
        self._pulse = pulse
        self._clock = clock
        self._refreshed = refreshed
        self._hinted = hinted
        self._stock: StockWatch | None = None
        self._questions: PortalQuestions | None = None
        self._web: WebServer | None = None

    @contextmanager
    def following(self, configuration: Configuration) -> Iterator[PortalQuestions | None]:
        """Go over to a configuration if what is done inside works, else stay with the former.

        Inside, there is what the cycles want to know of suppliers' portals; None without suppliers.

        Raises:
            ConfigError: The web server's address cannot be listened on, or the secret of its
                webhook path is missing.
        """
        web = self._web_of(configuration)
        try:
            yield self._questions_of(configuration)
        except BaseException:
            if web is not None and web is not self._web:
                web.stop()
            raise
        if web is not None:
            web.show(self._house(configuration))
        if web is not self._web:
            self._end_web()
            self._web = web
        self._end_stock()
        self._watch_stock(configuration)

    def stop(self) -> None:
        """Stop everything; what is under way is waited for a few seconds."""
        self._end_stock()
        self._end_web()

    def _web_of(self, configuration: Configuration) -> WebServer | None:
        """Return what serves a configuration's address, be it new; None if it names none."""
        address = configuration.loaded.servable().http.address
        if address is None:
            return None
        if self._web is not None and self._web.address == address:
            return self._web
        from westsync.web.server import WebServer  # noqa: PLC0415 - who has switched it on

        return WebServer(address, self._house(configuration))

    def _house(self, configuration: Configuration) -> House:
        from westsync.web.figures import House  # noqa: PLC0415 - who has switched it on

        return House(
            configuration=configuration,
            installation=self._installation,
            pulse=self._pulse,
            clock=self._clock,
            hinted=self._hinted,
        )

    def _questions_of(self, configuration: Configuration) -> PortalQuestions | None:
        if not configuration.asks_stock:
            return None
        if self._questions is None:
            from westsync.jobs.portal_questions import PortalQuestions  # noqa: PLC0415 - as below

            self._questions = PortalQuestions(self._clock.now())
        return self._questions

    def _watch_stock(self, configuration: Configuration) -> None:
        questions = self._questions_of(configuration)
        if questions is None:
            return
        from westsync.app.stock_watch import StockWatch  # noqa: PLC0415 - who has suppliers

        self._stock = StockWatch(configuration, self._clock, questions, refreshed=self._refreshed)
        self._stock.start()

    def _end_stock(self) -> None:
        if self._stock is not None:
            self._stock.stop()
            self._stock = None

    def _end_web(self) -> None:
        if self._web is not None:
            self._web.stop()
            self._web = None
