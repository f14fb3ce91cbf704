"""Secrets come from the environment or credential files, and are never shown."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from westsync.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr

    from tests.unit.settings.configuration import ConfigDirectory

CANARY = "canary-7f3a-hunter2-c0ffee-do-not-show"
PREFIX = "WESTSYNC__ACCOUNTS__MAIN__"


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    directory = tmp_path / "credentials"
    directory.mkdir()
    return directory


def put(directory: Path, name: str, content: bytes | str, mode: int = 0o400) -> None:
    file = directory / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    file.chmod(mode)


def password_of(config: ConfigDirectory, credentials: Path) -> SecretStr | None:
    return config.read(credentials=credentials).usable().accounts["main"].megaplan.password


def test_a_password_comes_from_the_environment_in_any_letter_case(config: ConfigDirectory) -> None:
    loaded = config.read({"westsync__Accounts__main__MEGAPLAN__password": CANARY})

    password = loaded.connectable().accounts["main"].megaplan.password
    assert password is not None
    assert password.get_secret_value() == CANARY


def test_a_password_comes_from_a_credential_file_without_its_line_break(
    config: ConfigDirectory, credentials: Path
) -> None:
    put(credentials, "accounts.main.megaplan.password", f" {CANARY} \n")
    put(credentials, "database.password", "somebody else's", 0o644)

    password = password_of(config, credentials)

    assert password is not None
    assert password.get_secret_value() == f" {CANARY} "


def test_systemd_names_the_directory_of_credential_files(
    config: ConfigDirectory, credentials: Path
) -> None:
    put(credentials, "accounts.main.megaplan.token", CANARY)

    loaded = config.read({"CREDENTIALS_DIRECTORY": str(credentials)})

    token = loaded.connectable().accounts["main"].megaplan.token
    assert token is not None
    assert token.get_secret_value() == CANARY


def test_the_environment_overrides_a_credential_file(
    config: ConfigDirectory, credentials: Path
) -> None:
    put(credentials, "accounts.main.megaplan.password", "from the file")

    loaded = config.read({f"{PREFIX}MEGAPLAN__PASSWORD": CANARY}, credentials)

    password = loaded.usable().accounts["main"].megaplan.password
    assert password is not None
    assert password.get_secret_value() == CANARY


def test_short_names_serve_the_only_account_and_are_refused_for_several(
    config: ConfigDirectory, credentials: Path
) -> None:
    put(credentials, "megaplan.password", CANARY)
    put(credentials, "onec.password", "left over: 1C is not configured")
    alone = password_of(config, credentials)
    config.edit(
        ("people:\n", "  second: { megaplan: { url: https://x.test, programs: {}, stages: {} } }\n")
    )
    config.edit(("roles:\n  sec", "people: {}\nroles:\n  sec"))

    problems = [str(problem) for problem in config.read(credentials=credentials).problems]

    assert alone is not None
    assert alone.get_secret_value() == CANARY
    assert (
        "$CREDENTIALS_DIRECTORY/megaplan.password:1:1: there are several accounts; "
        "name the file accounts.ACCOUNT.megaplan.password, with the account's name"
    ) in problems


@pytest.mark.parametrize(
    ("content", "mode", "complaint"),
    [
        pytest.param(CANARY, 0o640, "others than the owner may use it (mode 0640)", id="group"),
        pytest.param(CANARY, 0o604, "others than the owner may use it (mode 0604)", id="world"),
        pytest.param("\n", 0o600, "the secret is empty", id="empty"),
        pytest.param("", 0o600, "the secret is empty", id="nothing"),
        pytest.param(f"{CANARY}\nx", 0o600, "line break or control character", id="two lines"),
        pytest.param(f"{CANARY}\0", 0o600, "line break or control character", id="NUL"),
        pytest.param(CANARY.encode() + b"\xff", 0o600, "not UTF-8", id="bytes"),
        pytest.param(CANARY * 4000, 0o600, "too long for a secret", id="too long"),
    ],
)
def test_a_credential_file_that_is_unsafe_or_unusable_is_refused(
    config: ConfigDirectory, credentials: Path, content: bytes | str, mode: int, complaint: str
) -> None:
    put(credentials, "accounts.main.megaplan.password", content, mode)

    [problem] = config.read(credentials=credentials).problems

    assert complaint in problem.text
    assert problem.place.file == "$CREDENTIALS_DIRECTORY/accounts.main.megaplan.password"
    assert CANARY not in str(problem)


def test_a_credential_file_of_an_unknown_name_is_told(
    config: ConfigDirectory, credentials: Path
) -> None:
    put(credentials, "accounts.man.megaplan.password", CANARY)
    (credentials / "accounts.main.megaplan.token").mkdir()

    problems = [str(problem) for problem in config.read(credentials=credentials).problems]

    assert problems == [
        "$CREDENTIALS_DIRECTORY/accounts.main.megaplan.token:1:1: this is not a file",
        (
            "$CREDENTIALS_DIRECTORY/accounts.man.megaplan.password:1:1: no setting has this name; "
            "did you mean 'accounts.main.megaplan.password'?"
        ),
    ]


def test_a_missing_credentials_directory_is_told(config: ConfigDirectory, tmp_path: Path) -> None:
    [problem] = config.read(credentials=tmp_path / "nowhere").problems

    assert str(problem).startswith("$CREDENTIALS_DIRECTORY:1:1: the directory cannot be read")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("      login:", f"      password: {CANARY}\n      login:"),
        ("      login:", f"      token: {CANARY}\n      login:"),
        ("      login:", f"      webhook: {{ path_secret: {CANARY} }}\n      login:"),
        (
            "people:\n",
            (
                "    mail: { smtp: 'smtp://m.test?tls=tls', from: a@b.test, "
                f"password: {CANARY} }}\npeople:\n"
            ),
        ),
    ],
)
def test_a_secret_in_a_file_is_refused_with_the_cure(
    config: ConfigDirectory, old: str, new: str
) -> None:
    config.edit((old, new))

    [complaint] = config.complaints()

    assert "a secret must not stand here" in complaint
    assert "$CREDENTIALS_DIRECTORY" in complaint
    assert PREFIX in complaint
    assert CANARY not in complaint


def test_settings_load_without_secrets_and_say_which_are_missing(config: ConfigDirectory) -> None:
    config.edit(
        (
            "people:\n",
            (
                "    onec: { url: 'https://1c.test/b', user: x, organization_inn: '7701234560' }\n"
                "    mail: { smtp: 'smtp://m.test?tls=tls', from: a@b.test, user: a }\npeople:\n"
            ),
        )
    )

    loaded = config.read()

    assert [".".join(path) for path in loaded.usable().missing_secrets()] == [
        "accounts.main.megaplan.password",
        "accounts.main.onec.password",
        "accounts.main.mail.password",
    ]
    with pytest.raises(ConfigError, match=f"put it into the environment as {PREFIX}MEGAPLAN"):
        loaded.connectable()


def test_without_a_login_it_is_the_token_that_is_missing(config: ConfigDirectory) -> None:
    config.edit(("      login: westsync@example.test\n", ""))

    password_alone = config.read({f"{PREFIX}MEGAPLAN__PASSWORD": CANARY}).usable()
    with_token = config.read({f"{PREFIX}MEGAPLAN__TOKEN": CANARY}).usable()

    assert password_alone.missing_secrets() == (("accounts", "main", "megaplan", "token"),)
    assert with_token.missing_secrets() == ()


def test_the_webhooks_path_must_be_unguessable(config: ConfigDirectory) -> None:
    name = f"{PREFIX}MEGAPLAN__WEBHOOK__PATH_SECRET"

    short = config.complaints({name: "hook"})
    long = config.read({name: "dGhpcyBpcyAxMjggYml0cyE"}).usable()

    assert len(short) == 1
    assert "must be 22 to 128 characters" in short[0]
    assert "hook'" not in short[0]
    webhook = long.accounts["main"].megaplan.webhook
    assert webhook is not None
    assert webhook.path_secret is not None


def test_the_canary_is_in_no_text_that_settings_or_errors_give_of_themselves(
    config: ConfigDirectory, credentials: Path
) -> None:
    put(credentials, "accounts.main.megaplan.password", CANARY)
    environ = {
        f"{PREFIX}MEGAPLAN__TOKEN": CANARY,
        f"{PREFIX}MEGAPLAN__WEBHOOK__PATH_SECRET": CANARY,
    }
    loaded = config.read(environ, credentials)
    settings = loaded.usable()
    config.edit(("Europe/Moscow", "x"))
    broken = config.read(
        {
            **environ,
            f"{PREFIX}MEGAPLAN__PASWORD": CANARY,
            f"{PREFIX}MEGAPLAN__REQUESTS_PER_SECOND": CANARY,
            f"{PREFIX}MEGAPLAN__URL": f"https://u:{CANARY}@x.test",
            "WESTSYNC__GUARDS": f"{{ per_rule_per_hour: {CANARY} }}",
            "WESTSYNC__HTTP": f"{{ listen: [{CANARY}",
            "WESTSYNC__LOG": f"[{CANARY}]",
        },
        credentials,
    )
    with pytest.raises(ConfigError) as caught:
        broken.usable()

    texts = [
        repr(loaded),
        str(settings),
        repr(settings),
        repr(settings.model_dump()),
        settings.model_dump_json(),
        repr(broken),
        loaded.version,
        *traceback.format_exception(caught.value),
        repr(caught.value.__context__),
    ]

    assert len(broken.problems) == 7
    assert [text for text in texts if CANARY in text] == []
    token = settings.accounts["main"].megaplan.token
    assert token is not None
    assert token.get_secret_value() == CANARY
