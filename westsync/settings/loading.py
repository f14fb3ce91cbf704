"""The whole configuration: files, environment and credentials, with all their mistakes at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from westsync.domain.places import Map, Node, Place, Problem, Scalar, Seq, plain
from westsync.errors import ConfigError
from westsync.settings import credentials, crosschecks, environment, files, trees, yaml12
from westsync.settings.mistakes import problems_of
from westsync.settings.model import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic import SecretStr
    from pydantic_core import ErrorDetails

    from westsync.settings.credentials import SecretPath
    from westsync.settings.yaml12 import Document

# Where a required part is missing or wrong, something harmless stands in for it, so that the
# mistakes behind it are seen as well; settings with problems are never acted on.
_STAND_INS: dict[str, Callable[[Place], Node]] = {
    "version": lambda place: Scalar(1, place),
    "active_from": lambda place: Scalar("2099-01-01", place),
    "url": lambda place: Scalar("https://stand-in.invalid", place),
    "stages": lambda place: Map((), place),
    "people": lambda place: Map((), place),
    "name": lambda place: Scalar("?", place),
    "roles": lambda place: Map((), place),
    "windows": lambda place: Seq((Scalar("00:00-24:00", place),), place),
    "days": lambda place: Scalar("mon-sun", place),
}

# Each round leaves out what the one before found wrong; deeper nesting than this there is not.
_ROUNDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration as read; usable only without problems.

    Attributes:
        directory: Where it was read.
        settings: What ``westsync.yaml``, environment and credentials say. With problems it may lack
            the wrong parts: then it serves only to find more mistakes (unknown stages in rules).
            None if not even that is possible.
        rule_documents: ``rules/*.yaml``; the rule compiler reads them.
        test_documents: ``rules/tests/*.yaml``.
        calendar_documents: ``calendars/*.yaml``.
        text_documents: ``texts/*.yaml``.
        supplier_documents: ``suppliers/*.yaml``.
        supplier_secrets: Name -> secret that supplier files may refer to.
        problems: Every mistake that was seen, in the order of the files.
        notices: What the administrator should know though nothing is wrong.
        version: Changes with any file's content (16 hex digits); last-good is compared by it.
        state_path: Where the state file stands.
    """

    directory: Path
    settings: Settings | None
    rule_documents: tuple[Document, ...]
    test_documents: tuple[Document, ...]
    calendar_documents: tuple[Document, ...]
    text_documents: tuple[Document, ...]
    supplier_documents: tuple[Document, ...]
    supplier_secrets: Mapping[str, SecretStr]
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    version: str
    state_path: Path

    def without_documents(self) -> Loaded:
        """Return the same without what the rule compiler and the tests have read."""
        return replace(
            self,
            rule_documents=(),
            test_documents=(),
            calendar_documents=(),
            text_documents=(),
            supplier_documents=(),
        )

    def usable(self) -> Settings:
        """Return the settings of a configuration without problems.

        Raises:
            ConfigError: With every mistake of every file.
        """
        if self.problems or self.settings is None:
            raise ConfigError(self.problems)
        return self.settings

    def connectable(self) -> Settings:
        """Return the settings if also every secret is there that talking to the systems needs.

        Raises:
            ConfigError: The configuration has problems, or secrets are missing.
        """
        settings = self.usable()
        self._must_have(settings.missing_secrets())
        return settings

    def servable(self) -> Settings:
        """Return the settings if also every secret is there that taking events needs.

        Raises:
            ConfigError: The configuration has problems, or secrets are missing.
        """
        settings = self.usable()
        how = "make one of at least 22 characters (`openssl rand -hex 24`), "
        self._must_have(settings.missing_webhook_secrets(), how, ", or write webhook: null")
        return settings

    def _must_have(
        self, missing: Iterable[credentials.SecretPath], before: str = "", after: str = ""
    ) -> None:
        place = Place(file=files.shown(self.directory / files.SETTINGS_FILE))
        problems = [
            Problem(
                place=place,
                text=f"{'.'.join(path)} is missing",
                cure=f"{before}{credentials.cure(path)}{after}",
            )
            for path in missing
        ]
        if problems:
            raise ConfigError(problems)


def read(
    directory: Path, environ: Mapping[str, str], credentials_directory: Path | None = None
) -> Loaded:
    """Read a configuration; mistakes are collected, not raised.

    Args:
        directory: The configuration directory (`files.find_directory`).
        environ: Environment variables.
        credentials_directory: Directory of credential files; None: ``$CREDENTIALS_DIRECTORY``, if
            that is set.
    """
    sources, problems = files.read_all(directory)
    documents: dict[str, list[Document]] = {}
    for source in sources:
        document = (
            yaml12.Document(file=source.name, root=None, problems=(source.content,))
            if isinstance(source.content, Problem)
            else yaml12.parse(source.content, file=source.name)
        )
        documents.setdefault(source.folder, []).append(document)
    main = documents[""][0]
    if credentials_directory is None and (named := environ.get("CREDENTIALS_DIRECTORY")):
        credentials_directory = Path(named)
    settings, known, mistakes = _settings(main, environ, credentials_directory)
    found = [*main.problems, *mistakes, *problems]
    found += [
        problem
        for folder in documents
        if folder
        for document in documents[folder]
        for problem in document.problems
    ]
    return Loaded(
        directory=directory,
        settings=settings,
        rule_documents=tuple(documents.get("rules", ())),
        test_documents=tuple(documents.get("rules/tests", ())),
        calendar_documents=tuple(documents.get("calendars", ())),
        text_documents=tuple(documents.get("texts", ())),
        supplier_documents=tuple(documents.get("suppliers", ())),
        supplier_secrets={path[1]: known[path] for path in known if path[0] == "suppliers"},
        problems=in_order(found, [source.name for source in sources]),
        notices=() if yaml12.HAS_LIBYAML else (yaml12.LIBYAML_NOTICE,),
        version=files.version_of(sources),
        state_path=_state_path(settings.state if settings else "", directory, environ),
    )


