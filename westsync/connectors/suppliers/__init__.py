"""Supplier stock: fetching files, reading them, and asking portals (suppliers contract)."""
