"""What a line of a queue_log means, in plain words, for the story of a contact."""

import msgspec

from markaz.imports.lines import Line
from markaz.kit.time import Instant

_FIELDS_MAX = 5
"""An event's fields that words may speak of."""

_TEXTS = {
    "ENTERQUEUE": "the customer {1} entered queue {queue}",
    "DID": "the number dialled was {0}",
    "RINGNOANSWER": "agent {agent} did not answer",
    "RINGCANCELED": "agent {agent}'s phone rang until the customer left",
    "AGENTDUMP": "agent {agent} hung up before being connected",
    "CONNECT": "agent {agent} answered after {0} s of waiting",
    "COMPLETEAGENT": "agent {agent} ended the conversation of {1} s",
    "COMPLETECALLER": "the customer ended the conversation of {1} s",
    "BLINDTRANSFER": "agent {agent} transferred the customer to {0}",
    "TRANSFER": "agent {agent} transferred the customer to {0}",
    "ATTENDEDTRANSFER": "agent {agent} transferred the customer after a consultation",
    "ABANDON": "the customer gave up in queue {queue} after {2} s",
    "EXITWITHTIMEOUT": "queue {queue} gave up after {2} s",
    "EXITEMPTY": "queue {queue} sent the customer on after {2} s, because it had no agents",
    "EXITWITHKEY": "the customer left queue {queue} with key {0}",
    "WITHDRAW": "the customer was taken out of queue {queue}",
    "SYSCOMPAT": "the customer and agent {agent} had no codec in common",
}


class Told(msgspec.Struct, frozen=True):
    """A line of the log: when, the number of its file and its own, in plain words, and as it stands there."""

    at: Instant
    file: int
    line: int
    words: str
    text: str


def entry(place: str, line: Line) -> str:
    """How a contact's record keeps a line that stands at `place`: the number of its file, a space, its own."""
    return f"{place} {line.at} {line.text}"


def told(record: str) -> list[Told]:
    """The lines of a contact's record."""
    return [_told(*one.split(" ", 3)) for one in record.split("\n")]


def _told(file: str, number: str, at: str, text: str) -> Told:
    shown = text if text.isprintable() else text.encode("unicode_escape").decode()
    _, _, queue, agent, event, *data = shown.split("|")
    if event in _TEXTS:
        given = [*(one or "?" for one in data), *["?"] * _FIELDS_MAX]
        words = _TEXTS[event].format(*given, queue=queue, agent=agent)
    else:
        words = " ".join([event, *data]).rstrip()
    return Told(int(at), int(file), int(number), words, shown)
