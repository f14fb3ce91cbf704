"""The stand-in supplier as a server on loopback, in a thread."""

from __future__ import annotations

import socket
import threading
from typing import Self

import uvicorn

from westsync.sandbox.supplier.service import SupplierService
from westsync.sandbox.supplier.shop import Shop

HOST = "127.0.0.1"
_START_WITHIN_S = 10.0
_STEP_S = 0.005


class SupplierServer:
    """A shop behind HTTP on loopback; a context manager."""

    def __init__(self, shop: Shop | None = None, *, port: int = 0) -> None:
        """Prepare to serve.

        Args:
            shop: The supplier; a fresh one if None.
            port: TCP port; 0 lets the system choose.
        """
        self._service = SupplierService(shop or Shop())
        self._wanted_port = port
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def shop(self) -> Shop:
        """The supplier that is served."""
        return self._service.shop

    @shop.setter
    def shop(self, shop: Shop) -> None:
        """Serve another one from now on."""
        self._service.shop = shop

    @property
    def port(self) -> int:
        """The TCP port.

        Raises:
            RuntimeError: The server was not started.
        """
        if self._socket is None:
            raise RuntimeError("the stand-in is not started")
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        """Base address, e.g. ``http://127.0.0.1:40123``."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> Self:
        """Listen and serve in a thread; returns when the first request can come.

        Raises:
            OSError: The port is taken.
            RuntimeError: It did not come up.
        """
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, self._wanted_port))
        except OSError:
            self._socket.close()
            raise
        config = uvicorn.Config(
            self._service,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=120,
        )
        self._server = uvicorn.Server(config)
        sockets = [self._socket]
        self._thread = threading.Thread(
            target=self._server.run, args=(sockets,), name="sandbox-supplier", daemon=True
        )
        self._thread.start()
        started = threading.Event()
        for _ in range(int(_START_WITHIN_S / _STEP_S)):
            if self._server.started:
                return self
            started.wait(_STEP_S)
        raise RuntimeError("the stand-in did not come up")

    def stop(self) -> None:
        """Close every connection and stop serving."""
        if self._server is not None:
            self._server.should_exit = True
            self._server.force_exit = True
        if self._thread is not None:
            self._thread.join()
        if self._socket is not None:
            self._socket.close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()
