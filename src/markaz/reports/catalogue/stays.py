"""Figures of contacts that entered a queue: what became of them, and how long they waited.

A contact counts in the interval in which it entered. By queue each stay counts; otherwise one that overflows from
queue to queue counts once, with its whole wait (docs/decisions/0008).
"""

from collections.abc import Mapping
from typing import Any, Final

from markaz.reports.catalogue.asked import Group
from markaz.reports.catalogue.counting import MICROSECONDS, Sums, mean_seconds, percentile_seconds, share
from markaz.reports.catalogue.figure import Aggregate, Expression, Figure, Parameter, Rows, Settled, Unit

_GROUPS: Final[frozenset[Group]] = frozenset({"queue", "project"})
_TARGET: Final = Parameter(20.0, least=0, greatest=86_400)
_SHORT: Final = Parameter(5.0, least=0, greatest=3_600)
_PER_CENT: Final = Parameter(95.0, least=0, greatest=100)
_CLEVELAND: Final = "Cleveland & Mayben, Call Center Management on Fast Forward"


def _us(seconds: float) -> int:
    return round(seconds * MICROSECONDS)


def _every(stays: Rows, _settled: Settled) -> Any:
    return stays.slot.notnull()  # it is read anyway, and never null


def _ended(*how: str) -> Expression:
    return lambda stays, _settled: stays.ended.isin(how)


def _answered(stays: Rows, _settled: Settled) -> Any:
    return stays.ended == "answered"


def _abandoned(stays: Rows, settled: Settled) -> Any:
    return (stays.ended == "abandoned") & (stays.wait_us > _us(settled["short_abandon_seconds"]))


def _short(stays: Rows, settled: Settled) -> Any:
    return (stays.ended == "abandoned") & (stays.wait_us <= _us(settled["short_abandon_seconds"]))


def _not_short(stays: Rows, settled: Settled) -> Any:
    return ~_short(stays, settled).fill_null(False)


def _early(stays: Rows, settled: Settled) -> Any:
    return (stays.ended == "abandoned") & (stays.wait_us <= _us(settled["target_seconds"]))


def _in_time(stays: Rows, settled: Settled) -> Any:
    return (stays.ended == "answered") & (stays.wait_us <= _us(settled["target_seconds"]))


def _percentile(stays: Rows, settled: Settled, _sums: Sums) -> Any:
    return percentile_seconds(stays.wait_us, _answered(stays, settled), settled["per_cent"])


def _figure(
    name: str, unit: Unit, counted: Expression, value: Aggregate | None = None,
    parameters: Mapping[str, Parameter] | None = None, exclusions: tuple[str, ...] = (), source: str | None = None,
    is_summed: bool = True,
) -> Figure:  # fmt: skip
    return Figure(
        name=name, unit=unit, exclusions=exclusions, parameters=parameters or {},
        groups=_GROUPS, facts="stays", counted=counted, source=source, is_summed=is_summed,
        value=value or (lambda stays, settled, sums: sums.of(counted(stays, settled))),
    )  # fmt: skip


def _service_level(name: str, met: Expression, denominator: Expression, *, short: bool) -> Figure:
    return _figure(
        name, "share", met,
        lambda stays, settled, sums: share(sums, met(stays, settled), denominator(stays, settled)),
        {"target_seconds": _TARGET} | ({"short_abandon_seconds": _SHORT} if short else {}), source=_CLEVELAND,
    )  # fmt: skip


FIGURES: Final[tuple[Figure, ...]] = (
    _figure("offered", "contacts", _every, exclusions=("self_served", "still_waiting")),
    _figure("answered", "contacts", _answered),
    _figure("abandoned", "contacts", _abandoned, parameters={"short_abandon_seconds": _SHORT},
            exclusions=("short_apart",)),
    _figure("abandoned_short", "contacts", _short, parameters={"short_abandon_seconds": _SHORT}),
    _figure("abandonment", "share", _abandoned,
            lambda stays, settled, sums: share(sums, _abandoned(stays, settled), _not_short(stays, settled)),
            {"short_abandon_seconds": _SHORT}, ("short_in_neither",)),
    _figure("overflowed", "contacts", _ended("overflowed")),
    _figure("to_voicemail", "contacts", _ended("voicemail")),
    _figure("to_callback", "contacts", _ended("callback")),
    _figure("transferred", "contacts", _ended("transferred")),
    _figure("refused", "contacts", _ended("refused")),
    _figure("lost_to_fault", "contacts", _ended("lost_to_fault")),
    _service_level("service_level", _in_time, _every, short=False),
    _service_level("service_level_less_early", _in_time,
                   lambda stays, settled: ~_early(stays, settled).fill_null(False), short=False),
    _service_level("service_level_less_short", _in_time, _not_short, short=True),
    _service_level("service_level_of_answered", _in_time, _answered, short=False),
    _service_level("service_level_early_met",
                   lambda stays, settled: _in_time(stays, settled) | _early(stays, settled), _every, short=False),
    _figure("answer_time_mean", "seconds", _answered,
            lambda stays, settled, sums: mean_seconds(sums, stays.wait_us, _answered(stays, settled)),
            exclusions=("unanswered",)),
    _figure("answer_time_percentile", "seconds", _answered, _percentile, {"per_cent": _PER_CENT}, ("unanswered",),
            is_summed=False),
    _figure("answer_time_max", "seconds", _answered,
            lambda stays, settled, _sums: stays.wait_us.max(where=_answered(stays, settled)) / MICROSECONDS,
            is_summed=False),
)  # fmt: skip
