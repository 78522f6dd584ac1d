"""A request between a centre and its client, from being asked until it is done. Pure.

One side asks, the other owes the answer, and there is always one of the two whose turn it is until the request is
done: whoever owes until it is answered, then whoever asked, who accepts the answer or opens the request again. What is
told to both is the same: when it was asked, and since when it has been whose turn. A promise says by when the answer
comes; an answer that is not there when the agreed time, or the promise, has passed is escalated, which nothing but an
answer takes away.

`TRANSITIONS` is the table of all moves. `moved` makes one and gives the request as it is then; whoever calls it appends
the move to the log, with what was said.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

import msgspec

from markaz.requests.errors import MoveNotPossible, NotYourTurn, PromiseNotPossible

Side = Literal["centre", "client"]
Kind = Literal["question", "change", "complaint", "data", "other"]
State = Literal["asked", "promised", "escalated", "answered", "accepted", "withdrawn"]
Move = Literal["answer", "promise", "escalate", "accept", "reopen", "withdraw", "take", "say", "note"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOVES: Final[tuple[Move, ...]] = get_args(Move)
RESPONSE_HOURS: Final = 24
"""Elapsed hours within which a request is answered where nothing else was agreed: a promise of a day, nights, weekends
and holidays included, so that both sides count the same without a calendar."""
RESPONSE_HOURS_MAX: Final = 30 * 24
PROMISE_DAYS_MAX: Final = 90
"""A promise for a later day is none."""

TRANSITIONS: Final[Mapping[State, Mapping[str, State]]] = {
    "asked": {
        "answer": "answered",
        "promise": "promised",
        "escalate": "escalated",
        "withdraw": "withdrawn",
        "take": "asked",
        "say": "asked",
        "note": "asked",
    },
    "promised": {
        "answer": "answered",
        "promise": "promised",
        "escalate": "escalated",
        "withdraw": "withdrawn",
        "take": "promised",
        "say": "promised",
        "note": "promised",
    },
    "escalated": {
        "answer": "answered",
        "promise": "escalated",
        "withdraw": "withdrawn",
        "take": "escalated",
        "say": "escalated",
        "note": "escalated",
    },
    "answered": {
        "accept": "accepted",
        "reopen": "asked",
        "withdraw": "withdrawn",
        "take": "answered",
        "say": "answered",
        "note": "answered",
    },
    "accepted": {},
    "withdrawn": {},
}
OF_WHO_OWES: Final[frozenset[Move]] = frozenset({"answer", "promise"})
OF_WHO_ASKED: Final[frozenset[Move]] = frozenset({"accept", "reopen", "withdraw"})
OF_THE_CENTRE: Final[frozenset[Move]] = frozenset({"take"})
"""All other moves are anybody's; time itself makes `escalate` alone."""
OPEN: Final[tuple[State, ...]] = tuple(state for state, moves in TRANSITIONS.items() if moves)
OWED: Final[tuple[State, ...]] = tuple(state for state in OPEN if "answer" in TRANSITIONS[state])
"""In which an answer is owed."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it stands.

    `turn_since`: since when it is the turn of whoever has it. `due_at`: when an answer that is still owed is escalated.
    `response_hours` is what was agreed when it was asked. `owner`: who of the centre sees to it.
    """

    id: str
    client: str
    project: str | None
    asked_by: Side
    kind: Kind
    state: State
    asked_at: datetime
    turn_since: datetime
    response_hours: int
    due_at: datetime
    ended_at: datetime | None = None
    owner: str | None = None
    owner_name: str | None = None


class Author(msgspec.Struct, frozen=True):
    """Who does something, and for which side."""

    side: Side
    id: str
    name: str


def other(side: Side) -> Side:
    return "client" if side == "centre" else "centre"


def turn(request: Request) -> Side | None:
    """Whose turn it is; None when the request is done."""
    if request.state in OWED:
        return other(request.asked_by)
    return request.asked_by if request.state in OPEN else None


def asked(
    *, id: str, client: str, project: str | None, by: Side, kind: Kind, at: datetime, response_hours: int
) -> Request:
    """A new request, whose answer is owed by the other side from now on."""
    return Request(
        id=id, client=client, project=project, asked_by=by, kind=kind, state="asked", asked_at=at, turn_since=at,
        response_hours=response_hours, due_at=at + timedelta(hours=response_hours),
    )  # fmt: skip


def owned(request: Request, by: Author, *, anew: bool = False) -> Request:
    """Whoever of the centre deals with a request first owns it, or who takes it `anew`; a client's people never do."""
    if by.side != "centre" or (request.owner is not None and not anew):
        return request
    return msgspec.structs.replace(request, owner=by.id, owner_name=by.name)


def moves_of(request: Request, by: Side) -> tuple[Move, ...]:
    """The moves that a side may make now."""
    return tuple(move for move in MOVES if move in TRANSITIONS[request.state] and _may(request, move, by))


def moved(request: Request, move: Move, *, by: Side, at: datetime, until: datetime | None = None) -> Request:
    """`request` after a move at `at`; `until` is the moment of a promise.

    Raises `MoveNotPossible` when the state does not know the move, `NotYourTurn` when it is the other side's to make,
    and `PromiseNotPossible` for a promise without a moment in the `PROMISE_DAYS_MAX` days to come.
    """
    after = TRANSITIONS[request.state].get(move)
    if after is None:
        raise MoveNotPossible(move, request.state)
    if not _may(request, move, by):
        raise NotYourTurn(move, by)
    if move == "promise":
        if until is None or not at < until <= at + timedelta(days=PROMISE_DAYS_MAX):
            raise PromiseNotPossible(PROMISE_DAYS_MAX)
        return msgspec.structs.replace(request, state=after, due_at=until)
    return _in_state(request, after, at)


def escalated_by_time(request: Request, at: datetime) -> Request | None:
    """The request, escalated because its time has passed at `at`; None when it is not to be, or is so already."""
    after = TRANSITIONS[request.state].get("escalate")
    return None if after is None or request.due_at > at else _in_state(request, after, at)


def _may(request: Request, move: Move, by: Side) -> bool:
    if move in OF_WHO_OWES:
        return by != request.asked_by
    if move in OF_WHO_ASKED:
        return by == request.asked_by
    return move not in OF_THE_CENTRE or by == "centre"


def _in_state(request: Request, state: State, at: datetime) -> Request:
    """A turn begins anew when it becomes the other side's, and never otherwise."""
    after = msgspec.structs.replace(request, state=state)
    if turn(after) is None:
        return msgspec.structs.replace(after, ended_at=at)
    if turn(after) == turn(request):
        return after
    due_at = at + timedelta(hours=request.response_hours) if state == "asked" else request.due_at
    return msgspec.structs.replace(after, turn_since=at, due_at=due_at)
