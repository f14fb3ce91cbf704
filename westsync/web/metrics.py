"""The metrics: their names, and their exposition as Prometheus reads it.

Names, labels and values hold identifiers from the configuration, states and counts only; nothing
that a person typed into Megaplan (reliability 7.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric as Family

CONTENT_TYPE = CONTENT_TYPE_LATEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric.

    Attributes:
        name: As it is exposed; counters end in ``_total``.
        means: What it says and in which unit.
        labels: Names of its labels.
    """

    name: str
    means: str
    labels: tuple[str, ...] = ()

    @property
    def kind(self) -> Literal["counter", "gauge"]:
        """Whether it only grows between two starts."""
        return "counter" if self.name.endswith("_total") else "gauge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One value of one metric.

    Attributes:
        metric: Its name.
        labels: Values, in the order of the metric's labels.
    """

    metric: str
    value: float
    labels: tuple[str, ...] = ()


METRICS = (
    Metric(
        name="westsync_build_info", means="Always 1; the version is a label.", labels=("version",)
    ),
    Metric(
        name="westsync_ready", means="1 once the first cycle has ended, until the stop; as /ready."
    ),
    Metric(
        name="westsync_silent_seconds",
        means="Seconds since the daemon last did something; /health fails at the watchdog's limit.",
    ),
    Metric(
        name="westsync_cycles_total",
        means="Cycles by how they ended: whole, degraded, denied, guarded, crashed.",
        labels=("account", "outcome"),
    ),
    Metric(
        name="westsync_cycle_age_seconds",
        means="Seconds since the last cycle ended, well or not.",
        labels=("account",),
    ),
    Metric(
        name="westsync_cycle_seconds", means="How long the last cycle took.", labels=("account",)
    ),
    Metric(
        name="westsync_requests_total",
        means="Requests, each try by itself, by how they ended: done, not_sent, unavailable, "
        "outcome_unknown, rejected, access_denied, unexpected_reply.",
        labels=("account", "system", "outcome"),
    ),
    Metric(
        name="westsync_requests_per_second",
        means="The learned pace of requests.",
        labels=("account", "system"),
    ),
    Metric(
        name="westsync_breaker_open",
        means="1 while a system that failed repeatedly is left alone.",
        labels=("account", "system"),
    ),
    Metric(
        name="westsync_state_readable",
        means="0 when the state file could not be read for this answer; what follows from it is "
        "missing then.",
    ),
    Metric(
        name="westsync_intents",
        means="Intents by state, all that ever were.",
        labels=("account", "state"),
    ),
    Metric(
        name="westsync_dead_letters",
        means="Failed and held intents: each wants a person (`westsync journal`).",
        labels=("account",),
    ),
    Metric(
        name="westsync_timers_waiting",
        means="Objects that will be decided again at a known moment.",
        labels=("account",),
    ),
    Metric(
        name="westsync_timer_overdue_seconds",
        means="How long the oldest timer is due; 0 while none is.",
        labels=("account",),
    ),
    Metric(name="westsync_open_deals", means="Open deals in the mirror.", labels=("account",)),
    Metric(
        name="westsync_source_age_seconds",
        means="Seconds since a source of Megaplan or 1C was last read with success.",
        labels=("account", "source"),
    ),
    Metric(
        name="westsync_stock_age_seconds",
        means="Age of the stock data that answer questions; missing until a supplier was read.",
        labels=("supplier",),
    ),
    Metric(
        name="westsync_stock_trouble",
        means="1 while a person must look at a supplier's data.",
        labels=("supplier",),
    ),
    Metric(
        name="westsync_configuration_stale",
        means="1 while the files say something else than the daemon works by: reload it.",
    ),
    Metric(
        name="westsync_configuration_refused",
        means="1 while a reload was refused and the last good configuration works on.",
        labels=("account",),
    ),
    Metric(
        name="westsync_brake_tripped",
        means="1 while a guard keeps decisions from being recorded.",
        labels=("account",),
    ),
    Metric(
        name="westsync_silences",
        means="What people silenced or released and is in force: ack, mute, release.",
        labels=("account", "what"),
    ),
    Metric(
        name="westsync_recovery",
        means="1 while everything is looked up before it is sent, after a loss of memory.",
        labels=("account",),
    ),
    Metric(
        name="westsync_webhook_requests_total",
        means="Requests at the door for events: new, repeated, ignored, unreadable, foreign, "
        "full, not_kept, misused, too_long, too_slow; stranger, without an account, for a wrong "
        "path.",
        labels=("account", "verdict"),
    ),
    Metric(
        name="westsync_hints_waiting",
        means="Objects that events named and that are still to be read again.",
        labels=("account",),
    ),
    Metric(
        name="westsync_webhook_age_seconds",
        means="Seconds since the last event came; missing until one did.",
        labels=("account",),
    ),
    Metric(
        name="westsync_webhook_silent",
        means="1 while events stay away for more than a working hour although there are changes.",
        labels=("account",),
    ),
)
"""Every metric there is, in the order of the exposition."""


def exposition(figures: Iterable[Figure]) -> bytes:
    """Return the text that Prometheus reads.

    Args:
        figures: Values of metrics of `METRICS`, in any order.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(list(figures)))
    return generate_latest(registry)


class _Figures(Collector):
    """What was gathered for one answer; nothing is kept between two."""

    def __init__(self, figures: list[Figure]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Family]:
        for metric in METRICS:
            of_kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
            family = of_kind(metric.name, metric.means, labels=metric.labels)
            for figure in self._figures:
                if figure.metric == metric.name:
                    family.add_metric(figure.labels, figure.value)
            if family.samples:
                yield family
