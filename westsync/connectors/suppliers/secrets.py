"""Secrets of the sources: put into texts right before they are used, and never shown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from westsync.errors import AccessDenied
from westsync.redaction import never_show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.stock import SourceId

_REFERENCE = re.compile(r"\$\{secret:([^}]*)\}")


class Secrets:
    """What ``${secret:name}`` stands for; no line of a log ever shows a value of it."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Take the secrets by name, as the environment or the credential files gave them."""
        self._values = dict(values)
        never_show(*self._values.values())

    def fill(self, text: str, source: SourceId) -> str:
        """Return the text with every reference replaced.

        Args:
            text: May hold ``${secret:name}``.
            source: Whose text it is, for the message.

        Raises:
            AccessDenied: A secret is not there; the message names it and where it should stand.
        """

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name not in self._values:
                cure = (
                    f"the secret '{name}' is not here; set WESTSYNC__SUPPLIERS__{name.upper()} or "
                    f"put the file suppliers.{name} into $CREDENTIALS_DIRECTORY"
                )
                raise AccessDenied(source, "log in", cure)
            return self._values[name]

        return _REFERENCE.sub(value, text)

    def fill_json(self, text: str, source: SourceId, **known: str) -> str:
        """Return a JSON text with references and ``{name}`` of `known` replaced inside its strings.

        Args:
            text: JSON.
            source: Whose text it is, for the message.
            known: Name -> text, e.g. the token of a log-in.

        Raises:
            AccessDenied: As `fill`.
        """

        def filled(value: object) -> object:
            match value:
                case str():
                    return self.fill(put(value, known), source)
                case dict():
                    return {key: filled(part) for key, part in value.items()}
                case list():
                    return [filled(part) for part in value]
                case _:
                    return value

        return json.dumps(filled(json.loads(text)), ensure_ascii=False)

    def __repr__(self) -> str:
        """Show names only."""
        return f"Secrets({', '.join(sorted(self._values))})"


def has_secret(text: str) -> bool:
    """Whether a text refers to a secret."""
    return _REFERENCE.search(text) is not None


def put(text: str, known: Mapping[str, str]) -> str:
    """Return the text with ``{name}`` replaced; other braces stay."""
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text
