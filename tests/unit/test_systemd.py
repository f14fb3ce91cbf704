"""Promises of the notifier, kept over a real datagram socket."""

from __future__ import annotations

import os
import socket
import sys
import time
from typing import TYPE_CHECKING

import pytest

from westsync.systemd import Notifier, watchdog_limit_s

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[socket.socket]:
    if request.param == "abstract" and sys.platform != "linux":
        pytest.skip("abstract sockets are a thing of Linux")
    address = str(tmp_path / "notify") if request.param == "path" else f"\0ws-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(5)
        yield listener


def address_of(manager: socket.socket) -> str:
    name = manager.getsockname()
    return "@" + name[1:].decode() if isinstance(name, bytes) else name


def heard(manager: socket.socket) -> list[str]:
    return manager.recv(4096).decode().split("\n")


def test_each_state_is_one_datagram(manager: socket.socket) -> None:
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": address_of(manager)})

    assert notifier.ready("12 deals watched")
    assert heard(manager) == ["READY=1", "STATUS=12 deals watched"]
    assert notifier.status("cycle 7")
    assert heard(manager) == ["STATUS=cycle 7"]
    assert notifier.watchdog()
    assert heard(manager) == ["WATCHDOG=1"]
    assert notifier.stopping()
    assert heard(manager) == ["STOPPING=1", "STATUS=draining"]


def test_a_reload_carries_the_monotonic_moment_systemd_compares(manager: socket.socket) -> None:
    before = time.monotonic_ns() // 1000

    assert Notifier(address_of(manager)).reloading()

    state, moment = heard(manager)
    assert state == "RELOADING=1"
    assert before <= int(moment.removeprefix("MONOTONIC_USEC=")) <= time.monotonic_ns() // 1000


def test_a_status_cannot_smuggle_an_assignment(manager: socket.socket) -> None:
    Notifier(address_of(manager)).status("Сделка\nMAINPID=1\r\n" + "x" * 1000)

    (only,) = heard(manager)
    assert only.startswith("STATUS=Сделка\\u000aMAINPID=1\\u000d\\u000ax")
    assert len(only) <= len("STATUS=") + 200


@pytest.mark.parametrize("address", [None, "", "@", "vsock:2:1234", "relative/path"])
def test_without_a_manager_nothing_happens(address: str | None) -> None:
    notifier = Notifier.from_environment({} if address is None else {"NOTIFY_SOCKET": address})

    assert not notifier.ready("x")
    assert not notifier.watchdog()


def test_a_manager_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    assert not Notifier(str(tmp_path / "nobody")).ready("x")


@pytest.mark.parametrize(
    ("environment", "limit"),
    [
        ({"WATCHDOG_USEC": "90000000"}, 90.0),
        ({"WATCHDOG_USEC": "90000000", "WATCHDOG_PID": str(os.getpid())}, 90.0),
        ({"WATCHDOG_USEC": "90000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_limit_is_ours_only_if_it_names_us(
    environment: dict[str, str], limit: float | None
) -> None:
    assert watchdog_limit_s(environment) == limit
