"""JSON Schema of rule files, for editors; made from the catalogue, operators and actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.catalogue.kinds import catalogue
from westsync.domain.facts import SOURCES, FactType
from westsync.rules.actions import ACTIONS, BILL_STATUSES, CHANNELS, PRINT_FORMS
from westsync.rules.grammar import GRAMMAR_VERSION, ONLY_WITH, WATCHED
from westsync.rules.model import FIRST_SEEN, Mode, Outside
from westsync.rules.modules import MODULES
from westsync.rules.operators import OPERATORS
from westsync.rules.schedule_reading import ATTACHMENTS, PERIODS
from westsync.rules.schedules import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.facts import FactSpec

Schema = dict[str, object]

_DURATION: Schema = {
    "type": "string",
    "pattern": r"^(\d+h)?(\d+m)?(\d+s)?$|^\d+ (workday|workdays|day|days)$|^same day$",
    "description": "10m, 1h30m, '1 workday', '7 days' or 'same day', on the rule's calendar",
}
_TEXT: Schema = {"type": "string", "description": "text with {path|filter} placeholders"}
_WHO: Schema = {
    "description": "deal.manager, role:<name> or user:<login>; the first who is available",
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
}
# What each kind of rule must have besides its identity.
_KINDS = (("watch", "when", "clock", "steps"), ("schedule", "steps"), ("use",))
_CONDITIONS: Schema = {"$ref": "#/$defs/conditions"}


def rules_schema() -> Schema:
    """Return the schema of ``config/rules/*.yaml``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "westsync rule file",
        "type": "object",
        "required": ["version", "rules"],
        "additionalProperties": False,
        "properties": {
            "version": {"const": GRAMMAR_VERSION},
            "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
        },
        "$defs": {
            "rule": _rule(),
            "step": _step(),
            "action": _action(),
            "conditions": {
                "anyOf": [
                    {"$ref": "#/$defs/condition"},
                    {"type": "array", "items": {"$ref": "#/$defs/condition"}},
                ]
            },
            "condition": _condition(),
        },
    }


def _object(properties: Mapping[str, object], *required: str) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
    }
    if required:
        schema["required"] = list(required)
    return schema


def _rule() -> Schema:
    return _object(
        {
            "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64},
            "title": {"type": "string", "description": "what people read"},
            "owner": {"type": "string"},
            "step": {"type": "string", "description": "id of the company's standard, e.g. P1.1"},
            "mode": {"enum": [mode.value for mode in Mode]},
            "only_with": {
                "type": "array",
                "items": {"enum": list(ONLY_WITH)},
                "description": "the rule sleeps unless these are configured",
            },
            "watch": {"enum": list(WATCHED)},
            "use": {"enum": sorted(MODULES), "description": "a rule module"},
            "params": {"type": "object", "description": "of the rule module"},
            "schedule": _object(
                {
                    "at": {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"},
                    "days": {
                        "anyOf": [
                            {"enum": ["workdays", "daily"]},
                            {"type": "array", "items": {"enum": list(WEEKDAYS)}, "minItems": 1},
                        ]
                    },
                    "calendar": {"type": "string"},
                    "catch_up": _DURATION,
                },
                "at",
            ),
            "report": _object(
                {
                    "name": {"type": "string"},
                    "template": {"type": "string"},
                    "attach": {"anyOf": [{"enum": list(ATTACHMENTS)}, {"type": "array"}]},
                    "period": {"enum": list(PERIODS)},
                }
            ),
            "needs": _object(dict.fromkeys(sorted(SOURCES), _DURATION)),
            "when": _CONDITIONS,
            "clock": _object(
                {
                    "from": {"enum": [*_moments(), FIRST_SEEN]},
                    "calendar": {"type": "string"},
                    "pause_when": _CONDITIONS,
                    "settle": _DURATION,
                },
                "from",
            ),
            "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}, "minItems": 1},
            "ack": _object({"by": _WHO, "mutes": _DURATION}, "by", "mutes"),
            "deliver": _object(
                {
                    "calendar": {"type": "string"},
                    "outside": {"enum": [outside.value for outside in Outside]},
                }
            ),
            "inhibit_by": {"type": "array", "items": {"type": "string"}},
            "group_by": {
                "type": "array",
                "items": {"type": "string"},
                "description": "facts; notices about objects that agree in them become one digest",
            },
            "limit": _object({"per_hour": {"type": "integer", "minimum": 1}}),
            "on_clear": {"type": "array", "items": {"$ref": "#/$defs/action"}},
            "reopen": {"anyOf": [{"const": "new"}, _object({"same_within": _DURATION})]},
        },
        "id",
        "title",
    ) | {"oneOf": [{"required": list(keys)} for keys in _KINDS]}


def _step() -> Schema:
    return _object(
        {
            "id": {"type": "string"},
            "after": _DURATION,
            "when": _CONDITIONS,
            "unless": {"anyOf": [_CONDITIONS, {"type": "string", "description": "a flag"}]},
            "repeat": _object(
                {"every": _DURATION, "max": {"type": "integer", "minimum": 1}}, "every", "max"
            ),
            "always": {"type": "boolean"},
            "do": {"type": "array", "items": {"$ref": "#/$defs/action"}},
        },
        "id",
        "after",
        "do",
    )


def _action() -> Schema:
    bodies: dict[str, Schema] = {
        "task.ensure": _object(
            {
                "to": _WHO,
                "title": _TEXT,
                "text": _TEXT,
                "script": {"type": "string"},
                "due": _DURATION,
                "urgent": {"type": "boolean"},
                "auditors": _WHO,
            },
            "to",
            "title",
        ),
        "task.close": _object({"note": _TEXT}, "note"),
        "deal.comment": _object({"text": _TEXT}, "text"),
        "deal.set": _object({"field": {"type": "string"}, "value": _TEXT}, "field", "value"),
        "deal.move": _object({"stage": {"type": "string"}}, "stage"),
        # `text` or `letter`, as `via` has it; the loader says which.
        "notify": _object(
            {
                "to": _WHO,
                "via": {"type": "array", "items": {"enum": list(CHANNELS)}, "minItems": 1},
                "text": _TEXT,
                "letter": {"type": "string"},
                "urgent": {"type": "boolean"},
            },
            "to",
            "via",
        ),
        "supplier.ask": _object({"subject": _TEXT, "text": _TEXT}, "subject", "text"),
        "invoice.issue": _object({}),
        "invoice.status": _object({"status": {"enum": list(BILL_STATUSES)}}, "status"),
        "invoice.print": _object(
            {"form": {"enum": list(PRINT_FORMS)}, "name": _TEXT}, "form", "name"
        ),
        "report.send": _object(
            {"to": _WHO, "via": {"type": "array", "items": {"const": "email"}}}, "to"
        ),
    }
    described = {name: bodies[name] | {"description": text} for name, text in ACTIONS.items()}
    return _object(described) | {"minProperties": 1, "maxProperties": 1}


def _condition() -> Schema:
    facts = {name: spec for kind in catalogue().kinds.values() for name, spec in kind.items()}
    leaves: dict[str, object] = {name: _leaf(spec) for name, spec in sorted(facts.items())}
    groups = dict.fromkeys(("any", "all", "not"), _CONDITIONS)
    expression = {"type": "string", "maxLength": 300}
    # Configured custom fields are facts as well; an editor cannot know their names.
    return {"type": "object", "properties": leaves | groups | {"expr": expression}}


def _leaf(spec: FactSpec) -> Schema:
    fitting = [op for op in OPERATORS.values() if spec.type in op.types]
    operators = {op.name: {"description": f"{op.meaning} ({op.takes})"} for op in fitting}
    schema: Schema = {"description": f"{spec.meaning} ({spec.type})"}
    value: Schema = {"enum": list(spec.choices)} if spec.choices else {}
    schema["anyOf"] = [value, {"type": "array"}, _object(operators)]
    return schema


def _moments() -> list[str]:
    names = {
        name
        for kind in catalogue().kinds.values()
        for name, spec in kind.items()
        if spec.type is FactType.MOMENT
    }
    return sorted(names)
