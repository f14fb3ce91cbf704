"""Log-in, rotation of tokens and what a lost one costs (contract 1)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.fakes.tokens import FakeTokens
from westsync.connectors.megaplan.reader import MegaplanReader
from westsync.connectors.megaplan.session import open_session
from westsync.errors import AccessDenied, Unavailable

if TYPE_CHECKING:
    from tests.contract.conftest import Account
    from westsync.ports import TokenPair

GRANT = "POST /auth/access_token"


def test_a_token_is_asked_for_once_and_kept(account: Account) -> None:
    crm = account.connect()

    for _ in range(3):
        crm.reader.me()

    assert crm.asked(GRANT) == 1


def test_a_restart_goes_on_with_the_stored_token(account: Account) -> None:
    crm = account.connect()
    crm.reader.me()

    again = crm.connect()
    MegaplanReader(again, crm.config).me()
    again.close()

    assert crm.asked(GRANT) == 1


def test_an_ending_token_is_renewed_before_it_is_refused(account: Account) -> None:
    crm = account.connect()
    crm.reader.me()
    crm.pass_time(hours=47, minutes=56)

    crm.reader.me()

    assert crm.asked(GRANT) == 2
    assert [entry.status for entry in account.world.requests] == [200] * 4


@pytest.mark.parametrize("form", ["http", "inner"])
def test_a_refused_token_is_renewed_once_and_the_call_repeated(account: Account, form: str) -> None:
    account.world.turn(unauthorized=form)
    crm = account.connect()
    crm.reader.me()
    account.world.tokens.revoke_access()

    crm.reader.me()

    assert crm.asked(GRANT) == 2
    assert crm.asked("GET /currentUser") == 3


class _FullDisk(FakeTokens):
    """A place in which nothing fits any more."""

    def save(self, pair: TokenPair) -> None:
        if pair.access:
            raise OSError("no space left")
        super().save(pair)


def test_a_pair_that_could_not_be_stored_is_not_used(account: Account) -> None:
    crm = account.connect()
    crm.tokens = _FullDisk()
    session = crm.connect()

    with pytest.raises(OSError, match="no space"):
        MegaplanReader(session, crm.config).me()

    session.close()
    assert crm.asked("GET /currentUser") == 0


def test_a_token_lost_on_its_way_is_got_again_by_the_same_refresh(account: Account) -> None:
    crm = account.connect()
    crm.reader.me()
    account.world.tokens.revoke_access()
    account.world.break_next(GRANT, "commit_then_drop")

    crm.reader.me()

    assert len(crm.tokens.saved[-1].logins) == 1
    assert crm.asked(GRANT) == 3


def test_a_dead_refresh_token_falls_back_to_the_password(account: Account) -> None:
    crm = account.connect()
    crm.reader.me()
    account.world.tokens.revoke_all()

    crm.reader.me()

    assert len(crm.tokens.saved[-1].logins) == 2


def test_a_changed_password_is_for_a_person(account: Account) -> None:
    crm = account.connect()
    account.world.tokens.change_password("westsync@example.test", "another")

    with pytest.raises(AccessDenied, match="login or password refused"):
        crm.reader.me()


def test_at_most_three_log_ins_an_hour_also_over_restarts(account: Account) -> None:
    crm = account.connect()
    account.world.tokens.change_password("westsync@example.test", "another")

    for _ in range(6):
        session = crm.connect()
        with pytest.raises(AccessDenied):
            MegaplanReader(session, crm.config).me()
        session.close()
    in_the_first_hour = crm.asked(GRANT)
    crm.pass_time(minutes=61)
    with pytest.raises(AccessDenied):
        crm.reader.me()

    assert in_the_first_hour == 3
    assert crm.asked(GRANT) == 4


def test_a_corrected_password_does_not_wait_for_the_wrong_ones_hour(account: Account) -> None:
    crm = account.connect()
    account.world.tokens.change_password("westsync@example.test", "another")
    for _ in range(4):
        with pytest.raises(AccessDenied):
            crm.reader.me()

    session = crm.connect(password="another")
    me = MegaplanReader(session, crm.config).me()

    session.close()
    assert me.id == "1000099"


def test_a_silent_token_service_is_no_refusal(account: Account) -> None:
    crm = account.connect()
    account.world.break_next(GRANT, "status", status=503, times=None)

    with pytest.raises(Unavailable):
        crm.reader.me()


def test_an_application_token_is_used_as_it_is_and_never_renewed(account: Account) -> None:
    crm = account.connect()
    session = open_session(
        crm.config, account.world.tokens.application, clock=account.clock, store=crm.tokens
    )
    reader = MegaplanReader(session, crm.config)
    reader.me()

    assert crm.asked(GRANT) == 0
    session.close()

    refused = open_session(crm.config, "nonsense", clock=account.clock, store=crm.tokens)
    with pytest.raises(AccessDenied, match="application token"):
        MegaplanReader(refused, crm.config).me()
    refused.close()
    assert crm.asked(GRANT) == 0


def test_secrets_are_not_shown(account: Account) -> None:
    crm = account.connect()
    crm.reader.me()
    pair = crm.tokens.saved[-1]

    assert pair.access not in repr(pair)
    assert pair.refresh not in repr(pair)
    assert pair.expires_at > account.clock.now() + timedelta(hours=40)
