"""Telling a corrected password from the one that was refused, without keeping either."""

from __future__ import annotations

import hashlib


def sign_of(login: str, password: str) -> str:
    """Return two bytes of a hash: they tell a change, and are too few to test guesses on."""
    both = f"{login}\n{password}".encode()
    return hashlib.blake2b(both, digest_size=2, person=b"westsync login").hexdigest()
