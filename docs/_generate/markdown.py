"""The few forms of Markdown that the pages need."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def page(title: str, sources: Sequence[str], *blocks: str) -> str:
    """Return a page with its title and the note that says what it is made from.

    Args:
        title: First heading.
        sources: Files of the repository, e.g. ``westsync/errors.py``.
        blocks: Paragraphs, tables and headings in order; empty ones are left out.
    """
    made = " and ".join(f"[{source}](../../{source})" for source in sources)
    note = f"*Made from {made} by `scripts/reference`; change it there.*"
    return "\n\n".join([f"# {title}", note, *filter(None, blocks)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar or a line break inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def code(text: str) -> str:
    """Return a word in code type; nothing for an empty one."""
    return f"`{text}`" if text else ""


def yaml_block(text: str) -> str:
    """Return an example of YAML."""
    return f"```yaml\n{text.strip()}\n```"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
