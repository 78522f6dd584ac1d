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
_TARGET: Final = Parameter(20.0, "seconds within which an answer counts, that moment included", 0, 86_400)
_SHORT: Final = Parameter(5.0, "seconds: who gives up within them is a short abandon", 0, 3_600)
_PER_CENT: Final = Parameter(95.0, "per cent of answered contacts that waited no longer", 0, 100)
_CLEVELAND: Final = "Cleveland & Mayben, Call Center Management on Fast Forward"
_OPEN: Final = "Contacts that still wait count as offered, and as nothing else."


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
    name: str, title: str, unit: Unit, formula: str, counted: Expression, value: Aggregate | None = None,
    parameters: Mapping[str, Parameter] | None = None, exclusions: tuple[str, ...] = (), source: str | None = None,
    is_summed: bool = True,
) -> Figure:  # fmt: skip
    return Figure(
        name=name, title=title, unit=unit, formula=formula, exclusions=exclusions, parameters=parameters or {},
        groups=_GROUPS, facts="stays", counted=counted, source=source, is_summed=is_summed,
        value=value or (lambda stays, settled, sums: sums.of(counted(stays, settled))),
    )  # fmt: skip


def _service_level(name: str, title: str, of: str, met: Expression, denominator: Expression, *, short: bool) -> Figure:
    return _figure(
        name, title, "share", f"{of}.", met,
        lambda stays, settled, sums: share(sums, met(stays, settled), denominator(stays, settled)),
        {"target_seconds": _TARGET} | ({"short_abandon_seconds": _SHORT} if short else {}), source=_CLEVELAND,
    )  # fmt: skip


FIGURES: Final[tuple[Figure, ...]] = (
    _figure("offered", "Offered", "contacts", "Contacts that entered a queue.", _every, exclusions=(
        "Contacts that self-service finished, or that left before they reached a queue, are not offered.", _OPEN)),
    _figure("answered", "Answered", "contacts", "Contacts that an agent answered.", _answered),
    _figure("abandoned", "Abandoned", "contacts",
            "Contacts whose customer gave up after more than {short_abandon_seconds} s of waiting.", _abandoned,
            parameters={"short_abandon_seconds": _SHORT},
            exclusions=("Short abandons are a figure of their own.",)),
    _figure("abandoned_short", "Short abandons", "contacts",
            "Contacts whose customer gave up within {short_abandon_seconds} s.", _short,
            parameters={"short_abandon_seconds": _SHORT}),
    _figure("abandonment", "Abandonment", "share",
            "Contacts that abandoned after more than {short_abandon_seconds} s, divided by contacts offered less short "
            "abandons.", _abandoned,
            lambda stays, settled, sums: share(sums, _abandoned(stays, settled), _not_short(stays, settled)),
            {"short_abandon_seconds": _SHORT}, ("Short abandons are in neither number.",)),
    _figure("overflowed", "Overflowed", "contacts", "Contacts that left for another queue or centre unanswered.",
            _ended("overflowed")),
    _figure("to_voicemail", "To voicemail", "contacts", "Contacts that left for a message.", _ended("voicemail")),
    _figure("to_callback", "To call back", "contacts", "Contacts that chose to be called back.", _ended("callback")),
    _figure("transferred", "Transfers", "contacts",
            "Stays that ended because an agent passed the contact on to somebody else.", _ended("transferred")),
    _figure("refused", "Refused", "contacts", "Contacts that the queue could not take.", _ended("refused")),
    _figure("lost_to_fault", "Lost to a fault", "contacts", "Contacts that a failure of the centre's own cut off.",
            _ended("lost_to_fault")),
    _service_level(
        "service_level", "Service level",
        "Contacts answered within {target_seconds} s, divided by all contacts offered",
        _in_time, _every, short=False),
    _service_level(
        "service_level_less_early", "Service level, less early abandons",
        "Contacts answered within {target_seconds} s, divided by contacts offered less those that abandoned within "
        "{target_seconds} s",
        _in_time, lambda stays, settled: ~_early(stays, settled).fill_null(False), short=False),
    _service_level(
        "service_level_less_short", "Service level, less short abandons",
        "Contacts answered within {target_seconds} s, divided by contacts offered less those that abandoned within "
        "{short_abandon_seconds} s",
        _in_time, _not_short, short=True),
    _service_level(
        "service_level_of_answered", "Service level of answered contacts",
        "Contacts answered within {target_seconds} s, divided by contacts answered",
        _in_time, _answered, short=False),
    _service_level(
        "service_level_early_met", "Service level, early abandons met",
        "Contacts answered or abandoned within {target_seconds} s, divided by all contacts offered",
        lambda stays, settled: _in_time(stays, settled) | _early(stays, settled), _every, short=False),
    _figure("answer_time_mean", "Mean answer time", "seconds", "Mean wait of answered contacts.", _answered,
            lambda stays, settled, sums: mean_seconds(sums, stays.wait_us, _answered(stays, settled)),
            exclusions=("Contacts that nobody answered are not in it.",)),
    _figure("answer_time_percentile", "Answer time, percentile", "seconds",
            "The wait that {per_cent} % of answered contacts did not exceed, interpolated linearly.", _answered,
            _percentile, {"per_cent": _PER_CENT}, ("Contacts that nobody answered are not in it.",), is_summed=False),
    _figure("answer_time_max", "Longest answer time", "seconds", "The longest wait of an answered contact.", _answered,
            lambda stays, settled, _sums: stays.wait_us.max(where=_answered(stays, settled)) / MICROSECONDS,
            is_summed=False),
)  # fmt: skip
