"""How loud each side of a recording is from moment to moment, for a picture of it."""

import struct
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from markaz.telephony.recordings import WAV_HEADER_BYTES

COUNT_MAX: Final = 2_000
KEPT_MAX: Final = 256
"""Recordings whose peaks stay in memory: each has a few kilobytes of them, and is not read again."""
DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Peaks:
    """`sides`: for each channel the largest amplitude (0 to 1) in each of as many equal parts of `seconds`."""

    seconds: float
    sides: tuple[tuple[float, ...], ...]


def peaks(path: Path, count: int) -> Peaks:
    """Of the WAV file (16 bits, as recordings are kept) in at most `count` parts. Raises `OSError`."""
    assert 0 < count <= COUNT_MAX
    facts = path.stat()
    return _peaks(path, count, facts.st_mtime_ns, facts.st_size)


@lru_cache(KEPT_MAX)
def _peaks(path: Path, count: int, _modified_ns: int, size: int) -> Peaks:
    with path.open("rb") as file:
        header = file.read(WAV_HEADER_BYTES)
    if size <= WAV_HEADER_BYTES or len(header) < WAV_HEADER_BYTES:
        return Peaks(0.0, ((),))
    channels, rate = struct.unpack_from("<HI", header, 22)
    frames = (size - WAV_HEADER_BYTES) // (2 * channels)
    if frames == 0:
        return Peaks(0.0, ((),))
    samples = np.memmap(path, dtype="<i2", mode="r", offset=WAV_HEADER_BYTES, shape=(frames, channels))
    edges = np.linspace(0, frames, min(count, frames) + 1).astype(int)
    # Part by part, so that hours of sound are never in memory at once.
    found = np.array([
        np.maximum(part.max(axis=0).astype(int), -part.min(axis=0).astype(int))
        for part in (samples[begin:end] for begin, end in pairwise(edges))
    ])  # fmt: skip
    sides = tuple(tuple(round(float(one) / 32_768, DIGITS) for one in side) for side in found.T)
    return Peaks(frames / rate, sides)
