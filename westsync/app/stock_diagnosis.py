"""The doctor's probes of supplier sources: each is fetched, read, judged, and nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.suppliers.profile import Format
from westsync.connectors.suppliers.profile_fetch import ManualFetch
from westsync.connectors.suppliers.reading.results import Reading
from westsync.domain.probes import Finding, ProbeResult, Verdict
from westsync.domain.stock import Verdict as Acceptance
from westsync.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.app.stock import Checked, StockDesk
    from westsync.connectors.suppliers.profile import Profile

_TEXTS = 5
_HOW = {
    Acceptance.ACCEPTED: Verdict.FINE,
    Acceptance.HELD: Verdict.CHANGE,
    Acceptance.REJECTED: Verdict.FAILED,
}


def diagnose_suppliers(desk: StockDesk) -> Iterator[tuple[str, ProbeResult]]:
    """Try every enabled source; one that fails does not stop the others.

    Args:
        desk: Open; its memory is only read, for comparing with the past.

    Yields:
        Id of the source and what was found.
    """
    enabled = [profile for profile in desk.suppliers.profiles if profile.enabled]
    for number, profile in enumerate(enabled, start=1):
        try:
            verdict, seen, advice = _tried(desk, profile)
        except ConnectorError as exc:
            verdict, seen, advice = Verdict.FAILED, str(exc), ""
        name = profile.title or str(profile.id)
        yield (
            str(profile.id),
            ProbeResult(number=number, name=name, verdict=verdict, seen=seen, advice=advice),
        )


def _tried(desk: StockDesk, profile: Profile) -> Finding:
    """Fetch and read one source."""
    if profile.fetch is None:
        how = f"westsync stock show ARTICLE --supplier {profile.id} --portal"
        return Verdict.SKIPPED, "a portal answers questions only", f"try one: {how}"
    if isinstance(profile.fetch, ManualFetch):
        how = f"westsync stock check {profile.id} FILE"
        return Verdict.SKIPPED, "its files are brought by a person", f"try one: {how}"
    checked = desk.check(desk.sources[profile.id])
    verdict = _HOW.get(checked.judgement.verdict, Verdict.FAILED)
    advice = _advice(checked, profile)
    if verdict is Verdict.FINE and advice:
        verdict = Verdict.CHANGE
    return verdict, _seen(checked), advice


def _seen(checked: Checked) -> str:
    """Return what the file is and what the guards say of it."""
    said = [f"{found.code}: {found.detail}" for found in checked.judgement.findings]
    read = checked.outcome
    if isinstance(read, Reading):
        what = [read.kind.value, read.encoding, f"{read.items} items, {read.in_stock} in stock"]
        if read.as_of:
            what.append(f"data of {read.as_of:%Y-%m-%d %H:%M} UTC")
        said.insert(0, ", ".join(part for part in what if part))
    return "; ".join(said)


def _advice(checked: Checked, profile: Profile) -> str:
    """Return what to write into the profile, now that the file could be read."""
    read = checked.outcome
    if not isinstance(read, Reading):
        return ""
    # What is guessed today can be guessed otherwise tomorrow (suppliers contract 4).
    fixed = []
    if profile.read.format is Format.AUTO:
        fixed.append(f"read.format: {read.kind}")
    if read.encoding and not profile.read.encoding and read.kind is Format.CSV:
        fixed.append(f"read.encoding: {read.encoding}")
    if read.delimiter and not profile.read.delimiter:
        fixed.append(f"read.delimiter: {read.delimiter!r}")
    advice = [f"fix {', '.join(fixed)}"] if fixed else []
    unknown = [repr(one.text) for one in read.quantities if not one.understood][:_TEXTS]
    if unknown:
        advice.append(f"say in quantity.map what {', '.join(unknown)} mean")
    if read.missing:
        advice.append(f"correct the fields of {', '.join(read.missing)}")
    return "; ".join(advice)
