"""Events of the stand-in reach the real daemon: sooner than a poll, and never more than once."""

from __future__ import annotations

import json
import signal
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e.office import SOURCE
from tests.e2e.test_daemon import a_daemon, now_office
from tests.e2e.test_web import exposed_metrics, free_port, scraped
from tests.gates.test_requests import LIST_RULES
from westsync.app.configuration import read_configuration
from westsync.app.installation import open_stores
from westsync.clocks import SystemClock
from westsync.web.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.office import Office
    from westsync.domain.hints import Hint

__all__ = ["now_office"]

SECRET = "3f1c9a7be5d2486a90b1c2d3"
NEVER = "1h"  # as polls go: whatever happens within a test comes by an event


@pytest.fixture
def web(now_office: Office) -> str:
    """Have the office's daemon take events under one rule that acts at once; its base address."""
    address = f"127.0.0.1:{free_port()}"
    now_office.env |= {
        "WESTSYNC__HTTP__LISTEN": address,
        "WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__WEBHOOK__PATH_SECRET": SECRET,
    }
    settings = now_office.config / "westsync.yaml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("webhook: null", "webhook: { integration_uuid: null }"))
    for folder in ("rules", "rules/tests"):
        for file in (now_office.config / folder).glob("*.yaml"):
            file.unlink()
    at_once = LIST_RULES.replace("after: 1m", "after: 0m")
    (now_office.config / "rules" / "list.yaml").write_text(at_once, encoding="utf-8")
    return f"http://{address}"


def subscribe(office: Office, web: str) -> None:
    office.world.webhooks.subscribe(f"{web}/webhook/main/{SECRET}")


def until(happened: Callable[[], object]) -> None:
    """Wait for what another process or thread does."""
    pause = threading.Event()
    for _ in range(600):
        if happened():
            return
        pause.wait(0.05)
    raise AssertionError("it did not happen")


def tasks(office: Office) -> list[str]:
    found = office.world.store.all("Task")
    return [str(t["statement"]).split()[-1] for t in found if "ws:" in str(t.get("statement"))]


def hints(office: Office) -> tuple[Hint, ...]:
    configuration = read_configuration(office.config, office.env)
    with open_stores(configuration, SystemClock()) as (store,):
        return store.hints.waiting()


def status(office: Office) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(office.run("status", "--json").stdout)[0]
    return document


def a_deal_in_offer(office: Office, name: str = "Заявка") -> str:
    deal = office.world.create_deal(name=name, manager="ivanov", fields={SOURCE: "Сайт"})
    office.world.put_deal(deal, "offer", by="ivanov")
    return deal


def is_quiet(office: Office) -> bool:
    return office.world.webhooks.waiting == 0 and hints(office) == ()


def test_a_new_deal_has_its_task_long_before_the_next_poll(now_office: Office, web: str) -> None:
    with a_daemon(now_office, poll_every=NEVER) as daemon:
        daemon.hear("READY=1")
        subscribe(now_office, web)
        a_deal_in_offer(now_office)

        until(lambda: tasks(now_office))
        until(lambda: is_quiet(now_office))  # also the echoes of our own task
        found = status(now_office)
        metrics, exposed = scraped(web), exposed_metrics(web)
        code = daemon.stop()

    assert len(tasks(now_office)) == 1
    assert found["webhooks"]["waiting"] == 0
    assert found["webhooks"]["last"] is not None
    assert found["webhooks"]["silent_since"] is None
    assert metrics['westsync_webhook_requests_total{account="main",verdict="new"}'] >= 1
    assert metrics['westsync_hints_waiting{account="main"}'] == 0
    assert metrics['westsync_webhook_silent{account="main"}'] == 0
    assert exposed == {one.name for one in METRICS if one.labels != ("supplier",)}
    assert code == 0


def test_doubled_and_disordered_events_make_nothing_twice(now_office: Office, web: str) -> None:
    hooks = now_office.world.webhooks
    with a_daemon(now_office, poll_every=NEVER) as daemon:
        daemon.hear("READY=1")
        hooks.duplicate_next = 1000
        hooks.reverse = True
        subscribe(now_office, web)
        for number in range(5):
            a_deal_in_offer(now_office, f"Заявка {number}")

        until(lambda: len(tasks(now_office)) >= 5)
        until(lambda: is_quiet(now_office))
        cycles = scraped(web)['westsync_cycles_total{account="main",outcome="whole"}']
        metrics = scraped(web)

    assert len(tasks(now_office)) == len(set(tasks(now_office))) == 5
    assert metrics['westsync_webhook_requests_total{account="main",verdict="repeated"}'] >= 5
    assert cycles <= 6  # bursts and echoes share cycles


def test_a_deal_that_is_deleted_leaves_the_open_ones(now_office: Office, web: str) -> None:
    deals = [a_deal_in_offer(now_office, f"Заявка {number}") for number in range(2)]
    with a_daemon(now_office, poll_every=NEVER) as daemon:
        daemon.hear("READY=1")
        before = status(now_office)["open_deals"]
        subscribe(now_office, web)
        now_office.world.delete_deal(deals[0])

        until(lambda: scraped(web)['westsync_open_deals{account="main"}'] == 1)

    assert before == 2


