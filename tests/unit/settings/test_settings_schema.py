"""The JSON Schema serves an editor and knows no secrets."""

from __future__ import annotations

import json
import re

from westsync.settings.schema import settings_schema


def test_the_schema_knows_every_key_and_forbids_others() -> None:
    schema = settings_schema()

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == {
        "version", "state", "timezone", "active_from", "accounts", "people", "roles",
        "calendars", "guards", "http", "log",
    }  # fmt: skip
    assert schema["additionalProperties"] is False


def test_the_schema_writes_values_as_the_file_does() -> None:
    definitions = settings_schema()["$defs"]
    assert isinstance(definitions, dict)
    megaplan, mail = definitions["MegaplanSettings"], definitions["MailSettings"]
    assert isinstance(megaplan, dict)
    assert isinstance(mail, dict)
    fields, mail_fields = megaplan["properties"], mail["properties"]
    assert isinstance(fields, dict)
    assert isinstance(mail_fields, dict)

    poll_every = fields["poll_every"]
    assert isinstance(poll_every, dict)
    assert poll_every["type"] == "string"
    assert poll_every["default"] == "60s"
    assert re.search(str(poll_every["pattern"]), "1h30m")
    assert "from" in mail_fields


def test_the_schema_names_no_secret() -> None:
    text = json.dumps(settings_schema())

    assert '"password"' not in text
    assert '"token"' not in text
    assert '"path_secret"' not in text
