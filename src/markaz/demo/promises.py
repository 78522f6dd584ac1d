"""What each fault did to the calls in progress, told by the customers' own telephones and by the floor's account."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from markaz.demo.faults import Blow, FaultKind
from markaz.demo.harness import CallerLog

if TYPE_CHECKING:
    from markaz.demo.figures import ContactSeen

FLOOR_BACK_SECONDS_MAX = 3.0
CAUSES_NORMAL = (None, 0, 16)
"""Q.850 causes of a call that somebody ended; an unknown one is said by no cause at all."""
END = datetime.max.replace(tzinfo=UTC)


class Fault(msgspec.Struct, kw_only=True):
    """One part killed with SIGKILL.

    `calls_in_progress` are answered calls of customers at that moment, `cut` those of them that ended by it,
    `lost_to_fault` contacts so accounted until the next fault, `called_back` those of them whose customer's telephone
    rang afterwards (or who called again before that).
    """

    part: FaultKind
    killed_at: datetime
    back_seconds: float | None
    calls_in_progress: int
    cut: int
    lost_to_fault: int
    called_back: int
    rows_missing: int = 0
    """Rows of the journal that are not there, or not in the read models, when everything is over."""

    @property
    def broken(self) -> list[str]:
        """The promises that this fault broke, a sentence each."""
        return list(self._broken())

    def _broken(self) -> Iterator[str]:
        fault = f"the {self.part} fault"
        if self.back_seconds is None:
            yield f"after {fault} the {self.part} did not come back"
        elif self.part == "floor" and self.back_seconds >= FLOOR_BACK_SECONDS_MAX:
            yield f"after {fault} the floor was away for {self.back_seconds:.1f} s"
        if self.part != "asterisk" and self.cut:
            yield f"{fault} cut {self.cut} calls"
        if self.part == "asterisk" and self.lost_to_fault < self.cut:
            yield f"{self.cut - self.lost_to_fault} calls that {fault} cut are not accounted as lost to it"
        if self.called_back < self.lost_to_fault:
            yield f"{self.lost_to_fault - self.called_back} customers were not called back after {fault}"
        if self.rows_missing:
            yield f"{self.rows_missing} rows of the journal are missing after {fault}"


def account(
    blows: Sequence[Blow], logs: Sequence[CallerLog], contacts: "Sequence[ContactSeen]", *, rows_missing: int
) -> list[Fault]:
    """What became of each blow."""
    ends = [*(blow.killed_at for blow in blows), END][1:]
    return [
        _fault(blow, until, logs, contacts, rows_missing=rows_missing) for blow, until in zip(blows, ends, strict=True)
    ]


def _fault(
    blow: Blow, until: datetime, logs: Sequence[CallerLog], contacts: "Sequence[ContactSeen]", *, rows_missing: int
) -> Fault:
    at = blow.killed_at
    in_progress = [log for log in logs if log.answered_at is not None and log.answered_at <= at < (log.ended_at or END)]
    lost = [
        contact
        for contact in contacts
        if contact.outcome == "lost_to_fault" and contact.closed_at is not None and at <= contact.closed_at < until
    ]
    was_lost = {_digits(contact.customer) for contact in lost}
    rang = {_digits(log.customer) for log in logs if log.placed_at > at}
    open_then = {
        _digits(contact.customer)
        for contact in contacts
        if contact.arrived_at is not None and contact.arrived_at <= at < (contact.closed_at or END)
    }
    cut = 0
    for log in in_progress:
        customer = _digits(log.customer)
        if blow.part == "asterisk":
            # The floor had let go of who is not open any more; who is called back without being lost was promised it.
            cut += customer in open_then and (customer in was_lost or customer not in rang)
        else:
            cut += customer in was_lost or log.cause not in CAUSES_NORMAL
    return Fault(
        part=blow.part, killed_at=at, back_seconds=blow.back_seconds, calls_in_progress=len(in_progress), cut=cut,
        lost_to_fault=len(lost), called_back=sum(_digits(contact.customer) in rang for contact in lost),
        rows_missing=rows_missing if blow.part == "database" else 0,
    )  # fmt: skip


def never_reached_us(blows: Sequence[Blow], logs: Sequence[CallerLog]) -> list[str]:
    """Customers who gave up while there was no Asterisk to answer them: no contact is to be expected of them."""
    away = [(blow.killed_at, blow.back_seconds or 0.0) for blow in blows if blow.part == "asterisk"]
    return [
        log.customer
        for log in logs
        if log.direction == "placed" and log.answered_at is None
        for killed_at, back_seconds in away
        if (log.placed_at - killed_at).total_seconds() <= back_seconds and (log.ended_at or END) >= killed_at
    ]


def _digits(number: str) -> str:
    return number.lstrip("+")
