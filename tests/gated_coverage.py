"""Branch coverage of the parts that must not be wrong, recorded while all tests run.

A plugin of pytest (``-p tests.gated_coverage``; `scripts/test --cov` gives it). Only the tests that
prove the deciding are counted, not code that happened to run in a long play: the recorder is
switched on for them alone, so that the rest of the run keeps its speed. Each process of the run
leaves one data file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import coverage
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVING = ("tests/unit/", "tests/property/", "tests/rules/")


class Recorder:
    """Coverage that is switched on and off; on from the start, as modules are being imported."""

    def __init__(self) -> None:
        """Begin to record."""
        self._coverage = coverage.Coverage(data_suffix=True)
        self._is_on = False
        self.turn(on=True)

    def turn(self, *, on: bool) -> None:
        """Switch recording; the same again does nothing."""
        if on is self._is_on:
            return
        self._is_on = on
        if on:
            self._coverage.start()
        else:
            self._coverage.stop()

    def save(self) -> None:
        """End, and leave what was recorded beside that of the other processes."""
        self.turn(on=False)
        self._coverage.save()


_recorder = Recorder()


def proves(item: pytest.Item) -> bool:
    """Tell whether a test counts."""
    return item.nodeid.startswith(_PROVING) and item.get_closest_marker("slow") is None


def pytest_collection_finish() -> None:
    """Switch off until a test begins that counts."""
    _recorder.turn(on=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Record a test that counts, with what is set up and torn down for it."""
    _recorder.turn(on=proves(item))
    return (yield)


def pytest_sessionfinish() -> None:
    """Leave the data."""
    _recorder.save()
