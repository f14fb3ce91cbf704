"""Reports as mail: HTML and its plain-text twin, from the administrator's templates.

Templates are Jinja2 in its immutable sandbox: they see the report and a few functions, and nothing
else. An unknown name is an error, never an empty place. Jinja2 is imported by who draws a report.
"""

from __future__ import annotations

import traceback
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.reports.formats import Formats
from westsync.reports.model import Kind
from westsync.reports.words import MissingWords

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from westsync.reports.model import Column, Report, Table
    from westsync.reports.words import Words

COMMON = "report"
SUFFIX = ".j2"
HTML, PLAIN = "html", "txt"
_NUMBERS = frozenset(Kind) - {Kind.TEXT}


class BrokenTemplate(Exception):
    """A template cannot be read or drawn.

    Attributes:
        name: File name of the template.
        line: Where the mistake stands, from 1.
        text: What is wrong.
    """

    def __init__(self, name: str, line: int, text: str) -> None:
        """Name the place."""
        self.name = name
        self.line = line
        self.text = text
        super().__init__(f"{name}:{line}: {text}")


class Press:
    """Draws reports with one set of templates."""

    def __init__(self, templates: Mapping[str, str], words: Words) -> None:
        """Read nothing yet.

        Args:
            templates: File name -> source. ``sales-daily.html.j2`` serves that report alone,
                ``report.html.j2`` every report without one of its own; ``.txt.j2`` likewise.
            words: Russian words that templates can ask for with ``say``.
        """
        self._templates = templates
        self._words = words
        self._made: dict[bool, ImmutableSandboxedEnvironment] = {}

    def html(self, report: Report, template: str = "") -> str:
        """Return the report as an HTML mail.

        Args:
            report: What to draw.
            template: File that lays it out; empty for the report's own.

        Raises:
            BrokenTemplate: The template is wrong.
            MissingWords: It asks for words that are not there.
        """
        name = template or self._name(report.name, HTML)
        return self._draw(report, name, escape=True)

    def text(self, report: Report, template: str = "") -> str:
        """Return the plain-text alternative of the mail; raises as `html` does.

        Args:
            report: What to draw.
            template: The *HTML* template; its twin is called ``.txt.j2`` instead of ``.html.j2``.
        """
        twin = f"{template.removesuffix(f'{HTML}{SUFFIX}')}{PLAIN}{SUFFIX}"
        name = twin if template and twin in self._templates else self._name(report.name, PLAIN)
        return self._draw(report, name, escape=False)

    def _name(self, report: str, form: str) -> str:
        own = f"{report}.{form}{SUFFIX}"
        return own if own in self._templates else f"{COMMON}.{form}{SUFFIX}"

    def _draw(self, report: Report, name: str, *, escape: bool) -> str:
        formats = Formats(self._words, report.period.zone)
        template = self._template(name, escape=escape)
        try:
            return template.render(
                report=report,
                period=formats.period(report.period),
                shown=formats.shown,
                moment=formats.moment,
                say=self._words.say,
                bars=bars,
                is_number=_is_number,
                figures=lambda table: tuple(filter(_is_number, table.columns)),
                paired=lambda table, row: tuple(zip(table.columns, row.cells, strict=True)),
            )
        except MissingWords:
            raise
        except Exception as exc:  # whatever an administrator's template does wrong is one mistake
            raise BrokenTemplate(name, _line_in(exc), f"{type(exc).__name__}: {exc}") from exc

    def _template(self, name: str, *, escape: bool) -> Template:
        from jinja2 import TemplateNotFound, TemplateSyntaxError  # noqa: PLC0415 - costs 40 ms

        if escape not in self._made:
            self._made[escape] = self._environment(escape=escape)
        try:
            return self._made[escape].get_template(name)
        except TemplateSyntaxError as exc:
            raise BrokenTemplate(exc.name or name, exc.lineno, str(exc.message)) from exc
        except TemplateNotFound as exc:
            raise BrokenTemplate(name, 1, f"there is no template '{exc.name}'") from exc

    def _environment(self, *, escape: bool) -> ImmutableSandboxedEnvironment:
        from jinja2 import FunctionLoader, StrictUndefined  # noqa: PLC0415 - as above
        from jinja2.sandbox import (  # noqa: PLC0415 - as above
            ImmutableSandboxedEnvironment,
        )

        return ImmutableSandboxedEnvironment(
            loader=FunctionLoader(self._source),
            undefined=StrictUndefined,
            autoescape=escape,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = self._templates.get(name)
        return None if source is None else (source, name, lambda: True)


def _is_number(column: Column) -> bool:
    return column.kind in _NUMBERS


def bars(table: Table) -> tuple[int, ...]:
    """Return the length of each row's bar in percent of the longest; empty without a chart."""
    if table.chart is None:
        return ()
    position = table.position(table.chart.values[0])
    values = [row.cells[position].value for row in table.rows]
    lengths = [float(value) if isinstance(value, int | Decimal) else 0.0 for value in values]
    longest = max(lengths, default=0.0)
    if longest <= 0:
        return tuple(0 for _ in lengths)
    return tuple(max(0, round(100 * length / longest)) for length in lengths)


def _line_in(exc: Exception) -> int:
    """Return the line of the template that an error came from; Jinja2 puts it in the traceback."""
    frames = traceback.extract_tb(exc.__traceback__)
    found = [frame.lineno for frame in frames if frame.filename.endswith(SUFFIX)]
    return (found[-1] if found else None) or 1
