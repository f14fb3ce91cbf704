"""Supplier files are part of the configuration; a missing secret is a hint, not a hindrance."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.clock import NOON
from westsync.app.configuration import read_configuration
from westsync.app.hints import hints

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = Path(__file__).parents[3] / "config"


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str], Path]:
    """Copy the shipped configuration and change one supplier file of it."""

    def edit(old: str, new: str) -> Path:
        folder = tmp_path / "config"
        shutil.copytree(SHIPPED, folder)
        file = folder / "suppliers" / "rig_shop.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return edit


def test_the_shipped_sources_are_read_with_the_rest() -> None:
    configuration = read_configuration(SHIPPED, {})

    assert configuration.problems == ()
    assert {profile.id for profile in configuration.suppliers} == {
        "lira_music",
        "rig_shop",
        "svet_i_zvuk",
        "ton_portal",
    }
    assert configuration.lacking == ()


def test_a_secret_that_an_enabled_source_lacks_is_a_hint(
    edited: Callable[[str, str], Path],
) -> None:
    folder = edited("enabled: false", "enabled: true")

    some = read_configuration(folder, {"WESTSYNC__SUPPLIERS__RIG_USER": "west"})

    assert some.problems == ()
    told = [hint for hint in hints(some, NOON) if hint.startswith("supplier '")]
    assert len(told) == 1
    assert "the secret 'rig_password' is not here" in told[0]
    assert "WESTSYNC__SUPPLIERS__RIG_PASSWORD" in told[0]


def test_a_mistake_of_a_supplier_file_is_told_at_its_place(
    edited: Callable[[str, str], Path],
) -> None:
    folder = edited("min_rows: 300", "min_row: 300")

    found = [str(problem) for problem in read_configuration(folder, {}).problems]

    assert any("rig_shop.yaml:" in text and "did you mean 'min_rows'?" in text for text in found)


def test_the_daemon_leaves_files_alone_of_which_none_is_enabled() -> None:
    configuration = read_configuration(SHIPPED, {}, idle=False)

    assert configuration.problems == ()
    assert configuration.suppliers == ()
    assert not configuration.asks_stock
    assert "stock" in configuration.companies["main"].ruleset.sleeping["stock-source"].missing


def test_the_daemon_reads_all_files_once_one_of_them_is_enabled(
    edited: Callable[[str, str], Path],
) -> None:
    folder = edited("enabled: false", "enabled: true")

    configuration = read_configuration(folder, {}, idle=False)

    assert len(configuration.suppliers) == 4
    assert configuration.asks_stock


def test_a_file_without_the_word_enabled_is_read_and_its_mistakes_are_told(
    edited: Callable[[str, str], Path],
) -> None:
    folder = edited("enabled: false", "enbled: false")

    found = read_configuration(folder, {}, idle=False).problems

    assert any("did you mean 'enabled'?" in str(problem) for problem in found)
