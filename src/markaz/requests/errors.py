"""What a request between centre and client can be refused for."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class MoveNotPossible(MarkazError):
    """A request that is {state} knows no "{move}": look at its log, the other side may have been quicker."""

    code: ClassVar[str] = "request_move_not_possible"
    move: str
    state: str


@dataclass(eq=False)
class NotYourTurn(MarkazError):
    """To {move} is for the other side: you are the {by}."""

    code: ClassVar[str] = "request_not_your_turn"
    move: str
    by: str


@dataclass(eq=False)
class PromiseNotPossible(MarkazError):
    """A promise needs a moment within the next {days_max} days: say by when the answer comes."""

    code: ClassVar[str] = "request_promise_not_possible"
    days_max: int


@dataclass(eq=False)
class RequestUnknown(MarkazError):
    """There is no request "{request}", or it is not yours to see."""

    code: ClassVar[str] = "request_unknown"
    request: str


@dataclass(eq=False)
class TooManyRequests(MarkazError):
    """{open_max} requests are open with this client already: accept or withdraw some first."""

    code: ClassVar[str] = "too_many_requests"
    open_max: int


@dataclass(eq=False)
class LogFull(MarkazError):
    """The request's log has {entries_max} entries and takes no more words: answer it, or ask anew."""

    code: ClassVar[str] = "request_log_full"
    entries_max: int
