"""How a stand-in says no."""

from __future__ import annotations


class Refusal(Exception):
    """A stand-in says no, to a request or to a person's act; its text says why."""
