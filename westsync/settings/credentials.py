"""Passwords and tokens: where they may stand, and where they may not.

They come from the environment or from credential files (systemd's ``LoadCredential=``), never from
YAML, and leave this module only as ``SecretStr``. No message here or elsewhere repeats one.
"""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

from pydantic import SecretStr

from westsync.domain.places import Map, Place, Problem, did_you_mean
from westsync.settings import trees

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SecretPath = tuple[str, ...]

# Below accounts.<account>: the only places of secrets.
_SECRETS: tuple[SecretPath, ...] = (
    ("megaplan", "password"),
    ("megaplan", "token"),
    ("megaplan", "webhook", "path_secret"),
    ("onec", "password"),
    ("mail", "password"),
)
# Names of the unit in reliability 7.4, for an installation with one account.
_SHORT_NAMES: dict[str, SecretPath] = {
    "megaplan.password": ("megaplan", "password"),
    "megaplan.token": ("megaplan", "token"),
    "webhook.secret": ("megaplan", "webhook", "path_secret"),
    "onec.password": ("onec", "password"),
    "mail.password": ("mail", "password"),
}
_SUPPLIER_FILE = re.compile(r"suppliers\.[a-z][a-z0-9_]*")
_MAX_BYTES = 64 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def is_secret(path: SecretPath) -> bool:
    """Return whether a path of keys, e.g. ``accounts main megaplan token``, names a secret.

    Below ``suppliers`` there are only secrets: those that supplier files refer to by name.
    """
    if len(path) == 2 and path[0] == "suppliers":
        return True
    return len(path) > 2 and path[0] == "accounts" and path[2:] in _SECRETS


def variable(path: SecretPath) -> str:
    """Return the environment variable of a setting."""
    return "WESTSYNC__" + "__".join(path).upper()


def cure(path: SecretPath) -> str:
    """Return where a secret should stand."""
    return (
        f"put it into the environment as {variable(path)} "
        f"or into the file {'.'.join(path)} of $CREDENTIALS_DIRECTORY"
    )


def refuse_in_files(root: Map) -> tuple[Map, list[Problem]]:
    """Return the tree without the secrets that stand in it, and a problem for each."""
    problems = []
    tree = root
    for account, _, node in trees.entries(trees.get(root, "accounts")):
        for secret in _SECRETS:
            holder = trees.get(node, *secret[:-1])
            if not isinstance(holder, Map) or holder.get(secret[-1]) is None:
                continue
            path = ("accounts", account, *secret)
            problems.append(
                Problem(
                    place=holder.place_of(secret[-1]),
                    text=f"{'.'.join(path)}: a secret must not stand here",
                    cure=f"change it, as it was readable, and {cure(path)}",
                )
            )
            pruned = trees.without(tree, path)
            tree = pruned if isinstance(pruned, Map) else tree
    return tree, problems


def read_credentials(
    directory: Path, accounts: Iterable[str]
) -> tuple[dict[SecretPath, SecretStr], list[Problem]]:
    """Read the credential files that are ours; others may stand beside them.

    Args:
        directory: ``$CREDENTIALS_DIRECTORY``.
        accounts: Names of the configured accounts.

    Returns:
        Secrets by path, and a problem for each file that is named like one of ours and cannot be
        used: readable by others, empty, not text, of an unknown account.
    """
    names = tuple(accounts)
    try:
        files = sorted(directory.iterdir())
    except OSError as exc:
        place = Place(file="$CREDENTIALS_DIRECTORY")
        text = f"the directory cannot be read: {exc.strerror}"
        return {}, [Problem(place=place, text=text, cure="check LoadCredential= of the unit")]
    secrets: dict[SecretPath, SecretStr] = {}
    problems: list[Problem] = []
    for file in files:
        match _target(file, names):
            case None:
                pass
            case Problem() as misnamed:
                problems.append(misnamed)
            case path:
                secret = _read(file)
                if isinstance(secret, Problem):
                    problems.append(secret)
                else:
                    secrets.setdefault(path, secret)
    return secrets, problems


def _place(file: Path) -> Place:
    return Place(file=f"$CREDENTIALS_DIRECTORY/{file.name}")


def _target(file: Path, accounts: tuple[str, ...]) -> SecretPath | Problem | None:
    """Return which secret a file holds; None if it is not ours."""
    if short := _SHORT_NAMES.get(file.name):
        if len(accounts) == 1:
            return ("accounts", accounts[0], *short)
        long = ".".join(("accounts", "ACCOUNT", *short))
        return Problem(
            place=_place(file),
            text="there are several accounts",
            cure=f"name the file {long}, with the account's name",
        )
    if _SUPPLIER_FILE.fullmatch(file.name):
        return tuple(file.name.split("."))
    if file.name.lower().startswith("suppliers."):
        return Problem(
            place=_place(file),
            text="no supplier file can refer to this name",
            cure="name it suppliers.NAME, with a-z, 0-9 and _ as in ${secret:NAME}",
        )
    if not file.name.lower().startswith("accounts."):
        return None
    path = tuple(file.name.split("."))
    known = [".".join(("accounts", name, *secret)) for name in accounts for secret in _SECRETS]
    if file.name in known:
        return path
    return Problem(
        place=_place(file),
        text="no setting has this name",
        cure=did_you_mean(file.name, known) or "a credential is named like " + ", ".join(known[:2]),
    )


def _read(file: Path) -> SecretStr | Problem:
    place = _place(file)
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            return Problem(place=place, text="this is not a file")
        if status.st_mode & 0o077:
            return Problem(
                place=place,
                text=f"others than the owner may use it (mode {stat.S_IMODE(status.st_mode):04o})",
                cure="change the secret if strangers work on this machine, then chmod 0600",
            )
        if status.st_size > _MAX_BYTES:
            return Problem(place=place, text="too long for a secret")
        text = file.read_text(encoding="utf-8")
    except OSError as exc:
        return Problem(place=place, text=f"the file cannot be read: {exc.strerror}")
    except UnicodeDecodeError:
        # The exception quotes the bytes: it must not be shown.
        return Problem(place=place, text="this is not UTF-8", cure="save the file as UTF-8")
    return check_secret(text.removesuffix("\n").removesuffix("\r"), place)


def check_secret(text: str, place: Place) -> SecretStr | Problem:
    """Return a secret that can be sent, or why it cannot.

    Args:
        text: The secret itself, its file's last line break removed.
        place: Where it came from.
    """
    if not text.strip():
        return Problem(place=place, text="the secret is empty", cure="fill it in, or remove it")
    if _CONTROL.search(text):
        return Problem(
            place=place,
            text="the secret has a line break or control character in it",
            cure="write it on one line",
        )
    return SecretStr(text)
