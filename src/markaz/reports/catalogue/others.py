"""Figures of contacts as customers live them, of agents' time, of answers to surveys, and of daily volume."""

from typing import Any, Final

import ibis

from markaz.reports.catalogue.asked import Group
from markaz.reports.catalogue.counting import SHARE_DIGITS, Sums, or_else, share, total_seconds
from markaz.reports.catalogue.figure import Figure, Parameter, Rows, Settled

DAY_US: Final = 86_400_000_000
WINDOW_DAYS_MAX: Final = 31
_OF_CONTACTS: Final[frozenset[Group]] = frozenset({"queue", "project"})
_OF_ANSWERS: Final[frozenset[Group]] = frozenset({"queue", "project", "agent"})
_DAYS: Final = Parameter(7, least=1, greatest=WINDOW_DAYS_MAX)
_OF_AGENTS: Final = ("split", "shared_agents")
_QUESTION: Final = Parameter("")


def _repeated(contacts: Rows, settled: Settled) -> Any:
    gap = contacts.arrived_us - contacts.previous_us
    return _known(contacts, settled) & (gap <= settled["days"] * DAY_US).fill_null(False)


def _known(contacts: Rows, _settled: Settled) -> Any:
    return contacts.customer.notnull()


def _answered(contacts: Rows, _settled: Settled) -> Any:
    return contacts.customer.notnull() & contacts.is_answered


def _resolved(contacts: Rows, settled: Settled) -> Any:
    again = (contacts.next_us - contacts.arrived_us <= settled["days"] * DAY_US).fill_null(False)
    return _answered(contacts, settled) & ~again


def _state(*states: str) -> Any:
    return lambda time, _settled: time.state.isin(states)


def _occupancy(time: Rows, settled: Settled, sums: Sums) -> Any:
    handling, available = (
        sums.of(ibis.ifelse(_state(name)(time, settled), time.us, 0)) for name in ("handling", "available")
    )
    return (handling / available.nullif(0)).round(SHARE_DIGITS)


def _asked(answers: Rows, settled: Settled) -> Any:
    return answers.answer.notnull() if not settled["question"] else answers.question == settled["question"]


def _content(answers: Rows, settled: Settled) -> Any:
    return _asked(answers, settled) & (answers.answer >= settled["least"])


def _correlation(days: Rows, settled: Settled, _sums: Sums) -> Any:
    paired = or_else(days.before.notnull().sum(), 0)
    correlated: Any = days.offered.corr(days.before, how="pop")
    return ibis.ifelse(paired >= settled["days_min"], correlated.round(6), None)


FIGURES: Final[tuple[Figure, ...]] = (
    Figure(
        name="repeat_contacts", unit="contacts", groups=_OF_CONTACTS, facts="contacts",
        exclusions=("withheld",), parameters={"days": _DAYS}, counted=_repeated,
        value=lambda contacts, settled, sums: sums.of(_repeated(contacts, settled)),
    ),
    Figure(
        name="repeat_share", unit="share", groups=_OF_CONTACTS, facts="contacts",
        exclusions=("withheld",), parameters={"days": _DAYS}, counted=_repeated,
        value=lambda contacts, settled, sums: share(sums, _repeated(contacts, settled), _known(contacts, settled)),
    ),
    Figure(
        name="first_contact_resolution", unit="share", groups=_OF_CONTACTS,
        facts="resolutions",
        exclusions=(
            "withheld",
            "window_over",
            "other_matter",
        ),
        parameters={"days": _DAYS}, counted=_resolved,
        value=lambda contacts, settled, sums: share(sums, _resolved(contacts, settled), _answered(contacts, settled)),
        source="SQM Group; Feinberg et al. 2000, Int. J. Service Industry Management 11(2)",
    ),
    Figure(
        name="occupancy", unit="share", groups=frozenset({"agent"}), facts="agent_time",
        exclusions=("not_ready", *_OF_AGENTS),
        counted=_state("handling"), value=_occupancy,
    ),
    Figure(
        name="signed_in_time", unit="seconds", groups=frozenset({"agent"}), facts="agent_time", exclusions=_OF_AGENTS,
        counted=_state("ready", "not_ready"), is_total=True,
        value=lambda time, settled, sums: total_seconds(sums, time.us, _state("ready", "not_ready")(time, settled)),
    ),
    Figure(
        name="feedback_answers", unit="answers", groups=_OF_ANSWERS, facts="feedback",
        parameters={"question": _QUESTION}, counted=_asked,
        value=lambda answers, settled, sums: sums.of(_asked(answers, settled)),
    ),
    Figure(
        name="feedback_mean", unit="score", groups=_OF_ANSWERS, facts="feedback",
        exclusions=("silent",), parameters={"question": _QUESTION}, counted=_asked,
        value=lambda answers, settled, sums: (
            sums.of(ibis.ifelse(_asked(answers, settled), answers.answer, 0))
            / sums.of(_asked(answers, settled)).nullif(0)
        ).round(6),
    ),
    Figure(
        name="feedback_share", unit="share", groups=_OF_ANSWERS, facts="feedback",
        exclusions=("silent",),
        parameters={"question": _QUESTION, "least": Parameter(4, least=1, greatest=9)},
        counted=_content,
        value=lambda answers, settled, sums: share(sums, _content(answers, settled), _asked(answers, settled)),
    ),
    Figure(
        name="volume_correlation", unit="correlation", groups=_OF_CONTACTS,
        facts="days", per_interval=False, is_summed=False,
        parameters={"days_min": Parameter(14, least=2, greatest=3_650)},
        counted=lambda stays, _settled: stays.contact.notnull(), value=_correlation,
    ),
)  # fmt: skip
