"""The daemon's web server over real sockets: health, readiness, metrics, and its bounds."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.e2e.test_daemon import a_daemon, now_office
from westsync.web.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.office import Office
    from tests.e2e.test_daemon import Running

__all__ = ["now_office"]

POST = b"POST /health HTTP/1.1\r\nHost: a\r\n"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@pytest.fixture
def web(now_office: Office) -> str:
    """Have the office's daemon listen, and return the base address."""
    address = f"127.0.0.1:{free_port()}"
    now_office.env["WESTSYNC__HTTP__LISTEN"] = address
    return f"http://{address}"


@pytest.fixture
def daemon(now_office: Office, web: str) -> Iterator[Running]:  # noqa: ARG001 - it listens there
    with a_daemon(now_office) as running:
        running.hear("READY=1")
        yield running


def scraped(web: str) -> dict[str, float]:
    """Return series -> value of one scrape."""
    text = httpx.get(f"{web}/metrics").raise_for_status().text
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {series: float(value) for series, _, value in (line.rpartition(" ") for line in lines)}


def exposed_metrics(web: str) -> set[str]:
    return set(re.findall(r"^# TYPE (\S+)", httpx.get(f"{web}/metrics").text, re.MULTILINE))


def until_it_answers(url: str, daemon: Running) -> httpx.Response:
    """Ask again and again until the daemon listens."""
    pause = threading.Event()
    for _ in range(600):
        try:
            return httpx.get(url)
        except httpx.ConnectError:
            assert daemon.process.poll() is None, daemon.log.read_text("utf-8")
            pause.wait(0.05)
    raise AssertionError(f"{url} never answered")


def said(sent: bytes, web: str) -> bytes:
    """Return everything that comes back for raw bytes until the other side closes."""
    address = web.removeprefix("http://").split(":")
    with closing(socket.create_connection((address[0], int(address[1])), timeout=30)) as line:
        line.sendall(sent)
        return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.mark.usefixtures("daemon")
def test_a_daemon_that_works_is_healthy_and_ready(web: str) -> None:
    health = httpx.get(f"{web}/health")
    ready = httpx.get(f"{web}/ready")

    assert health.status_code == 200
    assert health.json()["alive"] is True
    assert ready.status_code == 200
    assert ready.json()["accounts"]["main"]["last_cycle"] == "whole"


def test_it_is_healthy_but_not_ready_before_the_first_cycle_has_ended(
    now_office: Office, web: str
) -> None:
    now_office.world.break_next("GET /deal", "delay", seconds=20.0)
    with a_daemon(now_office) as daemon:
        answered = until_it_answers(f"{web}/ready", daemon)
        health = httpx.get(f"{web}/health")

    assert answered.status_code == 503
    assert answered.json() == {
        "ready": False,
        "accounts": {},
        "reason": "the first cycle has not ended",
    }
    assert health.status_code == 200


def test_a_degraded_daemon_is_ready_and_says_so(now_office: Office, web: str) -> None:
    now_office.world.break_next("GET /deal", "status", status=403, times=None)
    with a_daemon(now_office) as daemon:
        daemon.hear("READY=1")
        ready = httpx.get(f"{web}/ready")

    assert ready.status_code == 200
    assert ready.json()["accounts"]["main"]["last_cycle"] == "degraded"


@pytest.mark.usefixtures("daemon")
def test_the_metrics_show_cycles_requests_intents_and_ages(web: str) -> None:
    found = scraped(web)

    assert found["westsync_ready"] == 1
    assert found['westsync_cycles_total{account="main",outcome="whole"}'] >= 1
    assert found['westsync_cycles_total{account="main",outcome="crashed"}'] == 0
    assert found['westsync_requests_total{account="main",outcome="done",system="megaplan"}'] > 3
    assert found['westsync_intents{account="main",state="failed"}'] == 0
    assert 0 <= found['westsync_source_age_seconds{account="main",source="megaplan.deals"}'] < 60
    assert found["westsync_configuration_stale"] == 0
    assert found["westsync_state_readable"] == 1


@pytest.mark.usefixtures("daemon")
def test_every_metric_that_needs_nothing_else_is_exposed_and_no_other(web: str) -> None:
    exposed = exposed_metrics(web)

    of_events = {"westsync_webhook_silent", "westsync_hints_waiting"}
    of_events |= {"westsync_webhook_age_seconds", "westsync_webhook_requests_total"}
    of_suppliers = {one.name for one in METRICS if one.labels == ("supplier",)}
    assert exposed == {one.name for one in METRICS} - of_suppliers - of_events


