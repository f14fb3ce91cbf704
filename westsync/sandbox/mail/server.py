"""The stand-in's SMTP server: it takes letters and delivers them nowhere.

As much of RFC 5321 as a client of a relay on loopback needs, and strict about that: the order of
commands, paths in angle brackets, lines that end in CR LF and are no longer than they may be.
"""

from __future__ import annotations

import re
import socketserver
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from westsync.sandbox.mail.room import Mailroom

HOST = "127.0.0.1"
_PATIENCE_S = 30.0
# RFC 5321 4.5.3.1.4 and 4.5.3.1.6, the CR LF included.
_LONGEST_COMMAND, _LONGEST_LINE = 512, 1000
_MOST_BYTES = 20_000_000
_MOST_RECIPIENTS = 100
_ADDRESS = r"[^\s<>@]+@[^\s<>@]+"
_FROM = re.compile(rf"FROM:<({_ADDRESS})?>(?: (?:SIZE=\d+|BODY=(?:7BIT|8BITMIME)))*", re.IGNORECASE)
_TO = re.compile(rf"TO:<({_ADDRESS})>", re.IGNORECASE)
_GREETED, _NAMED, _ADDRESSED = 1, 2, 3


class MailServer:
    """A mailroom behind SMTP on loopback; a context manager."""

    def __init__(self, room: Mailroom, now: Callable[[], datetime], *, port: int = 0) -> None:
        """Prepare to serve.

        Args:
            room: Gets the letters.
            now: The present, aware.
            port: TCP port; 0 lets the system choose.
        """
        self._room, self._now, self._wanted_port = room, now, port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address as ``mail.smtp`` of the settings writes it.

        Raises:
            RuntimeError: The server was not started.
        """
        if self._server is None:
            raise RuntimeError("the stand-in is not started")
        return f"smtp://{HOST}:{self._server.server_address[1]}?tls=none"

    def start(self) -> Self:
        """Listen and serve in a thread.

        Raises:
            OSError: The port is taken.
        """
        self._server = _Server((HOST, self._wanted_port), self._room, self._now)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="sandbox-smtp", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()


class _Server(socketserver.ThreadingTCPServer):
    """Listens; each conversation has a thread."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], room: Mailroom, now: Callable[[], datetime]
    ) -> None:
        super().__init__(address, _Conversation)
        self.room, self.now = room, now


class _Conversation(socketserver.StreamRequestHandler):
    """One client."""

    timeout = _PATIENCE_S
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._stage, self._sender = 0, ""
        self._to: list[str] = []

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def handle(self) -> None:
        with suppress(OSError):
            self._say("220 sandbox ESMTP")
            while line := self.rfile.readline(_LONGEST_COMMAND + 1):
                if not line.endswith(b"\r\n"):
                    self._say("500 5.5.2 a command ends with CR LF and has 512 bytes at most")
                    return
                command, _, rest = line[:-2].decode("ascii", "replace").partition(" ")
                if not self._answer(command.upper(), rest):
                    return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode("ascii", "replace"))

    def _answer(self, command: str, rest: str) -> bool:
        """Answer one command; False ends the conversation."""
        match command:
            case "EHLO" if rest:
                self._begin(_GREETED)
                self._say(f"250-sandbox\r\n250-SIZE {_MOST_BYTES}\r\n250 8BITMIME")
            case "HELO" if rest:
                self._begin(_GREETED)
                self._say("250 sandbox")
            case "MAIL":
                self._from(rest)
            case "RCPT":
                self._recipient(rest)
            case "DATA" if not rest:
                return self._data()
            case "RSET" if not rest:
                self._begin(min(self._stage, _GREETED))
                self._say("250 2.0.0 forgotten")
            case "NOOP":
                self._say("250 2.0.0 fine")
            case "QUIT" if not rest:
                self._say("221 2.0.0 bye")
                return False
            case "EHLO" | "HELO" | "DATA" | "RSET" | "QUIT":
                self._say("501 5.5.4 not so")
            case _:
                self._say("502 5.5.1 not known here")
        return True

    def _begin(self, stage: int) -> None:
        self._stage, self._sender = stage, ""
        self._to = []

    def _from(self, rest: str) -> None:
        found = _FROM.fullmatch(rest)
        if self._stage != _GREETED:
            self._say("503 5.5.1 EHLO comes first, and one letter at a time")
        elif found is None:
            self._say("501 5.5.4 MAIL FROM:<address>")
        else:
            self._stage, self._sender = _NAMED, found[1] or ""
            self._say("250 2.1.0 from them")

    def _recipient(self, rest: str) -> None:
        found = _TO.fullmatch(rest)
        if self._stage < _NAMED:
            self._say("503 5.5.1 MAIL comes first")
        elif found is None:
            self._say("501 5.1.3 RCPT TO:<address>")
        elif len(self._to) >= _MOST_RECIPIENTS:
            self._say("452 4.5.3 too many recipients")
        else:
            self._stage = _ADDRESSED
            self._to.append(found[1])
            self._say("250 2.1.5 to them")

    def _data(self) -> bool:
        if self._stage != _ADDRESSED:
            self._say("503 5.5.1 RCPT comes first")
            return True
        self._say("354 the letter, and a dot at its end")
        lines, size, wrong = [], 0, ""
        while (line := self.rfile.readline(_LONGEST_LINE + 2)) != b".\r\n":
            if not line:
                return False  # a letter without its end is none
            size += len(line)
            if not line.endswith(b"\r\n") or len(line) > _LONGEST_LINE + line.startswith(b"."):
                wrong = "500 5.6.0 a line ends with CR LF and has 1000 bytes at most"
            elif size > _MOST_BYTES:
                wrong = "552 5.3.4 too big"
            else:
                lines.append(line[1:] if line.startswith(b".") else line)
        if not wrong:
            content, at = b"".join(lines), self.server.now()
            wrong = self.server.room.accept(self._sender, tuple(self._to), content, at) or ""
        self._begin(_GREETED)
        self._say(wrong or "250 2.0.0 taken")
        return True
