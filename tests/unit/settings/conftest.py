from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.settings.configuration import ConfigDirectory


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ConfigDirectory:
    """A right configuration in ./config of a fresh working directory."""
    monkeypatch.chdir(tmp_path)
    return ConfigDirectory(Path("config"))
