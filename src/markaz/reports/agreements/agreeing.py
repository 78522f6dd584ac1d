"""How a version of a report becomes valid: one side proposes its terms, the other signs them. Pure."""

from collections.abc import Mapping
from typing import Final, Literal

from markaz.reports.errors import MoveRefused, TermsChanged

Side = Literal["centre", "client"]
State = Literal["proposed", "agreed", "declined", "withdrawn", "superseded", "ended"]
Move = Literal["agree", "decline", "withdraw", "end"]

TRANSITIONS: Final[Mapping[State, Mapping[str, State]]] = {
    "proposed": {"agree": "agreed", "decline": "declined", "withdraw": "withdrawn"},
    "agreed": {"supersede": "superseded", "end": "ended"},
    "declined": {},
    "withdrawn": {},
    "superseded": {},
    "ended": {},
}
"""A report is delivered while one of its versions is agreed; the agreement of the next one supersedes it."""

_WHO: Final[Mapping[Move, str]] = {
    "agree": "the side that did not propose it",
    "decline": "the side that did not propose it",
    "withdraw": "the side that proposed it",
    "end": "either side",
}


def moves_of(state: State, *, proposed_by: Side, side: Side) -> tuple[Move, ...]:
    """What `side` may do with a version now."""
    mine = proposed_by == side
    may: dict[Move, bool] = {"agree": not mine, "decline": not mine, "withdraw": mine, "end": True}
    return tuple(move for move in may if may[move] and move in TRANSITIONS[state])


def moved(state: State, move: Move, *, proposed_by: Side, side: Side, signed: str, terms: str) -> State:
    """The state after `side` has made `move`; `signed` is the fingerprint that it saw, `terms` that of the version.

    Raises `MoveRefused`, and `TermsChanged` for a signature under other terms.
    """
    if move not in moves_of(state, proposed_by=proposed_by, side=side):
        raise MoveRefused(move, state, _WHO[move])
    if move == "agree" and signed != terms:
        raise TermsChanged
    return TRANSITIONS[state][move]
