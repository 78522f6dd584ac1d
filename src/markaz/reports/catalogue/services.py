"""Figures of what agents did with the contacts that they were offered.

An offer, with the whole of its talk, hold and wrap-up, counts in the interval in which it was made
(docs/decisions/0008).
"""

from collections.abc import Mapping
from typing import Any, Final

from markaz.reports.catalogue.asked import Group
from markaz.reports.catalogue.counting import Sums, mean_seconds, named_in, share, total_seconds
from markaz.reports.catalogue.figure import Aggregate, Expression, Figure, Parameter, Rows, Settled, Unit

_GROUPS: Final[frozenset[Group]] = frozenset({"queue", "project", "agent"})
_WITH_RESULTS: Final[frozenset[Group]] = frozenset({"queue", "project", "agent", "disposition"})


def _handled(services: Rows, _settled: Settled) -> Any:
    return services.served & services.is_over


def _offered(services: Rows, _settled: Settled) -> Any:
    return services.asked_as == "lead"


def _connected(services: Rows, _settled: Settled) -> Any:
    return (services.asked_as == "lead") & services.connected


def _with_result(services: Rows, settled: Settled) -> Any:
    return _handled(services, settled) & services.disposition.notnull()


def _of_results(parameter: str) -> Expression:
    return lambda services, settled: (
        _with_result(services, settled) & named_in(services.disposition, settled[parameter])
    ).fill_null(False)


def _handle_us(services: Rows) -> Any:
    return services.talk_us + services.hold_us + services.consult_us + services.wrap_up_us


def _figure(
    name: str, unit: Unit, counted: Expression, value: Aggregate,
    parameters: Mapping[str, Parameter] | None = None, exclusions: tuple[str, ...] = (), *, with_results: bool = False,
    is_total: bool = False,
) -> Figure:  # fmt: skip
    return Figure(
        name=name, unit=unit, exclusions=exclusions, parameters=parameters or {},
        groups=_WITH_RESULTS if with_results else _GROUPS, facts="services", counted=counted, value=value,
        is_total=is_total,
    )  # fmt: skip


def _counting(counted: Expression) -> Aggregate:
    return lambda services, settled, sums: sums.of(counted(services, settled))


def _mean(name: str, part: str) -> Figure:
    return _figure(
        name, "seconds", _handled,
        lambda services, settled, sums: mean_seconds(sums, services[part], _handled(services, settled)),
        exclusions=("running",), with_results=True,
    )  # fmt: skip


def _total(name: str, part: str) -> Figure:
    return _figure(
        name, "seconds", _handled,
        lambda services, settled, sums: total_seconds(sums, services[part], _handled(services, settled)),
        exclusions=("running",), with_results=True, is_total=True,
    )  # fmt: skip


def _warm_of_hot(services: Rows, settled: Settled, sums: Sums) -> Any:
    warm, hot = _of_results("warm")(services, settled), _of_results("hot")(services, settled)
    return share(sums, warm, warm | hot)


FIGURES: Final[tuple[Figure, ...]] = (
    _figure("offers", "offers", _offered, _counting(_offered), exclusions=("guests",)),
    _figure("offers_connected", "offers", _connected, _counting(_connected)),
    _figure("handled", "contacts", _handled, _counting(_handled), exclusions=("running",), with_results=True),
    _figure("handle_time_mean", "seconds", _handled,
            lambda services, settled, sums: mean_seconds(sums, _handle_us(services), _handled(services, settled)),
            exclusions=("running",), with_results=True),
    _figure("handle_time", "seconds", _handled,
            lambda services, settled, sums: total_seconds(sums, _handle_us(services), _handled(services, settled)),
            exclusions=("running",), with_results=True, is_total=True),
    _mean("talk_time_mean", "talk_us"),
    _mean("hold_time_mean", "hold_us"),
    _mean("wrap_up_time_mean", "wrap_up_us"),
    _total("talk_time", "talk_us"),
    _total("hold_time", "hold_us"),
    _total("wrap_up_time", "wrap_up_us"),
    _figure("dispositions", "contacts", _with_result, _counting(_with_result), exclusions=("without_disposition",),
            with_results=True),
    _figure("disposition_share", "share", _of_results("dispositions"),
            lambda services, settled, sums: share(sums,
                _of_results("dispositions")(services, settled), _with_result(services, settled)),
            {"dispositions": Parameter("")}),
    _figure("warm_leads_of_hot", "share", _of_results("warm"), _warm_of_hot,
            {"warm": Parameter("warm"), "hot": Parameter("hot")}),
)  # fmt: skip
