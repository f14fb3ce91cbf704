"""The stand-in supplier as a server on loopback, in a thread."""

from __future__ import annotations

from westsync.sandbox.standin.server import LoopbackServer
from westsync.sandbox.supplier.service import SupplierService
from westsync.sandbox.supplier.shop import Shop


class SupplierServer(LoopbackServer):
    """A shop behind HTTP on loopback."""

    def __init__(self, shop: Shop | None = None, *, port: int = 0) -> None:
        """Prepare to serve.

        Args:
            shop: The supplier; a fresh one if None.
            port: TCP port; 0 lets the system choose.
        """
        self._service = SupplierService(shop or Shop())
        super().__init__(self._service, port=port, thread="sandbox-supplier")

    @property
    def shop(self) -> Shop:
        """The supplier that is served."""
        return self._service.shop

    @shop.setter
    def shop(self, shop: Shop) -> None:
        """Serve another one from now on."""
        self._service.shop = shop
