"""What a YAML syntax error means for the person who made it."""

from __future__ import annotations

import re

import yaml

from westsync.domain.places import Place, Problem

# A part of libyaml's (or the Python parser's) message -> what the person should look at.
_CURES = (
    ("unknown escape", "double the backslash, or use single quotes"),
    ("escape", "write the character itself"),
    ("quoted scalar", "close the quote that opens at {context}"),
    ("mapping values are not allowed", "check the indentation; quote a text that has ': ' in it"),
    ("expected ',' or", "close the bracket that opens at {context}, or add a comma"),
    ("did not find expected node content", "close the bracket that opens before, or add a value"),
    ("expected the node content", "close the bracket that opens before, or add a value"),
    ("alphabetic or numeric", "quote a text that begins with '*' or '&'"),
    ("undefined tag handle", "remove the tag, or quote a text that begins with '!'"),
    ("tag", "remove the tag, or quote a text that begins with '!'"),
    ("could not find expected ':'", "write ': ' after the key, or indent a text's next line"),
    ("expected key", "check the indentation and the quotes of this line and the one before"),
    ("block end", "check the indentation and the quotes of this line and the one before"),
    ("'-' indicator", "indent all items of a list alike"),
    ("sequence entries are not allowed", "begin the list on its own line"),
    ("directive", "remove the line that begins with '%'"),
    ("document start", "remove what stands before '---', or quote a text that begins with '%'"),
    ("block scalar", "after '|' or '>' begin the text on the next line, indented with spaces"),
)
_INDENT = re.compile(r"[ \t]*")


def explain(exc: yaml.YAMLError, text: str, file: str) -> Problem:
    """Return a parser's error as a problem with its place and a cure.

    Args:
        exc: What PyYAML raised.
        text: The text that it read.
        file: How messages call it.
    """
    if not isinstance(exc, yaml.MarkedYAMLError):
        return Problem(place=Place(file=file), text="this is not YAML")
    mark = exc.problem_mark or exc.context_mark
    if mark is None:
        return Problem(place=Place(file=file), text=str(exc.problem or "this is not YAML"))
    place = Place(file=file, line=mark.line + 1, column=mark.column + 1)
    said = f"{exc.context or ''} {exc.problem or ''}"
    if tab := _tab_in_indent(text, mark.line):
        return Problem(
            place=Place(file=file, line=mark.line + 1, column=tab),
            text="a tab in the indentation",
            cure="indent with spaces",
        )
    return Problem(
        place=place,
        text=f"not valid YAML: {exc.problem or exc.context}",
        cure=_cure(exc, said, text, place),
    )


def _tab_in_indent(text: str, line: int) -> int | None:
    """Return the 1-based column of a tab before the line's first character, None without one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if line >= len(lines):
        return None
    indent = _INDENT.match(lines[line])
    at = indent[0].find("\t") if indent else -1
    return at + 1 if at >= 0 else None


def _cure(exc: yaml.MarkedYAMLError, said: str, text: str, place: Place) -> str:
    opened = exc.context_mark or exc.problem_mark
    context = f"{opened.line + 1}:{opened.column + 1}" if opened else str(place)
    if "cannot start any token" in said:
        lines = text.split("\n")
        line = lines[place.line - 1] if place.line <= len(lines) else ""
        sign = line[place.column - 1 : place.column]
        if sign == "\t":
            return "use spaces instead of the tab"
        return f"put a text that begins with '{sign}' in quotes"
    for part, cure in _CURES:
        if part in said:
            return cure.format(context=context)
    return "check the indentation, the quotes and the brackets before this place"
