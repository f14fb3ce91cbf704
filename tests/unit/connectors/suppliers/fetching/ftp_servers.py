"""Real FTP servers on loopback: pyftpdlib for the plain protocol, a small one that speaks TLS."""

from __future__ import annotations

import socket
import ssl
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

with warnings.catch_warnings():
    # pyftpdlib is built upon asyncore, which Python 3.11 deprecates; it ships no types.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer  # type: ignore[import-untyped]  # see above
    from pyftpdlib.handlers import FTPHandler  # type: ignore[import-untyped]  # see above
    from pyftpdlib.servers import ThreadedFTPServer  # type: ignore[import-untyped]  # see above

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USER, PASSWORD = "dealer", "dealer-password"


@contextmanager
def plain_ftp(folder: Path) -> Iterator[int]:
    """Serve a folder without TLS; yields the port."""
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(folder), perm="elr")
    kind = type("Handler", (FTPHandler,), {"authorizer": authorizer, "auth_failed_timeout": 0})
    server = ThreadedFTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, kwargs={"timeout": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.address[1]
    finally:
        server.close_all()
        thread.join()


class TlsFtp:
    """Serves one file over explicit TLS, and refuses everything before it.

    Attributes:
        said: Commands as they came, and whether they came encrypted.
        resumed: For each data connection: whether it went on with the session of the control one.
    """

    def __init__(self, context: ssl.SSLContext, content: bytes) -> None:
        self.said: list[tuple[str, bool]] = []
        self.resumed: list[bool] = []
        self._context, self._content = context, content
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(5)
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._thread.join(timeout=5)
        self._listener.close()

    def _serve(self) -> None:
        try:
            line, _ = self._listener.accept()
            line.settimeout(5)
            self._converse(line)
        except OSError:
            return

    def _converse(self, line: socket.socket) -> None:
        data: socket.socket | None = None
        buffer = b""
        line.sendall(b"220 ready\r\n")
        with socket.create_server(("127.0.0.1", 0)) as passive:
            passive.settimeout(5)
            while True:
                while b"\r\n" not in buffer:
                    piece = line.recv(4096)
                    if not piece:
                        line.close()
                        return
                    buffer += piece
                command, _, buffer = buffer.partition(b"\r\n")
                words = command.decode()
                encrypted = isinstance(line, ssl.SSLSocket)
                self.said.append((words.split()[0], encrypted))
                if words == "AUTH TLS":
                    line.sendall(b"234 go\r\n")
                    line = self._context.wrap_socket(line, server_side=True)
                    continue
                if not encrypted:
                    line.sendall(b"530 TLS first\r\n")
                    continue
                port = passive.getsockname()[1]
                replies = {
                    "USER": "331 password?",
                    "PASS": "230 in",
                    "SIZE": f"213 {len(self._content)}",
                    "MDTM": "213 20261124080000",
                    "EPSV": f"229 Extended (|||{port}|)",
                    "PASV": f"227 Passive (127,0,0,1,{port // 256},{port % 256})",
                    "QUIT": "221 bye",
                }
                if words.startswith("RETR"):
                    line.sendall(b"150 coming\r\n")
                    plain, _ = passive.accept()
                    data = self._context.wrap_socket(plain, server_side=True)
                    self.resumed.append(bool(data.session_reused))
                    data.sendall(self._content)
                    data.unwrap().close()
                    line.sendall(b"226 done\r\n")
                    continue
                line.sendall(replies.get(words.split()[0], "200 fine").encode() + b"\r\n")
                if words == "QUIT":
                    line.close()
                    return


@contextmanager
def tls_ftp(certificate: Path, content: bytes) -> Iterator[TlsFtp]:
    """Serve one file over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    # Sessions are resumed within the handshake in TLS 1.2, which is what FTP servers look at.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    server = TlsFtp(context, content)
    try:
        yield server
    finally:
        server.close()
