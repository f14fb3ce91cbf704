"""Promises of ``brands.yaml``: every mistake has its place, and what is right still counts."""

from __future__ import annotations

from pathlib import Path

from westsync.settings.brands import read_brands

CONFIG = Path(__file__).parents[3] / "config"


def read(folder: Path, text: str) -> tuple[str, list[str]]:
    (folder / "brands.yaml").write_text(text, encoding="utf-8")
    brands = read_brands(folder, ["lira", "ton"])
    shown = [str(problem).partition("brands.yaml")[2] for problem in brands.problems]
    return brands.table.canonical("Ямаха"), shown


def test_the_shipped_brands_are_right() -> None:
    brands = read_brands(CONFIG)

    assert brands.problems == ()
    assert brands.table.canonical("ЯМАХА") == brands.table.canonical("yamaha")


def test_without_the_file_every_brand_is_its_own(tmp_path: Path) -> None:
    brands = read_brands(tmp_path)

    assert (brands.table.canonical("Allen & Heath"), brands.problems) == ("ALLENHEATH", ())


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


def test_a_brand_may_name_the_suppliers_that_carry_it(tmp_path: Path) -> None:
    text = "Yamaha: { spellings: [Ямаха], suppliers: [ton, lira] }\nAKG: { suppliers: lira }\n"
    (tmp_path / "brands.yaml").write_text(text, encoding="utf-8")

    brands = read_brands(tmp_path, ["lira", "ton"])

    assert brands.problems == ()
    assert brands.suppliers == {"YAMAHA": ("ton", "lira"), "AKG": ("lira",)}
    assert brands.table.canonical("ямаха") == "YAMAHA"


def test_a_brand_of_an_unknown_supplier_is_told_with_its_place_and_the_nearest(
    tmp_path: Path,
) -> None:
    _, problems = read(tmp_path, "Yamaha: { suppliers: [lira, tonn] }\nAKG: { supplier: lira }\n")

    assert problems == [
        ":1:29: unknown supplier 'tonn'; did you mean 'ton'?",
        ":2:8: unknown key 'supplier' of a brand; did you mean 'suppliers'?",
    ]
