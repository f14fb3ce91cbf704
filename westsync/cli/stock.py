"""``westsync stock``: load, look up and check what suppliers have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.beginning import configuration, start_log
from westsync.cli.main import DENIED, DONE, FOUND, UNAVAILABLE, UsageError
from westsync.cli.output import emit, say, table
from westsync.cli.stock_portals import resume, use_cookies
from westsync.cli.stock_views import (
    answer_json,
    answer_row,
    checked_json,
    offer_json,
    offer_row,
    refreshed_json,
    say_checked,
    standing_json,
    standing_row,
)
from westsync.cli.stock_words import file_of, person, words_of
from westsync.clocks import SystemClock
from westsync.domain.matching.answers import Certainty
from westsync.domain.matching.questions import Question
from westsync.domain.stock import StockDecision, Verdict
from westsync.domain.stock_codes import loose_key
from westsync.jobs.stock_outcomes import Outcome, Refreshed
from westsync.jobs.stock_standing import standing

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from westsync.app.stock import StockDesk
    from westsync.domain.stock import Offer

_EXITS = {
    Outcome.ACCEPTED: DONE,
    Outcome.UNCHANGED: DONE,
    Outcome.OLDER: DONE,
    Outcome.HELD: FOUND,
    Outcome.REJECTED: FOUND,
    Outcome.WRONG: UNAVAILABLE,
    Outcome.UNAVAILABLE: UNAVAILABLE,
    Outcome.DENIED: DENIED,
}


def run(args: argparse.Namespace) -> int:
    """Open the stock memory and do what is asked."""
    from westsync.app.suppliers import open_suppliers  # noqa: PLC0415 - after the arguments are right

    config = configuration(args).must_be_right()
    start_log(args, config)
    with open_suppliers(config, SystemClock()) as desk:
        return act(args, desk)


def act(args: argparse.Namespace, desk: StockDesk) -> int:
    """Do what is asked with an open desk; return the exit code.

    Raises:
        UsageError: There is no such source, file or row.
    """
    wanted: dict[str, Callable[[argparse.Namespace, StockDesk], int]] = {
        "list": _list,
        "refresh": _refresh,
        "find": _find,
        "show": _show,
        "check": _check,
        "accept": _accept,
        "reject": _reject,
        "load": _load,
        "link": _link,
        "resume": resume,
        "cookies": use_cookies,
    }
    try:
        return wanted[args.action](args, desk)
    except LookupError as exc:
        raise UsageError(str(exc)) from exc


def _list(args: argparse.Namespace, desk: StockDesk) -> int:
    now = desk.clock.now()
    found = [
        standing(desk.store, source, desk.suppliers.zone, now) for source in desk.sources.values()
    ]
    if args.json:
        emit([standing_json(one) for one in found])
    elif found:
        table(
            ["source", "rows", "in stock", "data of", "next fetch", "state", "why"],
            [standing_row(one, now) for one in found],
        )
    else:
        say("no sources; describe them in config/suppliers/*.yaml")
    return FOUND if any(one.trouble for one in found) else DONE


def _refresh(args: argparse.Namespace, desk: StockDesk) -> int:
    if args.words:
        [name] = words_of(args, 1, "refresh takes one SUPPLIER")
        sources = [desk.source(name)]
    else:
        sources = [one for one in desk.sources.values() if one.enabled]
        sources = [one for one in sources if one.fetches and not one.by_hand]
    for source in sources:
        if source.by_hand:
            raise UsageError(f"a person brings its files: westsync stock load {source.id} FILE")
        if not source.fetches:
            raise UsageError(f"{source.id} is a portal: westsync stock show ARTICLE --portal")
    return _say_refreshed(args, [desk.refresh.refresh(source) for source in sources])


def _load(args: argparse.Namespace, desk: StockDesk) -> int:
    name, file = words_of(args, 2, "load needs SUPPLIER and FILE")
    path = file_of(file)
    return _say_refreshed(args, [desk.refresh.load(desk.source(name), path, by=person(args))])


def _accept(args: argparse.Namespace, desk: StockDesk) -> int:
    [name] = words_of(args, 1, "accept needs a SUPPLIER")
    return _say_settled(args, desk.refresh.accept(desk.source(name), by=person(args)))


def _reject(args: argparse.Namespace, desk: StockDesk) -> int:
    [name] = words_of(args, 1, "reject needs a SUPPLIER")
    done = desk.refresh.reject(desk.source(name), by=person(args))
    # A person wanted it so: nothing is left to look at.
    return FOUND if _say_settled(args, done) == FOUND and done is None else DONE


def _say_settled(args: argparse.Namespace, done: Refreshed | None) -> int:
    if done is not None:
        return _say_refreshed(args, [done])
    if args.json:
        emit([])
    else:
        say("nothing is held")
    return FOUND


def _say_refreshed(args: argparse.Namespace, done: Sequence[Refreshed]) -> int:
    if args.json:
        emit([refreshed_json(one) for one in done])
    elif done:
        table(
            ["source", "outcome", "rows", "in stock", "why"],
            [
                (
                    one.source.id,
                    one.outcome.value,
                    one.snapshot.items if one.snapshot else "",
                    one.snapshot.in_stock if one.snapshot else "",
                    one.detail,
                )
                for one in done
            ],
        )
        for one in done:
            if one.outcome is Outcome.HELD:
                say(f"look at it; then: westsync stock accept {one.source.id}  (or reject)")
    else:
        say("no source is fetched")
    return max((_EXITS[one.outcome] for one in done), default=DONE)


def _find(args: argparse.Namespace, desk: StockDesk) -> int:
    if not args.words:
        raise UsageError("find needs a TEXT: words, an article, parts of them")
    if args.limit < 1:
        raise UsageError("--limit must be at least 1")
    text = " ".join(args.words)
    found = _with_code(desk, text)
    known = {(row.source, row.snapshot, row.sheet, row.row_no) for row in found}
    for row in desk.store.search.find(text, limit=args.limit):
        if (row.source, row.snapshot, row.sheet, row.row_no) not in known:
            found.append(row)
    found = found[: args.limit]
    if args.json:
        emit([offer_json(row) for row in found])
    elif found:
        table(
            ["source", "code", "article", "brand", "name", "stock", "prices"],
            [offer_row(row) for row in found],
        )
    else:
        say("nothing found")
    return DONE if found else FOUND


def _with_code(desk: StockDesk, text: str) -> list[Offer]:
    """Return the rows whose code the text is: they come before any that resemble it."""
    key = loose_key(text)
    found: list[Offer] = []
    for source in desk.sources.values() if key else ():
        current = desk.store.snapshots.current(source.id)
        if current is not None:
            found += desk.store.search.assortment(source.id, current.id).with_code(key)
    return found


def _show(args: argparse.Namespace, desk: StockDesk) -> int:
    if len(args.words) != 1 and not args.name:
        raise UsageError("show needs one ARTICLE, or --name")
    if args.need < 1:
        raise UsageError("--need must be at least 1")
    question = Question(
        article=args.words[0] if args.words else "",
        name=args.name or "",
        brand=args.brand or "",
        barcode=args.barcode or "",
        need=args.need,
        our_key=args.our_key or "",
    )
    only = [desk.source(args.supplier).id] if args.supplier else None
    answers = desk.lookup.ask(question, only, ask_portal=bool(args.portal))
    if args.json:
        emit([answer_json(one) for one in answers])
    elif answers:
        table(
            ["source", "answer", "sure", "found by", "stock", "prices", "data of", "why"],
            [answer_row(one, desk.clock.now()) for one in answers],
        )
        for one in answers:
            if one.answer.decision is not StockDecision.YES and one.answer.candidates:
                say(f"\n{one.source.id}: could be")
                table(
                    ["source", "code", "article", "brand", "name", "stock", "prices"],
                    [offer_row(row) for row in one.answer.candidates],
                )
    else:
        say("no sources; describe them in config/suppliers/*.yaml")
    return DONE if any(one.certainty is Certainty.EXACT for one in answers) else FOUND


def _check(args: argparse.Namespace, desk: StockDesk) -> int:
    if len(args.words) not in {1, 2}:
        raise UsageError("check needs a SUPPLIER, and may have a FILE")
    path = file_of(args.words[1]) if len(args.words) > 1 else None
    checked = desk.check(desk.source(args.words[0]), path)
    if args.json:
        emit(checked_json(checked))
    else:
        say_checked(checked)
    return DONE if checked.judgement.verdict is Verdict.ACCEPTED else FOUND


def _link(args: argparse.Namespace, desk: StockDesk) -> int:
    ours, name, code = words_of(args, 3, "link needs OUR_ID, SUPPLIER and the row's CODE")
    source = desk.source(name)
    current = desk.store.snapshots.current(source.id)
    rows = (
        desk.store.search.assortment(source.id, current.id).with_code(loose_key(code))
        if current is not None
        else []
    )
    if len(rows) != 1:
        raise LookupError(f"{len(rows)} rows of {name} have the code '{code}', it must be one")
    desk.lookup.choose(Question(our_key=ours), rows[0], by=person(args))
    if args.json:
        emit({"our_key": ours, "source": source.id, "offer": offer_json(rows[0])})
    else:
        say(f"{ours} is {rows[0].name or code} of {source.id} from now on")
    return DONE
