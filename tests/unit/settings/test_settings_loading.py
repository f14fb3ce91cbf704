"""Where a configuration is found, what is read of it, and what it says."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.unit.settings.configuration import SMALL, ConfigDirectory
from westsync.domain.places import plain
from westsync.errors import ConfigError
from westsync.settings import files, loading, yaml12
from westsync.settings.model import Settings

SHIPPED = Path(__file__).parents[3] / "config"


def test_the_shipped_example_is_right() -> None:
    settings = loading.load(SHIPPED, {}).usable()

    megaplan = settings.accounts["main"].megaplan
    assert megaplan.programs == {"sales": "14"}
    assert list(megaplan.stages["sales"].values()) == [str(n) for n in range(127, 141)]
    assert megaplan.roles["delivered"] == ("delivered",)
    assert megaplan.roles["waiting_client"] == ("requisites",)
    assert (megaplan.poll_every, megaplan.settle, megaplan.page_limit) == (60, 180, 100)
    assert settings.people["admin1"].megaplan == "1000013"
    assert settings.roles["management"] == ("director1", "director2")
    assert settings.calendars["always"].windows == ("00:00-24:00",)


def test_the_example_also_holds_with_1c_and_mail_connected(config: ConfigDirectory) -> None:
    text = (SHIPPED / "westsync.yaml").read_text(encoding="utf-8")
    begin, end = text.index("    # onec:"), text.index("people:")
    sections = re.sub(r"(?m)^    # ", "    ", text[begin:end])
    config.write("westsync.yaml", text[:begin] + sections + text[end:])

    account = config.read().usable().accounts["main"]

    assert account.onec is not None
    assert account.onec.channels.payments == ("odata", "bank_file")
    assert (account.onec.scan.warm, account.onec.readonly) == (3600, True)
    assert account.mail is not None
    assert account.mail.sender == "westsync@example.test"


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ("url: http://1c.local/base", "url: is not encrypted"),
        ('organization_inn: "7701234561"', "organization_inn: '7701234561' is not an ИНН"),
        ('organization_inn: "77012345"', "organization_inn: '77012345' is not an ИНН"),
        ('organization_kpp: "7701"', "organization_kpp: '7701' is not a КПП"),
        ("profile: bp20", "profile: 'bp20' must be bp30 or ut11 or ka2 or unf"),
        ("channels: { payments: [fax] }", "channels.payments.0: 'fax' must be odata or soap"),
        ("channels: { payments: odata }\n      bank_folder: in", "'in' is never read"),
        ("channels: { payments: bank_file }", "accounts.main.onec: bank_folder is missing"),
        (
            "channels: { invoices: bank_file }",
            "channels.invoices: 'bank_file' holds payments only; write odata, soap or none",
        ),
        ("channels: { shipments: bank_file }", "channels.shipments: 'bank_file' holds payments"),
        ("channels: { print_forms: odata }", "channels.print_forms: 'odata' must be soap or none"),
        (
            "channels: { payments: [odata, soap] }",
            "channels.payments: tells the same documents twice; write odata or soap, not both",
        ),
        ("channels: { payments: [odata, odata] }", "channels.payments: names a way twice"),
        ("channels: { payments: [none, odata] }", "channels.payments: is none and more"),
        ("profile: unf", "onec: channels.payments: OData does not tell money of the profile unf"),
        (
            "profile: ut11\n      readonly: false",
            "from orders; write channels.invoices: soap, or readonly: true",
        ),
    ],
)
def test_a_mistake_in_1c_is_told(config: ConfigDirectory, section: str, complaint: str) -> None:
    right = {
        "url": "https://1c.example.test/base",
        "user": "Интеграция",
        "organization_inn": '"500100732259"',
    }
    lines = [f"{key}: {value}" for key, value in right.items() if f"{key}:" not in section]
    onec = "\n      ".join(["    onec:", *lines, section])
    config.edit(("people:\n", f"{onec}\npeople:\n"))

    complaints = config.complaints()

    assert len(complaints) == 1
    assert complaint in complaints[0].replace("'http://1c.local/base' ", "")


def test_a_listed_host_of_the_office_may_be_spoken_to_without_tls(config: ConfigDirectory) -> None:
    onec = (
        "    onec: { url: 'http://1c.local/base', user: x, organization_inn: '7701234560', "
        "plain_http_hosts: [1c.local] }\n"
    )
    config.edit(("people:\n", f"{onec}people:\n"))

    assert config.complaints() == []


@pytest.mark.parametrize(
    ("smtp", "complaint"),
    [
        ("smtp://mail.example.test:587?tls=none", "is not encrypted"),
        ("smtp://mail.example.test:587", "must end with ?tls=starttls"),
        ("smtp://u:hunter2@mail.example.test?tls=tls", "has a user name or password in it"),
        ("https://mail.example.test?tls=tls", "is not the address of a mail server"),
        ("smtp://mail.example.test:port?tls=tls", "is not the address of a mail server"),
    ],
)
def test_a_mistake_in_the_mail_server_is_told_without_repeating_it(
    config: ConfigDirectory, smtp: str, complaint: str
) -> None:
    config.edit(("people:\n", f"    mail: {{ smtp: '{smtp}', from: a@b.test }}\npeople:\n"))

    complaints = config.complaints()

    assert len(complaints) == 1
    assert f"accounts.main.mail.smtp: {complaint}" in complaints[0]
    assert "hunter2" not in complaints[0]


def test_the_first_moment_acted_on_is_the_offices_midnight(config: ConfigDirectory) -> None:
    settings = config.read().usable()

    assert settings.active_from == date(2026, 11, 1)
    assert settings.active_since == datetime(2026, 10, 31, 21, tzinfo=UTC)


def test_a_calendar_tells_how_working_time_is_counted(config: ConfigDirectory) -> None:
    settings = config.read().usable()

    spec = settings.calendars["office"].spec("office", settings.timezone, {})

    assert (spec.name, spec.zone, spec.country) == ("office", "Europe/Moscow", "RU")
    assert [str(window) for window in spec.windows] == ["09:00-13:00", "14:00-18:00"]
    assert spec.days == frozenset(range(5))


def test_an_absence_must_end_after_it_begins(config: ConfigDirectory) -> None:
    config.edit(
        ("deputy: petrova }", "absences: [{ from: 2026-08-10, to: 2026-08-01 }] }"),
    )

    assert config.complaints() == [
        (
            "config/westsync.yaml:16:86: people.ivanov.absences: the absence from 2026-08-10 ends "
            "before it begins"
        )
    ]


def test_the_address_to_listen_on_is_host_and_port(config: ConfigDirectory) -> None:
    config.edit(("listen: null", 'listen: "[::1]:8321"'))

    assert config.read().usable().http.address == ("::1", 8321)


def test_settings_do_not_change(config: ConfigDirectory) -> None:
    settings = config.read().usable()

    with pytest.raises(ValueError, match="frozen"):
        settings.timezone = "UTC"


def test_rules_tests_calendars_and_texts_are_handed_over_as_nodes(config: ConfigDirectory) -> None:
    config.write("rules/b.yaml", "rules: []")
    config.write("rules/a.yaml", "rules: [1]")
    config.write("rules/tests/a.yaml", "tests: []")
    config.write("calendars/2026.yaml", "year: 2026")
    config.write("texts/scripts.yaml", "hello: Здравствуйте")
    config.write("rules/.a.yaml.swp.yaml", "an editor's: [")
    config.write("rules/notes.txt", "no rule: [")

    loaded = config.read()

    assert [document.file for document in loaded.rule_documents] == [
        "config/rules/a.yaml",
        "config/rules/b.yaml",
    ]
    [test], [calendar], [texts] = (
        loaded.test_documents,
        loaded.calendar_documents,
        loaded.text_documents,
    )
    assert test.root is not None
    assert plain(test.root) == {"tests": []}
    assert calendar.root is not None
    assert plain(calendar.root) == {"year": 2026}
    assert texts.root is not None
    assert plain(texts.root) == {"hello": "Здравствуйте"}
    assert loaded.problems == ()


def test_a_file_that_looks_meant_but_is_not_read_is_told(config: ConfigDirectory) -> None:
    config.write("rules/p1.yml", "rules: []")

    assert config.complaints() == [
        "config/rules/p1.yml:1:1: this file is not read; rename it to p1.yaml"
    ]


def test_the_version_changes_with_any_file_and_with_nothing_else(config: ConfigDirectory) -> None:
    config.write("rules/a.yaml", "rules: []")
    before = config.read().version

    again = config.read({"WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__TOKEN": "t"}).version
    config.write("rules/a.yaml", "rules: [] ")
    changed = config.read().version
    config.write("rules/a.yaml", "rules: []")
    config.write("texts/a.yaml", "")
    added = config.read().version

    assert again == before
    assert len({before, changed, added}) == 3


def test_the_state_file_is_relative_to_the_state_directory_or_the_settings(
    config: ConfigDirectory, tmp_path: Path
) -> None:
    by_settings = config.read().state_path
    by_systemd = config.read({"STATE_DIRECTORY": f"{tmp_path}/a:{tmp_path}/b"}).state_path
    config.edit(("timezone:", f"state: {tmp_path}/own.db\ntimezone:"))
    absolute = config.read({"STATE_DIRECTORY": str(tmp_path)}).state_path

    assert by_settings == Path("config/westsync.db")
    assert by_systemd == tmp_path / "a" / "westsync.db"
    assert absolute == tmp_path / "own.db"


def test_a_named_directory_is_the_only_one_looked_at(
    config: ConfigDirectory, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()

    with pytest.raises(ConfigError, match=r"--config DIR or \$WESTSYNC_CONFIG"):
        files.find_directory(other, {})
    with pytest.raises(ConfigError, match="looked for"):
        files.find_directory(None, {"WESTSYNC_CONFIG": str(other)})
    (other / "westsync.yaml").write_text(SMALL, encoding="utf-8")

    assert files.find_directory(None, {"WESTSYNC_CONFIG": str(other)}) == other
    assert files.find_directory(other, {"WESTSYNC_CONFIG": "nowhere"}) == other
    assert files.find_directory(None, {}) == config.path


def test_without_any_configuration_all_places_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SYSTEM_DIRECTORY", tmp_path / "etc")

    with pytest.raises(ConfigError, match=r"looked for .*config/westsync.yaml, .*etc/w"):
        files.find_directory(None, {}, tmp_path)


def test_load_raises_every_problem_and_read_none(config: ConfigDirectory) -> None:
    config.edit(("Europe/Moscow", "x"), ("log:", "logs:"))

    with pytest.raises(ConfigError) as caught:
        loading.load(config.path, {})

    assert caught.value.problems == config.read().problems
    assert len(caught.value.problems) == 2


def test_a_missing_libyaml_is_noticed(
    config: ConfigDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml12, "HAS_LIBYAML", False)

    assert config.read().notices == (yaml12.LIBYAML_NOTICE,)


def test_every_setting_says_what_it_is_for() -> None:
    silent: list[str] = []
    models = [Settings]
    for model in models:
        for name, field in model.model_fields.items():
            if not field.description:
                silent.append(f"{model.__name__}.{name}")
        models += [child for child in _models_of(model) if child not in models]

    assert silent == []
    assert len(models) == 15


def _models_of(model: type[Settings]) -> list[type[Settings]]:
    from typing import get_args  # noqa: PLC0415 - used here alone

    def inside(annotation: object) -> list[type[Settings]]:
        if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
            return [annotation]
        return [found for argument in get_args(annotation) for found in inside(argument)]

    return [found for field in model.model_fields.values() for found in inside(field.annotation)]
