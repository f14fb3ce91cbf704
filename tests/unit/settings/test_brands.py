"""Promises of ``brands.yaml``: every mistake has its place, and what is right still counts."""

from __future__ import annotations

from pathlib import Path

from westsync.settings.brands import read_brands

CONFIG = Path(__file__).parents[3] / "config"


def read(folder: Path, text: str) -> tuple[str, list[str]]:
    (folder / "brands.yaml").write_text(text, encoding="utf-8")
    table, problems = read_brands(folder)
    shown = [str(problem).partition("brands.yaml")[2] for problem in problems]
    return table.canonical("Ямаха"), shown


def test_the_shipped_brands_are_right() -> None:
    table, problems = read_brands(CONFIG)

    assert problems == ()
    assert table.canonical("ЯМАХА") == table.canonical("yamaha")


def test_without_the_file_every_brand_is_its_own(tmp_path: Path) -> None:
    table, problems = read_brands(tmp_path)

    assert (table.canonical("Allen & Heath"), problems) == ("ALLENHEATH", ())


def test_a_brand_may_have_one_spelling_or_none(tmp_path: Path) -> None:
    assert read(tmp_path, "Yamaha: Ямаха\nAKG:\n") == ("YAMAHA", [])


def test_all_mistakes_come_at_once_with_their_places(tmp_path: Path) -> None:
    known, problems = read(tmp_path, "Yamaha: [Ямаха]\nJamaha: [ЯМАХА, 5]\nAKG: ['--']\n")

    assert known == "YAMAHA"
    assert [problem.partition(";")[0] for problem in problems] == [
        ":2:10: 'ЯМАХА' is already a spelling of Yamaha",
        ":2:17: a spelling of a brand must be a text",
        ":3:7: '--' has neither letters nor digits",
    ]


def test_a_file_that_is_no_mapping_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, "- Yamaha\n")[1][0].startswith(":1:1: the file must be a mapping")
