"""Archives: which member is the price list, and whether it is safe to inflate it.

Suppliers contract 4 and 11. Member names are labels only: nothing is written under a name from the
archive. Sizes are counted while inflating, because headers lie.
"""

from __future__ import annotations

import fnmatch
import gzip
import re
import shutil
import subprocess
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, TypeVar

from westsync.connectors.suppliers.reading.cleaning import pattern, shown
from westsync.connectors.suppliers.reading.detection import Wrapping, detect
from westsync.connectors.suppliers.reading.inflating import (
    Inflated,
    inflated_bytes,
    member_label,
    opened_zip,
)
from westsync.connectors.suppliers.reading.results import FileRefused, RefusalCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from westsync.connectors.suppliers.profile import Format, ReadLimits, Unpack

_CHUNK = 1024 * 1024
T = TypeVar("T")
_DEEPEST = 2
_READABLE = re.compile(r"\.(?:xlsx?|xlsb|xlsm|ods|csv|txt|xml|yml|dbf|json|html?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One file to read.

    Attributes:
        name: Of the member, for people; empty for the file itself.
    """

    name: str
    path: Path
    kind: Format


def unpack(path: Path, rules: Unpack, limits: ReadLimits, work: Path) -> list[Part]:
    """Return the files to read: the file itself, or the members of the archive that fit.

    Args:
        path: The fetched file.
        rules: The section ``unpack``.
        limits: Of the source.
        work: Folder for inflated members; ours alone.

    Raises:
        FileRefused: A bomb, a damaged archive, or no member that fits.
    """
    return list(_parts(path, "", rules, Inflated(limits), work, depth=0))


def _parts(
    path: Path, name: str, rules: Unpack, inflated: Inflated, work: Path, *, depth: int
) -> Iterator[Part]:
    """Yield the files to read, opening archives inside archives to the allowed depth."""
    kind = detect(path)
    if not isinstance(kind, Wrapping):
        yield Part(name, path, kind)
        return
    if depth >= _DEEPEST:
        raise FileRefused(
            RefusalCode.ARCHIVE_BOMB, f"{name or 'the archive'}: more than {_DEEPEST} archives deep"
        )
    members = list(_members(kind, path, rules, inflated, work))
    if not members:
        raise FileRefused(
            RefusalCode.NO_MEMBER,
            f"no member of the archive fits {rules.member or 'a known kind of file'!r}",
        )
    for member, at in members:
        yield from _parts(at, member or name, rules, inflated, work, depth=depth + 1)


def _members(
    kind: Wrapping, path: Path, rules: Unpack, inflated: Inflated, work: Path
) -> Iterator[tuple[str, Path]]:
    """Inflate the members that fit, each under a name of our own."""
    match kind:
        case Wrapping.ZIP:
            yield from _zip_members(path, rules, inflated, work)
        case Wrapping.GZIP:
            yield "", _written(_gunzip(path), path.stat().st_size, inflated, work)
        case Wrapping.RAR | Wrapping.SEVEN_ZIP:
            yield from _foreign_members(path, rules, inflated, work)


def _zip_members(
    path: Path, rules: Unpack, inflated: Inflated, work: Path
) -> Iterator[tuple[str, Path]]:
    """Inflate what fits of a zip."""
    packed = path.stat().st_size
    with opened_zip(path) as archive, path.open("rb") as file:
        members = [one for one in archive.infolist() if one.filename and not one.is_dir()]
        inflated.members(len(members))
        for member in _chosen({member_label(one): one for one in members}, rules):
            if member[1].flag_bits & 1:
                raise FileRefused(
                    RefusalCode.PASSWORD_PROTECTED, f"{member[0]}: the archive has a password"
                )
            yield member[0], _written(inflated_bytes(file, member[1]), packed, inflated, work)


def _chosen(members: dict[str, T], rules: Unpack) -> list[tuple[str, T]]:
    """Return the members that fit the pattern, or that look like files we can read."""
    return [one for one in members.items() if _fits(one[0], rules.member)]


def _fits(name: str, wanted: str) -> bool:
    """Whether a member's name is wanted."""
    last = name.replace("\\", "/").rpartition("/")[2]
    if last.startswith(("~$", ".", "__MACOSX")) or name.startswith("__MACOSX"):
        return False
    if not wanted:
        return bool(_READABLE.search(last)) or last.lower().endswith((".zip", ".gz", ".rar", ".7z"))
    shape = pattern(wanted)
    if shape is not None:
        return bool(shape.search(last))
    return fnmatch.fnmatch(last.lower(), wanted.lower())


def _gunzip(path: Path) -> Iterator[bytes]:
    """Yield what a gzip holds."""
    try:
        with gzip.open(path) as file:
            yield from _streamed(file)
    except (OSError, EOFError, zlib.error) as exc:
        raise FileRefused(
            RefusalCode.TRUNCATED, f"the gzip is cut or damaged ({exc}); fetch it again"
        ) from exc


def _foreign_members(
    path: Path, rules: Unpack, inflated: Inflated, work: Path
) -> Iterator[tuple[str, Path]]:
    """Inflate what fits of a RAR or 7z archive with ``bsdtar``, if it is installed."""
    program = shutil.which("bsdtar")
    if program is None:
        raise FileRefused(
            RefusalCode.NO_UNPACKER,
            "RAR and 7z need bsdtar; install the package libarchive-tools, or ask for a zip",
        )
    listed = _run([program, "-tf", str(path)])
    names = [name for name in listed.decode("utf-8", errors="replace").splitlines() if name]
    inflated.members(len(names))
    for label, name in _chosen({shown(name): name for name in names}, rules):
        # The name is one argument after "--", never a shell's, and its wildcards are escaped.
        escaped = re.sub(r"([\\*?\[\]])", r"\\\1", name)
        with subprocess.Popen(  # noqa: S603 - a fixed program, no shell
            [program, "-xOf", str(path), "--", escaped],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as child:
            assert child.stdout is not None  # noqa: S101 - a pipe was asked for
            try:
                at = _written(_streamed(child.stdout), path.stat().st_size, inflated, work)
            except FileRefused:
                child.kill()
                raise
        if child.returncode:
            raise FileRefused(RefusalCode.DAMAGED, f"{label}: bsdtar could not unpack it")
        yield label, at


def _streamed(file: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    """Yield a file's bytes."""
    while chunk := file.read(_CHUNK):
        yield chunk


def _run(command: list[str]) -> bytes:
    """Return what a program prints.

    Raises:
        FileRefused: It could not read the archive.
    """
    done = subprocess.run(  # noqa: S603 - a fixed program, no shell
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        raise FileRefused(RefusalCode.DAMAGED, "bsdtar cannot read the archive; fetch it again")
    return done.stdout


def _written(chunks: Iterator[bytes], packed: int, inflated: Inflated, work: Path) -> Path:
    """Write a member under a name of our own."""
    number = sum(1 for _ in work.iterdir())
    at = work / f"member-{number}"
    with at.open("wb") as file:
        for chunk in chunks:
            inflated.add(len(chunk), packed)
            file.write(chunk)
    return at
