"""A row of the journal, and its exact bytes."""

import msgspec

from markaz.kit.time import Instant
from markaz.runtime.core import Core, Output, Stimulus

_encode = msgspec.json.Encoder().encode
_decode_stimulus = msgspec.json.Decoder(Stimulus).decode
_decode_outputs = msgspec.json.Decoder(list[Output]).decode


class Row(msgspec.Struct, frozen=True):
    """One stimulus and everything that the floor answered; `stimulus` and `outputs` are JSON."""

    number: int
    at: Instant
    stimulus: bytes
    outputs: bytes
    inbox: int | None = None
    """The inbox message that carried the stimulus; it is deleted with the same commit."""


def handled(core: Core, number: int, at: Instant, stimulus: Stimulus, inbox: int | None) -> tuple[Row, list[Output]]:
    """Let the core handle a stimulus; the row to journal and the outputs to perform after that."""
    outputs = core.handle(at, stimulus)
    return Row(number, at, _encode(stimulus), _encode(outputs), inbox), outputs


def stimulus_of(row: Row) -> Stimulus:
    """Raises `msgspec.ValidationError` when the row was not written by a floor."""
    return _decode_stimulus(row.stimulus)


def outputs_of(row: Row) -> list[Output]:
    return _decode_outputs(row.outputs)


def again(core: Core, row: Row) -> bool:
    """Handle a journalled stimulus again, acting on nothing; whether the answer is the same to the byte."""
    return _encode(core.handle(row.at, stimulus_of(row))) == row.outputs


class Said(msgspec.Struct, frozen=True):
    """A row of the journal, decoded."""

    number: int
    at: Instant
    stimulus: Stimulus
    outputs: list[Output]


def said(row: Row) -> Said:
    return Said(row.number, row.at, stimulus_of(row), outputs_of(row))