@pytest.mark.usefixtures("daemon")
def test_a_changed_file_shows_as_a_stale_configuration(web: str, now_office: Office) -> None:
    rules = now_office.config / "rules" / "p1-secretary.yaml"
    rules.write_text(rules.read_text("utf-8") + "\n# a remark\n", "utf-8")

    assert scraped(web)["westsync_configuration_stale"] == 1


def test_no_name_phone_or_title_reaches_an_answer(now_office: Office, web: str) -> None:
    client = now_office.world.create_client(
        first="Канарейкин", last="Тестов", phones=["+79991234567"]
    )
    now_office.world.create_deal(name="Канареечная сделка", client=client, manager="ivanov")
    with a_daemon(now_office) as daemon:
        daemon.hear("READY=1")
        answers = [httpx.get(f"{web}/{path}").text for path in ("health", "ready", "metrics")]

    assert [
        word
        for word in ("анарей", "Тестов", "9991234567", "Иванов", "example.test")
        for text in answers
        if word in text
    ] == []


@pytest.mark.usefixtures("daemon")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/metrics/", 404),
        ("POST", "/health", 405),
        ("DELETE", "/metrics", 405),
        ("HEAD", "/health", 200),
        ("GET", "/../../etc/passwd", 404),
    ],
)
def test_only_what_is_there_is_answered(web: str, method: str, path: str, status: int) -> None:
    answer = httpx.request(method, web + path)

    assert answer.status_code == status


@pytest.mark.usefixtures("daemon")
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /health HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nX: " + 20_000 * b"x" + b"\r\n\r\n", b"431"),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nX: " + 20_000 * b"x", b"431"),
        (b"GET /" + 9_000 * b"x" + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"431"),
        (POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
        (POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", b"400"),
    ],
    ids=[
        "no-http",
        "no-host",
        "long-header",
        "endless-header",
        "long-path",
        "smuggling",
        "lengths",
    ],
)
def test_what_is_no_request_or_too_long_is_refused(web: str, sent: bytes, status: bytes) -> None:
    answer = said(sent, web)

    assert answer.startswith(b"HTTP/1.1 " + status)
    assert httpx.get(f"{web}/health").status_code == 200


def test_a_taken_port_stops_the_start_and_says_where_and_how_to_mend_it(
    now_office: Office,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        now_office.env["WESTSYNC__HTTP__LISTEN"] = f"127.0.0.1:{port}"
        done = now_office.run("run")

    assert done.returncode == 78
    assert f"http.listen: 127.0.0.1 port {port} cannot be listened on" in done.stderr
    assert "name an address of this machine and a free port" in done.stderr


def test_a_reload_moves_the_server_or_leaves_it_where_it_was(now_office: Office) -> None:
    settings = now_office.config / "westsync.yaml"
    text = settings.read_text("utf-8")
    first, second = free_port(), free_port()

    def listen(port: int) -> None:
        settings.write_text(text.replace("listen: null", f'listen: "127.0.0.1:{port}"'), "utf-8")

    listen(first)
    with a_daemon(now_office) as daemon:
        daemon.hear("READY=1")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            listen(taken.getsockname()[1])
            daemon.process.send_signal(signal.SIGHUP)
            daemon.hear("refused")
        stayed = httpx.get(f"http://127.0.0.1:{first}/ready").status_code
        listen(second)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.hear("configuration reloaded")
        moved = httpx.get(f"http://127.0.0.1:{second}/ready").status_code
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{first}/ready")
        code = daemon.stop()

    assert (stayed, moved, code) == (200, 200, 0)


def test_a_daemon_that_does_not_listen_loads_nothing_of_a_web_server(now_office: Office) -> None:
    program = (
        "import sys\n"
        "from westsync.cli.main import main\n"
        "from westsync.daemon import Daemon\n"
        "Daemon._wait = lambda self, _: self.stop()  # one cycle is enough\n"
        "main(['--config', sys.argv[1], 'run'])\n"
        "print(sorted({'starlette', 'uvicorn', 'prometheus_client', 'westsync.web'}"
        " & set(sys.modules)))\n"
    )
    done = subprocess.run(  # noqa: S603 - our own program with our own words
        [sys.executable, "-c", program, str(now_office.config)],
        capture_output=True,
        text=True,
        env=now_office.env,
        timeout=60,
        check=False,
    )

    assert done.stdout.splitlines()[-1] == "[]", done.stderr
