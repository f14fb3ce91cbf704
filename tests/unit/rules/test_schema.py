"""The schema for editors knows exactly the words that the reader knows."""

from __future__ import annotations

from typing import Any

from westsync.domain.catalogue.kinds import catalogue
from westsync.rules.actions import ACTIONS
from westsync.rules.grammar import MODULE_RULE_KEYS, RULE_KEYS, SCHEDULE_RULE_KEYS, STEP_KEYS
from westsync.rules.operators import OPERATORS
from westsync.rules.schema import rules_schema

SCHEMA: Any = rules_schema()


def test_the_schema_allows_the_keys_of_rules_and_steps_and_no_others() -> None:
    rule, step = SCHEMA["$defs"]["rule"], SCHEMA["$defs"]["step"]

    assert set(rule["properties"]) == set(RULE_KEYS) | set(MODULE_RULE_KEYS) | set(
        SCHEDULE_RULE_KEYS
    )
    assert set(step["properties"]) == set(STEP_KEYS)
    assert rule["additionalProperties"] is False


def test_the_schema_names_every_action_operator_and_fact() -> None:
    text = repr(SCHEMA)

    names = [*ACTIONS, *OPERATORS, *(fact for kind in catalogue().kinds.values() for fact in kind)]
    assert [name for name in names if f"'{name}'" not in text] == []
