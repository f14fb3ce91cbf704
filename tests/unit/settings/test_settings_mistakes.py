"""Every mistake of the settings is told at its place, with a cure, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.settings.configuration import ConfigDirectory

BASE = "westsync.yaml"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param(
            "      me:",
            "      pol_every: 60s\n      me:",
            "9:7: accounts.main.megaplan.pol_every: unknown key; did you mean 'poll_every'?",
            id="unknown key",
        ),
        pytest.param(
            "log: { format: auto }",
            "log: { colour: red }",
            "26:8: log.colour: unknown key; known are format",
            id="unknown key near nothing",
        ),
        pytest.param(
            "version: 1", "version: 2", "1:10: version: '2' must be 1", id="other version"
        ),
        pytest.param(
            "active_from: 2026-11-01\n",
            "",
            "1:1: 'active_from' is missing; add it: Nothing older than the first moment of this "
            "day is acted on, except by backfill.",
            id="missing key",
        ),
        pytest.param(
            "2026-11-01",
            "2026-02-31",
            "3:14: active_from: '2026-02-31' there is no such day in the calendar",
            id="no such day",
        ),
        pytest.param(
            "2026-11-01",
            "20261101",
            "3:14: active_from: '20261101' must be a date; write it like 2026-11-01",
            id="number for a date",
        ),
        pytest.param(
            "Europe/Moscow",
            "Europe/Moskow",
            "2:11: timezone: 'Europe/Moskow' is not a time zone; "
            "write an IANA name like Europe/Moscow",
            id="time zone",
        ),
        pytest.param(
            'new: "127"',
            "new: 127",
            "11:31: accounts.main.megaplan.stages.sales.new: '127' must be text; "
            'put it in quotes: "127"',
            id="id without quotes",
        ),
        pytest.param(
            'new: "127"',
            'new: "state-127"',
            "11:31: accounts.main.megaplan.stages.sales.new: 'state-127' is not an id of "
            'Megaplan; write its digits in quotes, e.g. "127"',
            id="id that is none",
        ),
        pytest.param(
            "Category1000061CustomFieldGorod",
            "gorod",
            "13:23: accounts.main.megaplan.fields.city: 'gorod' is not the name of a custom "
            "field; write it like Category1000061CustomFieldGorod, as 'westsync doctor megaplan' "
            "lists it",
            id="custom field",
        ),
        pytest.param(
            "name: Иванов, ",
            "",
            "16:3: people.ivanov: 'name' is missing; add it: Surname and first name, as texts "
            "show it.",
            id="person without a name",
        ),
        pytest.param(
            "ivanov@example.test, ",
            "ivanov, ",
            "16:55: people.ivanov.email: 'ivanov' must be a mail address; "
            "write it like ivanov@example.test",
            id="mail address",
        ),
        pytest.param(
            '"14:00-18:00"',
            '"12:00-18:00"',
            "23:35: calendars.office.windows: windows 09:00-13:00 and 12:00-18:00 overlap or are "
            "out of order; write them from morning to evening",
            id="windows overlap",
        ),
        pytest.param(
            '"14:00-18:00"',
            '"14:00-18"',
            "23:51: calendars.office.windows.1: '14:00-18' is not a window; "
            "write e.g. '09:00-13:00'",
            id="window",
        ),
        pytest.param(
            "mon-fri",
            "mon-fry",
            "23:73: calendars.office.days: 'fry' is not a day of the week; did you mean 'fri'?",
            id="days",
        ),
        pytest.param(
            "days: mon-fri",
            "days: mon-fri, short_day_minutes: 480",
            "23:101: calendars.office.short_day_minutes: '480' leaves nothing of the day; "
            "write less than the windows together",
            id="short day",
        ),
        pytest.param(
            "new_intents_per_cycle: 50",
            "new_intents_per_cycle: true",
            "24:34: guards.new_intents_per_cycle: 'true' must be a number, not true or false",
            id="truth for a number",
        ),
        pytest.param(
            "new_intents_per_cycle: 50",
            "open_deals_drop: .nan",
            "24:28: guards.open_deals_drop: '.nan' must be at most 1.0",
            id="not a number",
        ),
        pytest.param(
            "listen: null",
            "listen: localhost",
            "25:17: http.listen: 'localhost' is not host and port; write it like "
            '"127.0.0.1:8321"',
            id="listen",
        ),
        pytest.param(
            "format: auto",
            "format: jsn",
            "26:16: log.format: 'jsn' must be auto or console or json; did you mean 'json'?",
            id="choice",
        ),
        pytest.param(
            "people:\n",
            "people: x\npeeple:\n",
            "15:9: people: 'x' must be a mapping (keys with values below it)",
            id="text for a mapping",
        ),
        pytest.param(
            "      me:",
            "      use_bulk: no\n      me:",
            "9:17: accounts.main.megaplan.use_bulk: 'no' must be true or false; "
            "in YAML 1.2 'yes', 'no', 'on' and 'off' are text",
            id="no is text",
        ),
        pytest.param(
            "      me:",
            "      poll_every: 60\n      me:",
            "9:19: accounts.main.megaplan.poll_every: '60' must be a length of time; "
            "write it like 60s, 5m or 1h30m",
            id="span without unit",
        ),
        pytest.param(
            "      me:",
            "      poll_every: 5s\n      me:",
            "9:19: accounts.main.megaplan.poll_every: '5s' must be at least 10",
            id="span too short",
        ),
        pytest.param(
            "      me:",
            '      full_sweep_at: "24:00"\n      me:',
            "9:22: accounts.main.megaplan.full_sweep_at: '24:00' must be a time of day; "
            'write it like "03:30"',
            id="time of day",
        ),
        pytest.param(
            "      me:",
            "      page_limit: 200\n      me:",
            "9:19: accounts.main.megaplan.page_limit: '200' must be at most 100",
            id="page too long",
        ),
        pytest.param(
            "      me:",
            "      requests_per_second_max: 1\n      me:",
            "9:32: accounts.main.megaplan.requests_per_second_max: '1' is below "
            "requests_per_second; raise it, or leave it out",
            id="ceiling below the pace",
        ),
        pytest.param(
            "      me:",
            '      attachment_kinds: { contract: ["*"] }\n      me:',
            "9:7: accounts.main.megaplan.attachment_kinds: a pattern of 'contract' fits every "
            "file; name a part of the name",
            id="pattern for everything",
        ),
        pytest.param(
            "fields: { city:",
            "fields: { City:",
            "13:17: accounts.main.megaplan.fields.City: 'Category1000061CustomFieldGorod' "
            "is not a name; use a-z, 0-9 and single _, and begin with a letter",
            id="name of a fact",
        ),
    ],
)
def test_a_mistake_is_told_with_place_and_cure(
    config: ConfigDirectory, old: str, new: str, complaint: str
) -> None:
    config.edit((old, new))

    complaints = config.complaints()

    assert complaints[0] == f"config/{BASE}:{complaint}"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param(
            "roles: { delivered: delivered }",
            "roles: { delivered: [deliverd] }",
            "12:28: unknown stage 'deliverd'; did you mean 'delivered'?",
            id="stage of a role",
        ),
        pytest.param(
            "required: { sales: { new",
            "required: { sales: { nwe",
            "14:28: unknown stage 'nwe'; did you mean 'new'?",
            id="stage of required",
        ),
        pytest.param(
            "required: { sales",
            "required: { sale",
            "14:19: unknown program 'sale'; did you mean 'sales'?",
            id="program of required",
        ),
        pytest.param(
            "stages: { sales:",
            "stages: { sale:",
            "10:19: accounts.main.megaplan.stages names no stages of the program 'sales'; "
            'add them: sales: { new: "127" }',
            id="program without stages",
        ),
        pytest.param(
            'paid: "134"',
            'paid: "127"',
            "11:44: stage id 127 belongs to 'new' already; look it up in Megaplan: two cannot "
            "have the same",
            id="stage twice",
        ),
        pytest.param(
            'megaplan: "1000002"',
            'megaplan: "1000003"',
            "17:39: employee id 1000003 belongs to 'ivanov' already; look it up in Megaplan: two "
            "cannot have the same",
            id="employee twice",
        ),
        pytest.param(
            'me: "1000099"',
            'me: "1000003"',
            "9:11: employee id 1000003 is also that of 'ivanov'; give westsync an account of its "
            "own: what it does is no person's touch",
            id="own account is a person's",
        ),
        pytest.param(
            "deputy: petrova",
            "deputy: petrov",
            "16:84: unknown person 'petrov'; did you mean 'petrova'?",
            id="deputy",
        ),
        pytest.param(
            'megaplan: "1000002" }',
            'megaplan: "1000002", deputy: ivanov }',
            "16:84: deputies go round in a circle: ivanov -> petrova -> ivanov; "
            "leave one of them without a deputy",
            id="deputies in a circle",
        ),
        pytest.param(
            "deputy: petrova",
            "deputy: ivanov",
            "16:84: deputies go round in a circle: ivanov -> ivanov; "
            "leave one of them without a deputy",
            id="own deputy",
        ),
        pytest.param(
            "manager: [ivanov, petrova]",
            "manager: [ivanof, petrova]",
            "20:13: unknown person 'ivanof'; did you mean 'ivanov'?",
            id="person of a role",
        ),
        pytest.param(
            "secretary: [petrova]",
            "secretary: []",
            "19:3: nobody fills the role 'secretary'; name at least one login",
            id="empty role",
        ),
        pytest.param(
            "secretary: [petrova]",
            "secretery: [petrova]",
            "19:3: unknown role 'secretery'; did you mean 'secretary'?",
            id="role nearly like a known one",
        ),
        pytest.param(
            "  admin: [ivanov]\n",
            "",
            "18:1: nobody fills the role 'admin', who is told of westsync's own troubles; "
            "add it: admin: [login]",
            id="no admin",
        ),
    ],
)
def test_a_contradiction_between_settings_is_told_with_place_and_cure(
    config: ConfigDirectory, old: str, new: str, complaint: str
) -> None:
    config.edit((old, new))

    complaints = config.complaints()

    assert complaints[0] == f"config/{BASE}:{complaint}"


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://mp1.megaplan.ru", "is not encrypted"),
        ("https://u:hunter2@mp1.megaplan.ru", "has a user name or password in it"),
        ("https://mp1.megaplan.ru/api/v3", "has a path in it"),
        ("https://mp1.megaplan.ru?x=1", "has a query or fragment in it"),
        ("ftp://mp1.megaplan.ru", "is not an address"),
        ("mp1.megaplan.ru", "is not an address"),
        ("https://mp1.megaplan.ru:99999", "is not an address"),
        ("https://[::1", "is not an address"),
        ("'https://mp1 megaplan.ru'", "has a space in it"),
    ],
)
def test_an_address_that_is_unsafe_or_none_is_refused_without_repeating_it(
    config: ConfigDirectory, url: str, complaint: str
) -> None:
    config.edit(("https://mp12345678.megaplan.ru", url))

    complaints = config.complaints()

    assert len(complaints) == 1
    assert f"accounts.main.megaplan.url: {complaint}" in complaints[0].replace(f"'{url}' ", "")
    assert "hunter2" not in complaints[0]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:99", "https://x.test/"]
)
def test_plain_http_is_for_this_machine_alone(config: ConfigDirectory, url: str) -> None:
    config.edit(("https://mp12345678.megaplan.ru", url))

    loaded = config.read()

    assert loaded.problems == ()
    assert loaded.usable().accounts["main"].megaplan.url == url.rstrip("/")


def test_all_mistakes_of_all_files_come_at_once_in_order(config: ConfigDirectory) -> None:
    config.edit(
        ("Europe/Moscow", "Moscow time"),
        ('new: "127"', "new: 127"),
        ("[city]", "city"),
        ("secretary: [petrova]", "secretary: [petrov]"),
        ("log:", "logs:"),
    )
    config.write("rules/b.yaml", "rules: [\n")
    config.write("rules/a.yaml", "a: 1\na: 2\n")
    config.write("texts/t.yaml", "t: !x 1\n")

    places = [complaint.split(": ")[0] for complaint in config.complaints()]

    assert places == [
        "config/westsync.yaml:2:11",
        "config/westsync.yaml:11:31",
        "config/westsync.yaml:14:33",
        "config/westsync.yaml:19:15",
        "config/westsync.yaml:26:1",
        "config/rules/a.yaml:2:1",
        "config/rules/b.yaml:2:1",
        "config/texts/t.yaml:1:4",
    ]


def test_a_mistake_hides_no_name_from_those_who_check_rules(config: ConfigDirectory) -> None:
    config.edit(
        ("version: 1\n", ""),
        ("2026-11-01", "tomorrow"),
        ("https://mp12345678.megaplan.ru", "x"),
        ('paid: "134"', "paid: 134"),
        ("mon-fri", "mon-fry"),
    )

    loaded = config.read()

    assert len(loaded.problems) == 5
    assert loaded.settings is not None
    assert set(loaded.settings.accounts["main"].megaplan.stages["sales"]) == {"new", "delivered"}
    assert set(loaded.settings.people) == {"ivanov", "petrova"}


def test_values_that_are_wrong_only_together_are_seen_beside_others(
    config: ConfigDirectory,
) -> None:
    config.edit(
        ("      me:", "      login: 5\n      requests_per_second_max: 1\n      me:"),
        ("      login: westsync@example.test\n", ""),
    )

    assert len(config.complaints()) == 2


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "1:1: the file is empty; begin it with 'version: 1'"),
        ("- a\n", "1:1: the file must be a mapping; begin it with 'version: 1'"),
        ("accounts: 5\n", "1:1: 'version' is missing"),
    ],
)
def test_a_file_that_is_no_settings_file_is_one_clear_problem(
    config: ConfigDirectory, text: str, complaint: str
) -> None:
    config.write(BASE, text)

    assert config.complaints()[0].startswith(f"config/{BASE}:{complaint}")
