"""What staff read when 1C refuses: one text of ``config/texts`` for each refusal's code."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from westsync.domain.facts import FactType
from westsync.domain.places import Place
from westsync.domain.refusals import REFUSALS, Refusal, RefusalCode
from westsync.rules.texts import MissingValue, Template, compile_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.rules.reading import Problems
    from westsync.rules.texts import Formatter

_TYPES: Mapping[str, FactType] = {
    "str": FactType.TEXT,
    "int": FactType.NUMBER,
    "Decimal": FactType.MONEY,
    "date | None": FactType.TEXT,
    "tuple[str, ...]": FactType.TEXTS,
}


def refusal_templates(
    texts: Mapping[str, tuple[str, Place]], problems: Problems
) -> Mapping[RefusalCode, Template]:
    """Compile the texts of refusals.

    Args:
        texts: Code -> (text, where it stands). None at all is right: then the English line serves.
        problems: Where unknown codes and placeholders are noted, and texts that are missing.
    """
    known = [code.value for code in RefusalCode]
    found: dict[RefusalCode, Template] = {}
    for name, (text, place) in texts.items():
        if name not in known:
            problems.unknown(place, "refusal", name, "", known)
            continue
        code = RefusalCode(name)
        types = {one.name: _TYPES[str(one.type)] for one in fields(REFUSALS[code])}
        found[code] = compile_template(text, place, types, problems)
    for code in RefusalCode:
        if texts and code not in found:
            place = next(iter(texts.values()))[1]
            problems.add(Place(file=place.file), f"refusals lack a text for '{code}'", "add it")
    return found


def worded(
    refusal: Refusal, templates: Mapping[RefusalCode, Template], formatter: Formatter
) -> str:
    """Return a refusal in staff's words; its English line where the texts have none."""
    template = templates.get(refusal.code)
    if template is None:
        return str(refusal)
    values = {one.name: getattr(refusal, one.name) for one in fields(refusal)}
    try:
        return formatter.render(template, values)
    except MissingValue:
        return str(refusal)
