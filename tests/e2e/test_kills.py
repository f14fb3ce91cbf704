"""kill -9 at any request: nothing is lost and nothing is doubled."""

from __future__ import annotations

import random
import signal
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.e2e.office import SOURCE, an_office
from westsync.sandbox import breaches

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.office import Office

DEALS = 8


def kill_at_request(office: Office, process: subprocess.Popen[bytes], count: int) -> bool:
    """Kill the process once it has made so many requests; False if it ended before."""
    made_before = len(office.world.requests)
    while len(office.world.requests) < made_before + count:
        try:
            process.wait(0.005)
        except subprocess.TimeoutExpired:
            continue
        return False
    process.send_signal(signal.SIGKILL)
    process.wait()
    return True


def ours(office: Office, kind: str, text: str) -> Counter[str]:
    """Return how often each marker stands in the account."""
    texts = (str(one.get(text)) for one in office.world.store.all(kind))
    return Counter(line.split()[-1] for line in texts if "ws:" in line)


@pytest.mark.parametrize("seed", [1, 2])
def test_kill_9_at_any_request_neither_loses_nor_doubles(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with an_office(tmp_path) as office:
        for number in range(DEALS):
            client = office.world.create_client(
                first="Пётр", last=f"Сидоров {number}", phones=[f"+7999000{number:04d}"]
            )
            office.world.create_deal(
                name=f"Товар {number}", client=client, manager="ivanov", fields={SOURCE: "Сайт"}
            )

        kills = sum(
            kill_at_request(office, office.begin_cycle(at), chance.randint(1, 14))
            for at in [office.at(9, minute) for minute in (1, 6, 6, 6, 10, 14, 18, 18, 22, 26)]
        )
        for minute in (30, 34, 38, 42, 46):
            assert office.begin_cycle(office.at(9, minute)).wait() == 0

        tasks, notices = ours(office, "Task", "statement"), ours(office, "Comment", "content")
        assert kills >= 5
        assert (len(tasks), set(tasks.values())) == (DEALS, {1})
        assert (len(notices), set(notices.values())) == (2 * DEALS, {1})
        assert not list(breaches(office.world.requests))
