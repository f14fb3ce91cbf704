"""A certificate for servers on loopback."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def make_certificate(directory: Path) -> Path:
    """Make one for ``localhost`` that only its own file vouches for; the key is beside it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    words = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem"
    )
    subprocess.run(  # noqa: S603 - openssl with our own words
        [openssl, *words.split()], cwd=directory, check=True, capture_output=True
    )
    return directory / "cert.pem"
