"""How a request is written and read, whatever it asks for."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class RequestTooLarge(MarkazError):
    """A request's body may have {bytes_max} bytes at most: send less."""

    code: ClassVar[str] = "request_too_large"
    bytes_max: int


@dataclass(eq=False)
class RequestInvalid(MarkazError):
    """The request is malformed: correct what `problems` names."""

    code: ClassVar[str] = "request_invalid"


@dataclass(eq=False)
class RequestUnreadable(MarkazError):
    """The request's body can't be read: {problem}."""

    code: ClassVar[str] = "request_unreadable"
    problem: str


@dataclass(eq=False)
class BodyTooSlow(MarkazError):
    """The request's body did not come within {seconds_max} seconds: send it again."""

    code: ClassVar[str] = "body_too_slow"
    seconds_max: int


@dataclass(eq=False)
class VersionNeeded(MarkazError):
    """Say from which version the entry was taken: send its ETag as If-Match, or * to change it whatever it is."""

    code: ClassVar[str] = "version_needed"


@dataclass(eq=False)
class CursorUnknown(MarkazError):
    """The cursor is not one that this list gave out: begin without one."""

    code: ClassVar[str] = "cursor_unknown"


@dataclass(eq=False)
class DigitsTooFew(MarkazError):
    """A customer is looked for by the last {digits_min} digits at least: give more of the number."""

    code: ClassVar[str] = "digits_too_few"
    digits_min: int


@dataclass(eq=False)
class ChangedMeanwhile(MarkazError):
    """It was changed meanwhile: read it again, put in what you changed, and send that with its version."""

    code: ClassVar[str] = "changed_meanwhile"


@dataclass(eq=False)
class KeyReused(MarkazError):
    """The Idempotency-Key was used for another request: use a new key for each thing that is to be done."""

    code: ClassVar[str] = "idempotency_key_reused"


@dataclass(eq=False)
class AnswerUnreadable(MarkazError):
    """It has been done, once; its answer can be read by the session that asked for it alone."""

    code: ClassVar[str] = "idempotency_answer_unreadable"


@dataclass(eq=False)
class KeyMalformed(MarkazError):
    """An Idempotency-Key has 1 to 200 printable ASCII characters, and comes once: send such a one."""

    code: ClassVar[str] = "idempotency_key_malformed"


@dataclass(eq=False)
class RangeRefused(MarkazError):
    """The recording has {size} bytes: ask for one range of bytes within them, or for all of it."""

    code: ClassVar[str] = "range_refused"
    size: int
