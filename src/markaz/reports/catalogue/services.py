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
_RUNNING: Final = "Conversations and wrap-ups that go on are not in it."


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
    name: str, title: str, unit: Unit, formula: str, counted: Expression, value: Aggregate,
    parameters: Mapping[str, Parameter] | None = None, exclusions: tuple[str, ...] = (), *, with_results: bool = False,
    is_total: bool = False,
) -> Figure:  # fmt: skip
    return Figure(
        name=name, title=title, unit=unit, formula=formula, exclusions=exclusions, parameters=parameters or {},
        groups=_WITH_RESULTS if with_results else _GROUPS, facts="services", counted=counted, value=value,
        is_total=is_total,
    )  # fmt: skip


def _counting(counted: Expression) -> Aggregate:
    return lambda services, settled, sums: sums.of(counted(services, settled))


def _mean(name: str, title: str, formula: str, part: str) -> Figure:
    return _figure(
        name, title, "seconds", formula, _handled,
        lambda services, settled, sums: mean_seconds(sums, services[part], _handled(services, settled)),
        exclusions=(_RUNNING,), with_results=True,
    )  # fmt: skip


def _total(name: str, title: str, formula: str, part: str) -> Figure:
    return _figure(
        name, title, "seconds", formula, _handled,
        lambda services, settled, sums: total_seconds(sums, services[part], _handled(services, settled)),
        exclusions=(_RUNNING,), with_results=True, is_total=True,
    )  # fmt: skip


def _warm_of_hot(services: Rows, settled: Settled, sums: Sums) -> Any:
    warm, hot = _of_results("warm")(services, settled), _of_results("hot")(services, settled)
    return share(sums, warm, warm | hot)


FIGURES: Final[tuple[Figure, ...]] = (
    _figure("offers", "Offers", "offers", "Contacts held out to an agent; one that comes back is held out again.",
            _offered, _counting(_offered), exclusions=("Who was consulted or supervised was offered nothing.",)),
    _figure("offers_connected", "Offers taken", "offers", "Offers that became a conversation.", _connected,
            _counting(_connected)),
    _figure("handled", "Handled", "contacts", "Conversations that agents have finished, wrap-up included.", _handled,
            _counting(_handled), exclusions=(_RUNNING,), with_results=True),
    _figure("handle_time_mean", "Mean handle time", "seconds",
            "Talk, hold, consultation and wrap-up of handled contacts, divided by their number.", _handled,
            lambda services, settled, sums: mean_seconds(sums, _handle_us(services), _handled(services, settled)),
            exclusions=(_RUNNING,), with_results=True),
    _figure("handle_time", "Handle time", "seconds", "Talk, hold, consultation and wrap-up of handled contacts.",
            _handled,
            lambda services, settled, sums: total_seconds(sums, _handle_us(services), _handled(services, settled)),
            exclusions=(_RUNNING,), with_results=True, is_total=True),
    _mean("talk_time_mean", "Mean talk time", "Talk of handled contacts, divided by their number.", "talk_us"),
    _mean("hold_time_mean", "Mean hold time", "Hold of handled contacts, divided by their number.", "hold_us"),
    _mean("wrap_up_time_mean", "Mean wrap-up time", "Wrap-up of handled contacts, divided by their number.",
          "wrap_up_us"),
    _total("talk_time", "Talk time", "Talk of handled contacts.", "talk_us"),
    _total("hold_time", "Hold time", "Time that customers of handled contacts were on hold.", "hold_us"),
    _total("wrap_up_time", "Wrap-up time", "Wrap-up of handled contacts.", "wrap_up_us"),
    _figure("dispositions", "Results", "contacts", "Handled contacts with a disposition.", _with_result,
            _counting(_with_result), exclusions=("Contacts that were wrapped up without one are not in it.",),
            with_results=True),
    _figure("disposition_share", "Share of results", "share",
            "Handled contacts whose disposition is one of {dispositions}, divided by those that have one.",
            _of_results("dispositions"),
            lambda services, settled, sums: share(sums,
                _of_results("dispositions")(services, settled), _with_result(services, settled)),
            {"dispositions": Parameter("", "dispositions, with commas between")}),
    _figure("warm_leads_of_hot", "Warm leads among hot ones", "share",
            "Contacts with one of the dispositions {warm}, divided by those with one of {warm} or {hot}: leads that "
            "were handed over as ready to buy and were only interested.", _of_results("warm"), _warm_of_hot,
            {"warm": Parameter("warm", "dispositions of leads that are only interested, with commas between"),
             "hot": Parameter("hot", "dispositions of leads that are ready to buy, with commas between")}),
)  # fmt: skip
