"""Planted mistakes: each is told at its place, with its cure; none crashes, none is passed over.

The tables in ``planted/`` are pages that a person can read. The fuzz plants mistakes of its own in
the files that westsync is shipped with.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.rules import planted_company as company
from westsync.domain.places import Map, Seq, plain
from westsync.settings import yaml12

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
TABLES = Path(__file__).parent / "planted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One mistake.

    Attributes:
        name: What kind of mistake it is.
        file: In which file of the company.
        right: What stands there, once.
        wrong: What stands there instead.
        told: All that is said, in order, with file, line and column.
    """

    name: str
    file: str
    right: str
    wrong: str
    told: tuple[str, ...]


def planted() -> Iterator[Planted]:
    """Yield the mistakes of all tables."""
    for path in sorted(TABLES.glob("*.yaml")):
        document = yaml12.parse(path.read_bytes(), file=path.name)
        assert document.problems == ()
        assert isinstance(document.root, Map)
        file, table = document.root.get("file"), document.root.get("mistakes")
        assert file is not None
        assert isinstance(table, Seq)
        name_of_file = str(plain(file))
        for node in table.items:
            assert isinstance(node, Map)
            found = {key: plain(value) for key, _, value in node.entries}
            told = found["told"]
            assert isinstance(told, list)
            yield Planted(
                name=str(found["name"]),
                file=name_of_file,
                right=str(found["for"]),
                wrong=str(found["write"]),
                told=tuple(with_file(name_of_file, str(line)) for line in told),
            )


def with_file(file: str, told: str) -> str:
    return f"{file}:{told}" if told[:1].isdigit() else told


PLANTED = tuple(planted())


@pytest.mark.parametrize("mistake", PLANTED, ids=lambda one: f"{one.file}: {one.name}")
def test_a_planted_mistake_is_told_at_its_place(
    mistake: Planted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = company.FILES[mistake.file]
    assert text.count(mistake.right) == 1
    directory = tmp_path / "config"
    wrong = text.replace(mistake.right, mistake.wrong)
    company.write(directory, {**company.FILES, mistake.file: wrong})

    # As an administrator who stands in it: no path leads through the directory above.
    monkeypatch.chdir(directory)

    told = [line.replace(f"{directory}/", "") for line in company.told(directory)]

    assert told == list(mistake.told)


def test_the_company_has_no_mistakes_of_its_own(tmp_path: Path) -> None:
    company.write(tmp_path, company.FILES)

    assert company.told(tmp_path) == []
    assert list(company.failures(tmp_path)) == []


def test_every_kind_of_file_has_planted_mistakes() -> None:
    assert {mistake.file for mistake in PLANTED} == set(company.FILES) - {"texts/modules.yaml"}
    assert len(PLANTED) >= 40
    assert len({(mistake.file, mistake.name) for mistake in PLANTED}) == len(PLANTED)


def test_most_mistakes_are_told_with_a_cure() -> None:
    cured = [mistake for mistake in PLANTED if any("; " in line for line in mistake.told)]

    assert len(cured) > len(PLANTED) / 2


# -- the shipped files, mutilated ------------------------------------------------------------------

SHIPPED = {
    path.relative_to(ROOT / "config").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "config").rglob("*.yaml"))
}
LONGEST_SLIP = 3


@st.composite
def mutilated(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a shipped file with lines that are left out, written twice, moved or mistyped."""
    name = draw(st.sampled_from(sorted(SHIPPED)))
    lines = SHIPPED[name].splitlines()
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("without", "twice", "indented", "cut", "mistyped"))):
            case "without":
                del lines[at]
            case "twice":
                lines.insert(at, lines[at])
            case "indented":
                lines[at] = " " * draw(st.integers(1, LONGEST_SLIP)) + lines[at]
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case _:
                lines[at] = mistyped(draw, lines[at])
        if not lines:
            break
    return name, "\n".join([*lines, ""])


def mistyped(draw: st.DrawFn, line: str) -> str:
    place = draw(st.integers(0, len(line)))
    typed = draw(
        st.text(st.sampled_from("ab1-:,.#'\"{}[]|&*!%@>\\ \tы\u00a0"), max_size=LONGEST_SLIP)
    )
    taken = draw(st.integers(0, LONGEST_SLIP))
    return line[:place] + typed + line[place + taken :]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped configuration in a place of its own."""
    directory = tmp_path_factory.mktemp("shipped") / "config"
    shutil.copytree(ROOT / "config", directory)
    return directory


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mutilated())
def test_a_mutilated_file_is_never_a_traceback_and_every_mistake_has_its_place(
    shipped: Path, change: tuple[str, str]
) -> None:
    name, text = change
    path = shipped / name
    path.write_text(text, encoding="utf-8")

    try:
        _, problems = company.problems(shipped, reports=name.startswith("reports/"))
    finally:
        path.write_text(SHIPPED[name], encoding="utf-8")

    for problem in problems:
        # A place is told from the working directory where that is shorter.
        blamed = Path(problem.place.file).absolute().resolve().relative_to(shipped).as_posix()
        there = (text if blamed == name else SHIPPED[blamed]).splitlines() or [""]
        line, column = problem.place.line, problem.place.column
        # The end of a file is the line behind its last one.
        assert 1 <= line <= len(there) + 1, str(problem)
        assert 1 <= column <= len([*there, ""][line - 1]) + 1, str(problem)
        assert problem.text
