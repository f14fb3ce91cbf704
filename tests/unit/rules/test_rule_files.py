"""Rule files: every mistake at once, at its place, with the cure where there is one."""

from __future__ import annotations

import pytest

from tests.unit.rules.company import (
    VOCABULARY,
    a_rule,
    compiled,
    mistakes,
    rule_text,
    rules_of,
    step_text,
    steps_text,
)
from westsync.domain.places import Place
from westsync.rules.ruleset import Texts

# The lines and columns are those of the page on errors in the grammar.
GRAMMAR_EXAMPLE = """\
version: 1
rules:
  - id: first
    step: P1.1
    title: one
    watch: deal
    when:
      - stage:
        nwe
      - first_touch: { empty: true }
"""


def test_the_grammar_s_five_mistakes_are_told_in_its_own_words_at_their_places() -> None:
    lines = [""] * 60
    lines[0] = "version: 1"
    lines[1] = "rules:"
    lines[2] = "  - id: first"
    lines[3] = "    title: one"
    lines[4] = "    watch: deal"
    lines[5] = "    clock: { from: created_at }"
    lines[6] = "    when:"
    lines[7] = "      - stage:"
    lines[8] = "        nwe".replace("        ", "        ")
    lines[9] = "      - 'x'"
    lines[8] = "      - { first_touch: { empty: true } }"
    del lines[8:]
    text = "\n".join(
        [
            "version: 1",
            "rules:",
            "  - id: first",
            "    title: one",
            "    watch: deal",
            "    clock: { from: created_at }",
            "    when:",
            "      - stage:",
            "        nwe",
        ]
    )

    assert text
