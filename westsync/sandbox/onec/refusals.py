"""How 1C says no: the codes of OData, and the texts of its configuration (contract 4.6)."""

from __future__ import annotations

from westsync.sandbox.standin.refusal import Refusal

NOT_SUPPORTED = 0
UNREADABLE_TEXT = 1
BAD_FORMAT = 2
BAD_REPRESENTATION = 3
BAD_VALUE = 4
MISSING_PROPERTY = 5
BAD_URL = 6
MISSING_KEY = 7
UNKNOWN_ENTITY = 8
NOT_FOUND = 9
UNKNOWN_PROPERTY = 10
UNKNOWN_METHOD = 11
MISSING_ARGUMENT = 12
TABULAR_ROW = 13
BAD_OPTION = 14
EXISTS = 15
DUPLICATE_PROPERTY = 18
METHOD_NOT_ALLOWED = 19
NO_RIGHTS = 20
FUNCTION_FAILED = 21
EXCEPTION = -1

STATUSES = {
    NOT_SUPPORTED: 501,
    BAD_REPRESENTATION: 406,
    UNKNOWN_ENTITY: 404,
    NOT_FOUND: 404,
    METHOD_NOT_ALLOWED: 405,
    NO_RIGHTS: 401,
    FUNCTION_FAILED: 500,
    EXCEPTION: 500,
}
"""HTTP status of a code; 400 for the others."""


class OneCRefused(Refusal):
    """The infobase says no.

    Attributes:
        code: One of the codes of contract 4.6.
        text: What it says, in Russian.
        status: HTTP status.
    """

    def __init__(self, code: int, text: str, *, status: int | None = None) -> None:
        """Refuse.

        Args:
            code: See contract 4.6.
            text: For people.
            status: None for the code's usual one.
        """
        self.code = code
        self.text = text
        self.status = status or STATUSES.get(code, 400)
        super().__init__(f"{code}: {text}")


class ConfigurationRefused(OneCRefused):
    """The configuration's own code refuses: posting, a closed period, a lock (500, code -1)."""

    def __init__(self, text: str) -> None:
        """Refuse with the text of an exception."""
        super().__init__(EXCEPTION, text)


def no_instance(entity: str) -> OneCRefused:
    """Return the refusal for a row that does not exist."""
    return OneCRefused(NOT_FOUND, f'Экземпляр сущности "{entity}" не найден')


def no_property(entity: str, name: str) -> OneCRefused:
    """Return the refusal for a field that the configuration does not have."""
    return OneCRefused(
        UNKNOWN_PROPERTY, f'Сегмент пути "{name}" не найден: свойство не описано в "{entity}"'
    )


def bad_option(text: str) -> OneCRefused:
    """Return the refusal for a query option that cannot be read."""
    return OneCRefused(BAD_OPTION, f"Ошибка разбора опций запроса: {text}")
