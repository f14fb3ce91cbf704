"""What one setting says about another: names that must exist, ids that must differ.

Works on the nodes, so that each mistake has its own place and a broken part hides no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.catalogue.kinds import catalogue
from westsync.domain.places import Map, Node, Place, Problem, Scalar, Seq, did_you_mean
from westsync.settings import trees
from westsync.settings.model import STANDARD_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def check(root: Map) -> Iterator[Problem]:
    """Find contradictions between settings.

    Args:
        root: The settings file with the environment's values in it.
    """
    yield from _roles(root)
    yield from _deputies(trees.get(root, "people"))
    yield from _employee_ids(root)
    for account, _, node in trees.entries(trees.get(root, "accounts")):
        megaplan = trees.get(node, "megaplan")
        if isinstance(megaplan, Map):
            yield from _megaplan(f"accounts.{account}.megaplan", megaplan)


def _keys(node: Node | None) -> tuple[str, ...]:
    return node.keys() if isinstance(node, Map) else ()


def _unknown(place: Place, what: str, name: str, known: Iterable[str]) -> Problem:
    names = tuple(known)
    cure = did_you_mean(name, names) or (f"known are: {', '.join(names)}" if names else None)
    return Problem(place=place, text=f"unknown {what} '{name}'", cure=cure)


def _roles(root: Map) -> Iterator[Problem]:
    roles, people = trees.get(root, "roles"), trees.get(root, "people")
    if not isinstance(roles, Map) or not isinstance(people, Map):
        return
    unfilled = [name for name in STANDARD_ROLES if name not in roles.keys()]  # noqa: SIM118 - a Map is not a dict
    for role, place, node in roles.entries:
        # A company may have roles of its own; one spelt nearly like a missing one is a slip.
        if role not in STANDARD_ROLES and did_you_mean(role, unfilled):
            yield _unknown(place, "role", role, unfilled)
        if isinstance(node, Seq) and not node.items:
            yield Problem(
                place=place, text=f"nobody fills the role '{role}'", cure="name at least one login"
            )
        for login, where in trees.texts(node if isinstance(node, Seq) else None):
            if login not in people.keys():  # noqa: SIM118 - a Map is not a dict
                yield _unknown(where, "person", login, people.keys())
    if "admin" in unfilled:
        yield Problem(
            place=root.place_of("roles"),
            text="nobody fills the role 'admin', who is told of westsync's own troubles",
            cure="add it: admin: [login]",
        )


def _deputies(people: Node | None) -> Iterator[Problem]:
    deputy_of: dict[str, tuple[str, Place]] = {}
    for login, _, person in trees.entries(people):
        for deputy, place in trees.texts(trees.get(person, "deputy")):
            deputy_of[login] = deputy, place
            if deputy not in _keys(people):
                yield _unknown(place, "person", deputy, (n for n in _keys(people) if n != login))
    reported: set[str] = set()
    for login in deputy_of:
        chain = [login]
        while (step := deputy_of.get(chain[-1])) and step[0] not in chain:
            chain.append(step[0])
        if step and step[0] == login and not reported & set(chain):
            reported.update(chain)
            yield Problem(
                place=deputy_of[login][1],
                text=f"deputies go round in a circle: {' -> '.join([*chain, login])}",
                cure="leave one of them without a deputy",
            )


def _twice(pairs: Iterable[tuple[str, Place, str]], what: str) -> Iterator[Problem]:
    """Report each (id, place, owner) whose id an earlier one has."""
    owners: dict[str, str] = {}
    for identity, place, owner in pairs:
        if identity in owners:
            yield Problem(
                place=place,
                text=f"{what} {identity} belongs to '{owners[identity]}' already",
                cure="look it up in Megaplan: two cannot have the same",
            )
        else:
            owners[identity] = owner


def _employee_ids(root: Map) -> Iterator[Problem]:
    people = [
        (identity, place, login)
        for login, _, person in trees.entries(trees.get(root, "people"))
        for identity, place in trees.texts(trees.get(person, "megaplan"))
    ]
    yield from _twice(people, "employee id")
    login_of = {identity: login for identity, _, login in people}
    for _, _, account in trees.entries(trees.get(root, "accounts")):
        for own, place in trees.texts(trees.get(account, "megaplan", "me")):
            if own in login_of:
                yield Problem(
                    place=place,
                    text=f"employee id {own} is also that of '{login_of[own]}'",
                    cure="give westsync an account of its own: what it does is no person's touch",
                )


def _ids(node: Node | None) -> Iterator[tuple[str, Place, str]]:
    for name, _, child in trees.entries(node):
        if isinstance(child, Scalar) and isinstance(child.value, str):
            yield child.value, child.place, name


def _megaplan(path: str, megaplan: Map) -> Iterator[Problem]:
    programs, stages = trees.get(megaplan, "programs"), trees.get(megaplan, "stages")
    yield from _twice(_ids(programs), "program id")
    for program, place, node in trees.entries(stages):
        if program not in _keys(programs):
            yield _unknown(place, "program", program, _keys(programs))
        yield from _twice(_ids(node), "stage id")
    for program, place, _ in trees.entries(programs):
        if isinstance(stages, Map) and not _keys(stages.get(program)):
            yield Problem(
                place=place,
                text=f"{path}.stages names no stages of the program '{program}'",
                cure=f'add them: {program}: {{ new: "127" }}',
            )
    yield from _stage_names(megaplan)


def _stage_names(megaplan: Map) -> Iterator[Problem]:
    stages = trees.get(megaplan, "stages")
    everywhere = [name for _, _, node in trees.entries(stages) for name in _keys(node)]
    for _, _, node in trees.entries(trees.get(megaplan, "roles")):
        for stage, place in trees.texts(node):
            if stage not in everywhere:
                yield _unknown(place, "stage", stage, everywhere)
    facts = catalogue(_keys(trees.get(megaplan, "fields"))).of("deal")
    for program, place, node in trees.entries(trees.get(megaplan, "required")):
        if program not in _keys(stages):
            yield _unknown(place, "program", program, _keys(stages))
            continue
        known = _keys(trees.get(stages, program))
        for stage, where, required in trees.entries(node):
            if stage not in known:
                yield _unknown(where, "stage", stage, known)
            for fact, at in trees.texts(required):
                if fact not in facts:
                    yield _unknown(at, "fact", fact, facts)
