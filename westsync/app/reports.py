"""The reports of a configuration: read when one is asked for, tried by ``westsync check``.

No cycle and no start of the daemon pays for them: templates and their library are heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.places import Map, Place, Problem, did_you_mean
from westsync.errors import ConfigError
from westsync.jobs.report_settings import ReportSettings, read_report_settings
from westsync.rules.reading import Problems, as_items, as_text
from westsync.settings import decoding, yaml12
from westsync.settings.files import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from westsync.app.configuration import Configuration
    from westsync.domain.places import Node

FOLDER = "reports"
FILE = "reports.yaml"
_TEMPLATES = "*.j2"


def report_settings(configuration: Configuration) -> ReportSettings:
    """Return what reports are made with.

    Raises:
        ConfigError: ``config/reports`` is not there or has mistakes.
    """
    settings, problems = _read(configuration)
    if settings is None or problems:
        raise ConfigError(problems)
    return settings


def report_problems(configuration: Configuration) -> tuple[Problem, ...]:
    """Return every mistake of ``config/reports``, also those that only a trial drawing shows.

    A configuration without the folder has no reports, which is no mistake.
    """
    folder = configuration.loaded.directory / FOLDER
    if not folder.is_dir():
        return ()
    settings, problems = _read(configuration)
    if settings is None or problems:
        return problems
    return tuple(_tried(settings, folder))


def _tried(settings: ReportSettings, folder: Path) -> Iterator[Problem]:
    from westsync.reports.tryout import try_out  # noqa: PLC0415 - it draws, which is heavy

    file = shown(folder / FILE)
    known = dict(settings.word_places)
    mistakes = try_out(settings.words, settings.templates)
    for mistake in mistakes:
        if mistake.key:
            near = did_you_mean(mistake.key, known.keys() - settings.words.asked)
            yield Problem(place=Place(file=file), text=mistake.text, cure=near)
        else:
            place = Place(file=shown(folder / mistake.template), line=mistake.line)
            yield Problem(place=place, text=mistake.text)
    if mistakes:
        return  # what a broken template did not reach has not been asked for
    for key in known.keys() - settings.words.asked:
        yield Problem(
            place=known[key],
            text=f"no report says '{key}'",
            cure=did_you_mean(key, settings.words.asked) or "remove it",
        )


def _read(configuration: Configuration) -> tuple[ReportSettings | None, tuple[Problem, ...]]:
    folder = configuration.loaded.directory / FOLDER
    path = folder / FILE
    name = shown(path)
    content = decoding.read_bytes(path, file=name)
    if isinstance(content, Problem):
        return None, (content,)
    document = yaml12.parse(content, file=name)
    problems = Problems()
    templates: dict[str, str] = {}
    for template in sorted(folder.glob(_TEMPLATES)):
        text = _text_of(template)
        if isinstance(text, Problem):
            problems.found.append(text)
        else:
            templates[template.name] = text
    if document.root is None:
        return None, (*document.problems, *problems.found)
    settings = read_report_settings(document.root, templates, _steps(configuration), problems)
    return settings, (*document.problems, *problems.found)


def _text_of(path: Path) -> str | Problem:
    content = decoding.read_bytes(path, file=shown(path))
    return content if isinstance(content, Problem) else decoding.decode(content, file=shown(path))


def _steps(configuration: Configuration) -> Mapping[str, frozenset[str]]:
    """Return the steps of every rule, also of those that are off and hence not compiled."""
    found: dict[str, frozenset[str]] = {}
    for document in configuration.loaded.rule_documents:
        for rule in _maps(document.root, "rules"):
            name = _text(rule, "id")
            if name:
                found[name] = frozenset(_text(step, "id") for step in _maps(rule, "steps"))
    for company in configuration.companies.values():
        for compiled in company.ruleset.rules:  # all there is once the documents were let go
            found.setdefault(compiled.id, frozenset(step.id for step in compiled.steps))
    return found


def _maps(node: Node | None, key: str) -> Iterator[Map]:
    inside = node.get(key) if isinstance(node, Map) else None
    for item in () if inside is None else as_items(inside):
        if isinstance(item, Map):
            yield item


def _text(node: Map, key: str) -> str:
    value = node.get(key)
    return (as_text(value) or "") if value is not None else ""
