"""The stand-in's FTP server: one folder, ``/out``, with the price list of the shop's day.

As much of RFC 959, 2428 and 3659 as clients need to list, look at and read a file; passive only.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from westsync.sandbox.supplier import lists

if TYPE_CHECKING:
    from westsync.sandbox.supplier.shop import Shop

HOST = "127.0.0.1"
_PATIENCE_S = 30.0
_FOLDER = "/out"
_PUBLIC = frozenset({"USER", "PASS", "QUIT", "AUTH", "FEAT", "SYST", "NOOP"})


class FtpServer:
    """A shop's price list behind FTP on loopback; a context manager."""

    def __init__(self, shop: Shop, *, port: int = 0) -> None:
        """Prepare to serve.

        Args:
            shop: Whose list it is.
            port: TCP port; 0 lets the system choose.
        """
        self._shop, self._wanted_port = shop, port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The TCP port.

        Raises:
            RuntimeError: The server was not started.
        """
        if self._server is None:
            raise RuntimeError("the stand-in is not started")
        return int(self._server.server_address[1])

    def start(self) -> Self:
        """Listen and serve in a thread.

        Raises:
            OSError: The port is taken.
        """
        self._server = _Server((HOST, self._wanted_port), _Conversation, self._shop)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="sandbox-ftp", daemon=True
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

    def __init__(self, address: tuple[str, int], handler: type[_Conversation], shop: Shop) -> None:
        super().__init__(address, handler)
        self.shop = shop


class _Conversation(socketserver.StreamRequestHandler):
    """One client."""

    timeout = _PATIENCE_S
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._user, self._is_in, self._here = "", False, "/"
        self._passive: socket.socket | None = None
        self._looks = 0

    def finish(self) -> None:
        if self._passive is not None:
            self._passive.close()
        with suppress(OSError):
            super().finish()

    def handle(self) -> None:
        with suppress(OSError):
            self._say("220 ready")
            while line := self.rfile.readline(4096):
                words = line.decode("utf-8", "replace").strip()
                command, _, rest = words.partition(" ")
                if not self._answer(command.upper(), rest):
                    return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _answer(self, command: str, rest: str) -> bool:
        """Answer one command; False ends the conversation."""
        if command not in _PUBLIC and not self._is_in:
            self._say("530 log in first")
            return True
        match command:
            case "USER":
                self._user = rest
                self._say("331 password?")
            case "PASS":
                self._log_in(rest)
            case "EPSV" | "PASV":
                self._open_passive(command)
            case "NLST" | "LIST" | "RETR":
                self._transfer(command, rest)
            case "SIZE" | "MDTM":
                self._tell(command, rest)
            case "CWD":
                self._here = self._path(rest)
                self._say("250 there")
            case "PWD":
                self._say(f'257 "{self._here}"')
            case "TYPE" | "MODE" | "STRU" | "NOOP" | "OPTS":
                self._say("200 fine")
            case "SYST":
                self._say("215 UNIX Type: L8")
            case "FEAT":
                self._say("211-Features:\r\n SIZE\r\n MDTM\r\n EPSV\r\n UTF8\r\n211 End")
            case "QUIT":
                self._say("221 bye")
                return False
            case _:
                self._say("502 not known here")
        return True

    def _log_in(self, password: str) -> None:
        account = self.server.shop.account
        self._is_in = (self._user, password) == (account.user, account.password)
        self._say("230 welcome" if self._is_in else "530 refused")

    def _open_passive(self, command: str) -> None:
        if self._passive is not None:
            self._passive.close()
        self._passive = socket.create_server((HOST, 0))
        self._passive.settimeout(_PATIENCE_S)
        port = self._passive.getsockname()[1]
        if command == "EPSV":
            self._say(f"229 Extended passive (|||{port}|)")
        else:
            self._say(f"227 Passive (127,0,0,1,{port // 256},{port % 256})")

    def _path(self, name: str) -> str:
        """Return the absolute path of a name, without a slash at its end."""
        path = name if name.startswith("/") else f"{self._here}/{name}"
        return "/" + "/".join(part for part in path.split("/") if part not in {"", "."})

    def _files(self) -> dict[str, bytes]:
        """Return what is in the folder, by path."""
        shop = self.server.shop
        with shop.lock:
            content = lists.as_csv(shop.goods)
        if shop.switches.uploading:
            self._looks += 1
            content = content[: len(content) // 2 + self._looks]
        return {f"{_FOLDER}/pricelist_{shop.now():%Y%m%d}.csv": content}

    def _tell(self, command: str, rest: str) -> None:
        content = self._files().get(self._path(rest))
        if content is None:
            self._say("550 no such file")
        elif command == "SIZE":
            self._say(f"213 {len(content)}")
        else:
            self._say(f"213 {self.server.shop.changed_at:%Y%m%d%H%M%S}")

    def _transfer(self, command: str, rest: str) -> None:
        """Send a listing or a file over the data connection."""
        files = self._files()
        words = [word for word in rest.split(" ") if not word.startswith("-")]
        path = self._path(" ".join(words)) if words else self._here
        if command == "RETR":
            content = files.get(path)
        elif path == _FOLDER:
            names = [name.rpartition("/")[2] for name in files]
            content = "".join(
                f"{name}\r\n" if command == "NLST" else self._long(name, files) for name in names
            ).encode()
        else:
            content = None
        if content is None:
            self._say("550 no such file or folder")
        elif self._passive is None:
            self._say("425 say PASV first")
        else:
            self._say("150 coming")
            line, _ = self._passive.accept()
            with line:
                line.sendall(content)
            self._passive.close()
            self._passive = None
            self._say("226 done")

    def _long(self, name: str, files: dict[str, bytes]) -> str:
        size, at = len(files[f"{_FOLDER}/{name}"]), self.server.shop.changed_at
        return f"-r--r--r-- 1 ftp ftp {size:>12} {at:%b %d %H:%M} {name}\r\n"