def load(
    directory: Path, environ: Mapping[str, str], credentials_directory: Path | None = None
) -> Loaded:
    """Read a configuration that must be right.

    Raises:
        ConfigError: With every mistake of every file.
    """
    loaded = read(directory, environ, credentials_directory)
    loaded.usable()
    return loaded


def in_order(problems: list[Problem], names: list[str]) -> tuple[Problem, ...]:
    """Return problems without repetitions, in the order of the files and of their lines.

    Args:
        problems: In any order.
        names: File names in the order wanted; other sources (variables) come last.
    """
    rank = {name: index for index, name in enumerate(names)}
    return tuple(
        sorted(
            dict.fromkeys(problems),
            key=lambda p: (
                rank.get(p.place.file, len(rank)),
                p.place.file,
                p.place.line,
                p.place.column,
            ),
        )
    )


def _settings(
    document: Document, environ: Mapping[str, str], directory: Path | None
) -> tuple[Settings | None, Mapping[SecretPath, SecretStr], list[Problem]]:
    root = document.root
    if root is None:
        return None, {}, []
    if not isinstance(root, Map):
        empty = isinstance(root, Scalar) and root.value is None
        text = "the file is empty" if empty else "the file must be a mapping"
        return None, {}, [Problem(place=root.place, text=text, cure="begin it with 'version: 1'")]
    root, known, problems = environment.override(root, environ)
    root, misplaced = credentials.refuse_in_files(root)
    problems += misplaced
    accounts = trees.get(root, "accounts")
    if directory is not None:
        names = accounts.keys() if isinstance(accounts, Map) else ()
        more, unusable = credentials.read_credentials(directory, names)
        known = {**more, **known}
        problems += unusable
    settings, mistakes = _validated(root, known)
    return settings, known, [*problems, *mistakes, *crosschecks.check(root)]


def _validated(
    root: Map, known: Mapping[SecretPath, SecretStr]
) -> tuple[Settings | None, list[Problem]]:
    """Validate; what is wrong is left out and the rest validated again, to find all mistakes."""
    problems: list[Problem] = []
    tree = root
    for turn in range(_ROUNDS):
        try:
            return Settings.model_validate(_with_secrets(tree, known)), problems
        except ValidationError as exc:
            errors = exc.errors(include_url=False, include_input=False)
        # Later rounds also miss what an earlier one left out; only mistakes of their own count.
        left_out = {"missing", "too_short"} if turn else set()
        news = [error for error in errors if error["type"] not in left_out]
        problems += problems_of(news, tree, Settings)
        repaired = _without_mistakes(tree, errors)
        if repaired is None:
            return None, problems
        tree = repaired
    return None, problems


def _without_mistakes(root: Map, errors: list[ErrorDetails]) -> Map | None:
    """Return the tree without its wrong parts; None if nothing of use would be left."""
    tree: Node = root
    wrong = set()
    for error in errors:
        _, path = trees.find(root, error["loc"])
        stand_in = _STAND_INS.get(str(error["loc"][-1])) if error["type"] == "missing" else None
        if stand_in is not None:
            tree = trees.put(tree, (*map(str, path), str(error["loc"][-1])), stand_in(root.place))
        elif not path:
            return None
        else:
            wrong.add(path)
    # Deeper and later parts first: positions in lists before them stay what they were.
    for path in sorted(wrong, key=lambda path: [str(part).zfill(9) for part in path])[::-1]:
        tree = trees.without(tree, path)
    return tree if isinstance(tree, Map) else None


def _with_secrets(root: Map, known: Mapping[SecretPath, SecretStr]) -> object:
    """Return plain values with the secrets of configured systems in their places."""
    values = plain(root)
    for path, secret in known.items():
        holder = trees.get(root, *path[:3])  # accounts, account, system
        if not isinstance(holder, Map):
            continue  # a left-over secret of a system that is not configured
        target = values
        for key in path[:-1]:
            if isinstance(target, dict):
                target = target.setdefault(key, {})
        if isinstance(target, dict):
            target[path[-1]] = secret
    return values


def _state_path(state: str, directory: Path, environ: Mapping[str, str]) -> Path:
    """Resolve the state file; systemd separates several state directories with colons."""
    state_directory = environ.get("STATE_DIRECTORY", "").split(":")[0]
    return (Path(state_directory) if state_directory else directory) / state
