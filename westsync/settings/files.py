"""Which files make up a configuration, and the version of their content."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.domain.places import Place, Problem
from westsync.errors import ConfigError
from westsync.settings import decoding

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS_FILE = "westsync.yaml"
SYSTEM_DIRECTORY = Path("/etc/westsync")
_FOLDERS = ("rules", "rules/tests", "calendars", "texts", "suppliers")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of the configuration.

    Attributes:
        folder: Its folder below the configuration directory, empty for ``westsync.yaml``.
        name: How messages call it.
        content: Its bytes, or why they cannot be read.
    """

    folder: str
    name: str
    content: bytes | Problem


def find_directory(
    explicit: Path | None, environ: Mapping[str, str], working: Path = Path()
) -> Path:
    """Return the configuration directory.

    Args:
        explicit: ``--config DIR``; None if it was not given.
        environ: Environment variables (``WESTSYNC_CONFIG``).
        working: The working directory.

    Raises:
        ConfigError: None of ``--config``, ``$WESTSYNC_CONFIG``, ``./config`` and
            ``/etc/westsync`` holds a ``westsync.yaml``. The first two, when given, are the only
            ones looked at: another configuration than the named one must never run.
    """
    named = explicit or (Path(value) if (value := environ.get("WESTSYNC_CONFIG")) else None)
    candidates = [named] if named else [working / "config", SYSTEM_DIRECTORY]
    for directory in candidates:
        if (directory / SETTINGS_FILE).exists():
            return directory
    looked = ", ".join(str(directory / SETTINGS_FILE) for directory in candidates)
    cure = "name the directory that holds westsync.yaml with --config DIR or $WESTSYNC_CONFIG"
    place = Place(file=str(candidates[0] / SETTINGS_FILE))
    raise ConfigError(
        [Problem(place=place, text=f"there is no configuration; looked for {looked}", cure=cure)]
    )


def shown(path: Path) -> str:
    """Return a path as the administrator knows it: relative if that is shorter."""
    absolute = str(path)
    relative = os.path.relpath(path)
    return relative if len(relative) < len(absolute) else absolute


def read_all(directory: Path) -> tuple[tuple[SourceFile, ...], list[Problem]]:
    """Read every file of a configuration.

    Returns:
        ``westsync.yaml`` first, then the folders' files by name, and a problem for each file that
        looks as if it were meant to be read and is not.
    """
    paths = [("", directory / SETTINGS_FILE)]
    problems = []
    for folder in ("", *_FOLDERS):
        for path in _listed(directory / folder):
            if path.suffix == ".yml":
                cure = f"rename it to {path.stem}.yaml"
                place = Place(file=shown(path))
                problems.append(Problem(place=place, text="this file is not read", cure=cure))
            elif folder:
                paths.append((folder, path))
    return tuple(
        SourceFile(
            folder=folder,
            name=shown(path),
            content=decoding.read_bytes(path, file=shown(path)),
        )
        for folder, path in paths
    ), problems


def _listed(folder: Path) -> list[Path]:
    """Return a folder's YAML files; hidden ones are an editor's."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in {".yaml", ".yml"} and not path.name.startswith(".")
    )


def version_of(files: tuple[SourceFile, ...]) -> str:
    """Return 16 hex digits that change with the content or the name of any file."""
    digest = hashlib.blake2b(digest_size=8)
    for file in files:
        content = b"" if isinstance(file.content, Problem) else file.content
        for part in (f"{file.folder}/{Path(file.name).name}".encode(), content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