def test_a_hint_outlives_a_kill_right_after_its_answer(now_office: Office, web: str) -> None:
    deal = a_deal_in_offer(now_office)
    body = {
        "event": "on_after_update",
        "data": {"contentType": "Deal", "id": deal},
        "accountInfo": {"uuid": "e1", "model": "Deal"},
    }
    with a_daemon(now_office, poll_every=NEVER) as daemon:
        daemon.hear("READY=1")
        answer = httpx.post(f"{web}/webhook/main/{SECRET}", json=body)
        daemon.process.send_signal(signal.SIGKILL)
        daemon.process.wait()
    kept = hints(now_office)
    with a_daemon(now_office, poll_every=NEVER) as daemon:
        daemon.hear("READY=1")
        again = httpx.post(f"{web}/webhook/main/{SECRET}", json=body)
        left = hints(now_office)

    assert answer.status_code == 200
    assert [hint.obj.id for hint in kept] == [deal]
    assert again.json() == {"event": "repeated"}
    assert left == ()
    assert len(tasks(now_office)) == 1


def test_nothing_of_an_event_but_its_object_is_kept_or_logged(now_office: Office, web: str) -> None:
    canary = "Канарейкин"
    body = {
        "event": "on_after_update",
        "data": {"contentType": "Deal", "id": "987654", "name": canary, "phone": "+79991234567"},
        "accountInfo": {"uuid": canary, "integrationUuid": canary, "model": "Deal"},
    }
    with a_daemon(now_office, poll_every=NEVER) as daemon:
        daemon.hear("READY=1")
        httpx.post(f"{web}/webhook/main/{SECRET}", json=body)
        httpx.post(f"{web}/webhook/main/{SECRET}x", json=body)
        until(lambda: hints(now_office) == ())
        answers = [httpx.get(f"{web}/{path}").text for path in ("ready", "metrics")]
        daemon.stop()
        log = daemon.log.read_text("utf-8")
    files = [path for path in now_office.directory.rglob("westsync.db*") if path.is_file()]

    assert files
    assert [
        word for word in (canary, "9991234567", SECRET) for text in (log, *answers) if word in text
    ] == []
    assert [
        path.name
        for word in (canary, "9991234567", SECRET)
        for path in files
        if word.encode() in path.read_bytes()
    ] == []


def test_a_reload_changes_the_secret_without_a_pause(now_office: Office, web: str) -> None:
    settings = now_office.config / "westsync.yaml"
    text = settings.read_text("utf-8")
    with a_daemon(now_office, poll_every=NEVER) as daemon:
        daemon.hear("READY=1")
        taken = httpx.post(f"{web}/webhook/main/{SECRET}").status_code
        other = text.replace("integration_uuid: null }", "integration_uuid: other }", 1)
        settings.write_text(other, "utf-8")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.hear("configuration reloaded")
        event = {"event": "on_after_update", "data": {"contentType": "Deal", "id": "1"}}
        foreign = httpx.post(f"{web}/webhook/main/{SECRET}", json=event).json()

    assert taken == 200
    assert foreign == {"event": "foreign"}


@pytest.mark.parametrize(
    ("secret", "complaint"),
    [
        (None, "accounts.main.megaplan.webhook.path_secret is missing; make one of at least 22"),
        ("hook", "must be 22 to 128 characters of A-Z a-z 0-9 _ -"),
    ],
)
def test_a_door_without_a_good_secret_stops_the_start(
    now_office: Office, secret: str | None, complaint: str
) -> None:
    name = "WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__WEBHOOK"
    now_office.env["WESTSYNC__HTTP__LISTEN"] = f"127.0.0.1:{free_port()}"
    now_office.env[f"{name}__INTEGRATION_UUID"] = "8a7d"
    if secret is not None:
        now_office.env[f"{name}__PATH_SECRET"] = secret

    done = now_office.run("run")

    assert done.returncode == 78
    assert complaint in done.stderr + done.stdout


def test_the_doctor_and_status_tell_whether_events_come(now_office: Office, web: str) -> None:
    with a_daemon(now_office, poll_every=NEVER) as daemon:
        daemon.hear("READY=1")
        before = doctored(now_office)
        told_before = now_office.run("status").stdout
        httpx.post(f"{web}/webhook/main/{SECRET}", json={"event": "x", "data": {"id": "1"}})
        after = doctored(now_office)
        told_after = now_office.run("status").stdout

    assert before["verdict"] == "change"
    assert before["seen"] == "no event has come yet"
    assert after["verdict"] == "fine"
    assert "webhooks       none came yet" in told_before
    assert "webhooks       last" in told_after


def doctored(office: Office) -> dict[str, str]:
    found: list[dict[str, str]] = json.loads(office.run("doctor", "megaplan", "--json").stdout)
    return next(one for one in found if one["name"] == "webhooks")
