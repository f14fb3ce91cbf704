"""What is typed into a portal's search: the article, then brand and model (contract 9)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from westsync.domain.matching.brands import BrandTable
from westsync.domain.matching.names import prepare
from westsync.domain.stock_codes import loose_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.connectors.suppliers.profile import Profile
    from westsync.connectors.suppliers.profile_portal import Search
    from westsync.domain.matching.questions import Question

_PLACEHOLDER = re.compile(r"\{(article|brand|model|name)\}")
_LONGEST_MODEL = 4


def typed(search: Search, question: Question, profile: Profile) -> Iterator[dict[str, str]]:
    """Yield the parameters of a search, one set per spelling; none if there is nothing to ask.

    Args:
        search: Of the profile.
        question: What is wanted.
        profile: For the prefixes that the supplier does not know.
    """
    if search.by == "article":
        for article in _spellings(question.article, profile.match.strip_prefixes):
            yield _filled(search, {"article": article, "brand": question.brand})
        return
    words = {"brand": question.brand, "name": question.name, "model": _model(question)}
    asked = {name for _, text in search.params for name in _PLACEHOLDER.findall(text)}
    # Without its model a brand would ask for the whole catalogue.
    if all(words[name] for name in asked if name in {"model", "name"}):
        yield _filled(search, words)


def _spellings(article: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    """Yield an article as it is written, without our prefix, then without separators."""
    article = " ".join(article.split())
    if not article:
        return
    bare = next((article[len(p) :] for p in prefixes if p and article.startswith(p)), article)
    yield from dict.fromkeys(text for text in (article, bare, loose_key(bare)) if text)


def _model(question: Question) -> str:
    """Return the model as the name writes it ("F 310"), else its key; empty if there is none."""
    models = prepare(question.name, BrandTable(), brand=question.brand).models
    if not models:
        return ""
    longest = max(models, key=lambda model: (len(model), model))
    tokens = question.name.split()
    for size in range(1, _LONGEST_MODEL + 1):
        for at in range(len(tokens) - size + 1):
            text = " ".join(tokens[at : at + size]).strip("()[],;\"'«»")
            if loose_key(text) == longest:
                return text
    return longest


def _filled(search: Search, words: dict[str, str]) -> dict[str, str]:
    return {
        name: " ".join(_PLACEHOLDER.sub(lambda found: words.get(found[1], ""), text).split())
        for name, text in search.params
    }
