"""What the facts of one account are computed with, from its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.absences import Absence, Absences
from westsync.domain.people import Person, Staff
from westsync.rules.fact_setup import (
    CALLBACK,
    CLAIM,
    CONTACT,
    DATA_RECEIVED,
    DATA_REQUEST,
    INVOICE_CONFIRMED,
    INVOICE_LETTER,
    LETTER_CONFIRMED,
    LETTER_SENT,
    QUALITY,
    REFUSAL,
    FactSetup,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.catalogue.kinds import Catalogue
    from westsync.domain.working_time import WorkingCalendar
    from westsync.settings.megaplan import MegaplanSettings
    from westsync.settings.model import Settings

# A stage of this name has the role of the same name, unless ``roles`` says otherwise.
_NATURAL_ROLES = ("offer", "invoice_sent", "delivered")


def fact_setup(
    settings: Settings,
    megaplan: MegaplanSettings,
    catalogue: Catalogue,
    calendars: Mapping[str, WorkingCalendar],
) -> FactSetup:
    """Return how the facts of one account are computed."""
    return FactSetup(
        catalogue=catalogue,
        url=str(megaplan.url).rstrip("/"),
        me=megaplan.me or "",
        zone=settings.zone,
        office=calendars.get("office"),
        staff=Staff(people_of(settings), settings.roles, Absences(absences_of(settings))),
        pipelines={program_id: program for program, program_id in megaplan.programs.items()},
        stages=_stage_names(megaplan),
        stage_roles=_stage_roles(megaplan),
        required=_required(megaplan),
        attachment_kinds=dict(megaplan.attachment_kinds),
        words=_words(megaplan),
        negations=tuple(word.casefold() for word in megaplan.negation_words),
        negations_after=tuple(word.casefold() for word in megaplan.negation_words_after),
    )


def people_of(settings: Settings) -> tuple[Person, ...]:
    """Return the staff that the settings name."""
    return tuple(
        Person(
            login=login,
            name=person.name,
            crm_id=person.megaplan,
            email=str(person.email) if person.email is not None else None,
            deputy=person.deputy,
        )
        for login, person in settings.people.items()
    )


def absences_of(settings: Settings) -> tuple[Absence, ...]:
    """Return the absences that the settings name."""
    return tuple(
        Absence.on_dates(
            login, away.first, away.last, zone=settings.timezone, reason=away.reason or ""
        )
        for login, person in settings.people.items()
        for away in person.absences
    )


def _words(megaplan: MegaplanSettings) -> Mapping[str, tuple[str, ...]]:
    """Return what each kind of comment is known by."""
    return {
        CONTACT: megaplan.contact_words,
        CALLBACK: megaplan.urgent_words,
        LETTER_SENT: megaplan.letter_words,
        LETTER_CONFIRMED: megaplan.letter_confirmed_words,
        REFUSAL: megaplan.refusal_words,
        DATA_REQUEST: megaplan.data_request_words,
        DATA_RECEIVED: megaplan.data_received_words,
        INVOICE_LETTER: megaplan.invoice_letter_words,
        INVOICE_CONFIRMED: megaplan.invoice_confirmed_words,
        QUALITY: megaplan.quality_words,
        CLAIM: megaplan.claim_words,
    }


def _stage_names(megaplan: MegaplanSettings) -> Mapping[tuple[str, str], str]:
    return {
        (megaplan.programs[program], state_id): stage
        for program, stages in megaplan.stages.items()
        if program in megaplan.programs
        for stage, state_id in stages.items()
    }


def _stage_roles(megaplan: MegaplanSettings) -> Mapping[str, tuple[str, ...]]:
    names = {stage for stages in megaplan.stages.values() for stage in stages}
    natural = {role: (role,) for role in _NATURAL_ROLES if role in names}
    return natural | {role: tuple(stages) for role, stages in megaplan.roles.items()}


def _required(megaplan: MegaplanSettings) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return what each stage requires: its own facts and those of the stages before it."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for program, by_stage in megaplan.required.items():
        gathered: tuple[str, ...] = ()
        for stage in megaplan.stages.get(program, {}):
            gathered = tuple(dict.fromkeys((*gathered, *by_stage.get(stage, ()))))
            found.setdefault(program, {})[stage] = gathered
    return found
