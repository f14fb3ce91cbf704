"""The gates use the office of the end-to-end tests."""

from tests.e2e.conftest import office

__all__ = ["office"]
