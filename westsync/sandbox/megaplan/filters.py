"""Server-side filters, with their traps (contract 2.9, 9.6).

Fields that the server does not know are ignored without a word, text filters work on a few
fields only, and what does not fit its type is 422.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import task_rights, tasks
from westsync.sandbox.megaplan.bodies import accept
from westsync.sandbox.megaplan.filter_dates import day_starts, interval
from westsync.sandbox.megaplan.rendering import known_field, value_of
from westsync.sandbox.megaplan.wire import Doc, Refused, invalid, is_link, link, read_moment, ref

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from westsync.sandbox.megaplan.core import Core

    Test = Callable[[Doc], bool]

TERMS = (
    "FilterTermBool",
    "FilterTermDate",
    "FilterTermEnum",
    "FilterTermNumber",
    "FilterTermRef",
    "FilterTermString",
)
COMPARISONS = {
    "FilterTermBool": {"equals"},
    "FilterTermDate": {"equals", "not_equals"},
    "FilterTermEnum": {"equals", "not_equals"},
    "FilterTermNumber": {
        "equals",
        "not_equals",
        "less",
        "less_eq",
        "more",
        "more_eq",
        "interval",
        "one_of",
        "contains",
        "not_contains",
    },
    "FilterTermRef": {"equals", "not_equals"},
    "FilterTermString": {"equals", "not_equals", "contains", "not_contains", "starts_with"},
}
TEXT_FIELDS = frozenset({"name", "statement", "article", "number"})
STATUS_CODES = {
    "filter_any": lambda _core, _task: True,
    "filter_actual": lambda _core, task: task["status"] in task_rights.ACTIVE,
    "filter_overdue": tasks.is_overdue,
}


class Filter:
    """A filter of one list request."""

    def __init__(self, core: Core, content_type: str, filter_type: str, user: str) -> None:
        """Prepare to filter.

        Args:
            core: The account.
            content_type: What is listed.
            filter_type: The filter's own content type, e.g. ``TradeFilter``.
            user: Employee id of the asker, for saved filters.
        """
        self._core = core
        self._type = content_type
        self._filter_type = filter_type
        self._user = user

    def apply(self, docs: list[Doc], given: object) -> list[Doc]:
        """Return the entities that pass.

        Raises:
            Refused: 422, the filter does not fit its type.
        """
        if not isinstance(given, dict) or given.get("contentType") != self._filter_type:
            raise invalid(f"'stdClass' is not assignable to '{self._filter_type}'", "filter")
        checked_below = {"id", "config", "program"}
        plain = {name: value for name, value in given.items() if name not in checked_below}
        accept(self._core, plain, (self._filter_type,), creating=False)
        docs = self._of_program(docs, given.get("program"))
        if given.get("id") is not None:
            return [doc for doc in docs if self._saved(str(given["id"]), doc)]
        config = given.get("config")
        if config is None:
            return docs
        if not isinstance(config, dict) or config.get("contentType") != "FilterConfig":
            raise invalid("'stdClass' is not assignable to 'FilterConfig'", "filter.config")
        test = self._group(config.get("termGroup"))
        return [doc for doc in docs if test(doc)]

    def _of_program(self, docs: list[Doc], program: object) -> list[Doc]:
        if not isinstance(program, dict) or str(program.get("id")) == "all":
            return docs
        wanted = ("Program", str(program.get("id")))
        return [doc for doc in docs if ref(doc["program"]) == wanted]

    def _saved(self, name: str, doc: Doc) -> bool:
        me = link("Employee", self._user)
        if name == "all":
            return True
        if self._core.store.get(self._filter_type, name) is None:
            raise Refused(404)
        if name == "outgoing":
            return bool(doc["owner"] == me)
        return bool(doc["responsible"] == me)

    def _group(self, group: object) -> Test:
        if not isinstance(group, dict) or group.get("contentType") != "FilterTermGroup":
            raise invalid("'stdClass' is not assignable to 'FilterTermGroup'", "filter.termGroup")
        join = group.get("join")
        if join not in {"and", "or"} or (join == "or" and not self._core.switches.or_join):
            raise invalid(f"'{join}' is not one of and", "filter.join")
        tests = [self._term(term) for term in group.get("terms") or []]
        if join == "or":
            return lambda doc: any(test(doc) for test in tests)
        return lambda doc: all(test(doc) for test in tests)

    def _term(self, term: object) -> Test:
        kind = term.get("contentType") if isinstance(term, dict) else None
        if not isinstance(term, dict) or kind not in TERMS:
            raise invalid(f"'{kind or 'stdClass'}' is not assignable to '{'|'.join(TERMS)}'")
        comparison = str(term.get("comparison", "equals"))
        if comparison not in COMPARISONS[kind]:
            raise invalid(f"'{comparison}' is not a comparison of {kind}", "comparison")
        name = str(term.get("field"))
        test = self._test(kind, name, comparison, term.get("value"))
        if term.get("refine") is not None:
            more = self._group(term["refine"])
            return lambda doc: test(doc) and more(doc)
        return test

    def _test(self, kind: str, name: str, comparison: str, value: object) -> Test:
        positive = comparison not in {"not_equals", "not_contains"}
        compare = self._comparison(kind, name, comparison.removeprefix("not_"), value)
        is_known = known_field(self._core, self._type, name) or name == "participant"
        if not is_known or (kind == "FilterTermString" and not self._searchable(name)):
            return lambda _doc: True  # silently ignored: 200 and an unfiltered list (LIVE)
        return lambda doc: compare(doc) is positive

    def _searchable(self, name: str) -> bool:
        return name in TEXT_FIELDS or name in self._core.custom.get(self._type, {})

    def _comparison(self, kind: str, name: str, comparison: str, value: object) -> Test:
        match kind:
            case "FilterTermRef":
                wanted = _links(value)
                return lambda doc: bool(wanted & self._refs(doc, name))
            case "FilterTermEnum":
                codes = _texts(value)
                return lambda doc: self._is_one_of(doc, name, codes)
            case "FilterTermDate":
                since, until = interval(self._core, value)
                return lambda doc: self._within(doc, name, since, until)
            case "FilterTermBool":
                if not isinstance(value, bool):
                    raise invalid(f"'{value}' is not assignable to 'boolean'", name)
                return lambda doc: bool(self._value(doc, name)) is value
            case "FilterTermNumber":
                return self._number(name, comparison, value)
            case _:
                return self._text(name, comparison, value)

    def _value(self, doc: Doc, name: str) -> object:
        return value_of(self._core, doc, name, self._user)

    def _refs(self, doc: Doc, name: str) -> set[tuple[str, str]]:
        if name == "participant":
            return tasks.people(doc)
        value = self._value(doc, name)
        items = value if isinstance(value, list) else [value]
        return {ref(item) for item in items if isinstance(item, dict) and is_link(item)}

    def _is_one_of(self, doc: Doc, name: str, codes: list[str]) -> bool:
        """Compare; ``status`` of tasks takes filter codes, statuses find nothing (2.9)."""
        if self._type == "Task" and name == "status":
            known = (STATUS_CODES[code] for code in codes if code in STATUS_CODES)
            return any(test(self._core, doc) for test in known)
        return self._value(doc, name) in codes

    def _number(self, name: str, comparison: str, value: object) -> Test:
        if comparison == "interval":
            if not isinstance(value, dict) or value.get("contentType") != "IntervalNumbers":
                raise invalid("'stdClass' is not assignable to 'IntervalNumbers'", name)
            low, high = (_number(value.get(end), name) for end in ("from", "to"))
            return lambda doc: low <= self._amount(doc, name) <= high
        if comparison == "one_of":
            some = [_number(item, name) for item in (value if isinstance(value, list) else [])]
            return lambda doc: self._amount(doc, name) in some
        wanted = _number(value, name)
        tests: dict[str, Test] = {
            "equals": lambda doc: self._amount(doc, name) == wanted,
            "less": lambda doc: self._amount(doc, name) < wanted,
            "less_eq": lambda doc: self._amount(doc, name) <= wanted,
            "more": lambda doc: self._amount(doc, name) > wanted,
            "more_eq": lambda doc: self._amount(doc, name) >= wanted,
            "contains": lambda doc: str(value) in str(self._value(doc, name)),
        }
        return tests[comparison]

    def _amount(self, doc: Doc, name: str) -> float:
        value = self._value(doc, name)
        if isinstance(value, dict):
            value = value.get("value")
        return float(value) if isinstance(value, int | float | str) and value != "" else 0.0

    def _text(self, name: str, comparison: str, value: object) -> Test:
        if not isinstance(value, str):
            raise invalid("'stdClass' is not assignable to 'string'", name)
        needle = value.casefold()

        def test(doc: Doc) -> bool:
            text = str(self._value(doc, name) or "").casefold()
            if comparison == "contains":
                return needle in text
            return text.startswith(needle) if comparison == "starts_with" else text == needle

        return test

    def _within(self, doc: Doc, name: str, since: datetime | None, until: datetime | None) -> bool:
        value = self._value(doc, name)
        if not isinstance(value, dict):
            return False
        at = (
            day_starts(self._core, value)
            if value["contentType"] == "DateOnly"
            else read_moment(value)
        )
        return (since is None or at >= since) and (until is None or at < until)


def _links(value: object) -> set[tuple[str, str]]:
    if not isinstance(value, list) or not all(is_link(item) for item in value):
        raise invalid("'stdClass' is not assignable to 'BaseEntity[]'", "value")
    return {ref(item) for item in value}


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise invalid("FilterTermEnum takes an array of strings", "value")
    return value


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid("'stdClass' is not assignable to 'number'", name)
    return float(value)
