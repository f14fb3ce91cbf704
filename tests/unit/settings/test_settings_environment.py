"""Any setting can be overridden by the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.settings.configuration import ConfigDirectory

MEGAPLAN = "WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__"


def test_a_variable_overrides_the_file(config: ConfigDirectory) -> None:
    settings = config.read(
        {
            "WESTSYNC__HTTP__LISTEN": "127.0.0.1:8321",
            "westsync__timezone": "Asia/Omsk",
            f"{MEGAPLAN}REQUESTS_PER_SECOND": "1.5",
            f"{MEGAPLAN}USE_BULK": "false",
            f"{MEGAPLAN}ME": "1000098",
            f"{MEGAPLAN}POLL_EVERY": "90s",
            "WESTSYNC_CONFIG": "not one of these",
        }
    ).usable()

    megaplan = settings.accounts["main"].megaplan
    assert settings.http.listen == "127.0.0.1:8321"
    assert settings.timezone == "Asia/Omsk"
    assert (megaplan.requests_per_second, megaplan.poll_every) == (1.5, 90)
    assert (megaplan.use_bulk, megaplan.me) == (False, "1000098")


@pytest.mark.parametrize("nothing", ["", "null", "~"])
def test_null_and_an_empty_value_mean_null(config: ConfigDirectory, nothing: str) -> None:
    assert config.read({f"{MEGAPLAN}ME": nothing}).usable().accounts["main"].megaplan.me is None


def test_lists_and_mappings_are_written_as_yaml(config: ConfigDirectory) -> None:
    settings = config.read(
        {
            "WESTSYNC__ROLES__MANAGER": "[petrova]",
            "WESTSYNC__GUARDS": "{ new_intents_per_cycle: 5, per_rule_per_hour: 6 }",
            "WESTSYNC__GUARDS__PER_RULE_PER_HOUR": "7",
        }
    ).usable()

    assert settings.roles["manager"] == ("petrova",)
    assert (settings.guards.new_intents_per_cycle, settings.guards.per_rule_per_hour) == (5, 7)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("WESTSYNC__HTPP__LISTEN", "x", ":1:1: htpp: unknown key; did you mean 'http'?"),
        ("WESTSYNC____LISTEN", "x", ":1:1: a key is empty; write e.g. WESTSYNC__HTTP__LISTEN"),
        ("WESTSYNC__LOG__FORMAT", "jsn", ":1:1: log.format: must be auto or console or json"),
        ("WESTSYNC__ROLES__ADMIN", "[x", ":1:1: this is not a YAML list or mapping"),
        ("WESTSYNC__ROLES__ADMIN", "[sidorov]", ":1:1: unknown person 'sidorov'"),
    ],
)
def test_a_mistake_in_a_variable_is_told_with_its_name(
    config: ConfigDirectory, name: str, value: str, complaint: str
) -> None:
    complaints = config.complaints({name: value})

    assert len(complaints) == 1
    assert complaints[0].startswith(f"${name}{complaint}")


def test_an_account_can_stand_in_the_environment_alone(config: ConfigDirectory) -> None:
    config.edit(("http: { listen: null }\n", ""))

    settings = config.read({"WESTSYNC__HTTP__LISTEN": "127.0.0.1:1"}).usable()

    assert settings.http.address == ("127.0.0.1", 1)
