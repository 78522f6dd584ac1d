"""What is heard in a recording, and at the far ends."""

import asyncio
from pathlib import Path

import numpy as np

from markaz.telephony import sound
from tests.telephony.peer import Call

TONES = (440, 660, 880, 1_100, 1_430)
"""The tones (Hz) by which far ends are told apart."""
SPAN = 4_000
"""Samples at 8 kHz that are listened to."""
FRAME = 160
"""Samples of 20 ms at 8 kHz."""
SILENT = 50
"""No louder than that, of 32,768, is silence."""


def stereo(path: Path) -> np.ndarray:
    """Raw interleaved 16-bit samples at 8 kHz, shape (frames, 2)."""
    samples = np.fromfile(path, dtype="<i2")
    return samples[: len(samples) // 2 * 2].reshape(-1, 2)


async def heard(path: Path, *, seconds_min: float) -> np.ndarray:
    """The raw recording at `path` once Asterisk, which closes it a moment after the call, has written that much."""
    async with asyncio.timeout(10):
        while not path.exists() or seconds(stereo(path)) < seconds_min:
            await asyncio.sleep(0.02)
    return stereo(path)


def tone(samples: np.ndarray) -> float:
    """The strongest frequency (Hz) of one channel at 8 kHz; 0 when it is silent."""
    values = samples.astype(float)
    if len(values) < 800 or np.sqrt(np.mean(values**2)) < 50:
        return 0.0
    spectrum = np.abs(np.fft.rfft(values))
    return float(np.fft.rfftfreq(len(values), 1 / 8_000)[spectrum.argmax()])


def longest_silence(sides: np.ndarray) -> tuple[int, int]:
    """Where nobody is heard for longest, in samples: where it begins and ends, to 20 ms."""
    frames = sides[: len(sides) // FRAME * FRAME].reshape(-1, FRAME * 2)
    is_silent = np.concatenate(([False], np.abs(frames.astype(int)).max(axis=1) < SILENT, [False]))
    begins, ends = np.flatnonzero(np.diff(is_silent.astype(int))).reshape(-1, 2).T * FRAME
    longest = (ends - begins).argmax()
    return int(begins[longest]), int(ends[longest])


def seconds(samples: np.ndarray) -> float:
    return len(samples) / 8_000


def tone_prompt(folder: Path, name: str, hz: float, seconds: float) -> dict[str, Path]:
    """A prompt that is a plain tone."""
    at = np.arange(int(seconds * sound.TELEPHONE_RATE)) / sound.TELEPHONE_RATE
    path = folder / f"{name}.ulaw"
    path.write_bytes(sound.to_ulaw((np.sin(2 * np.pi * hz * at) * 8_000).astype(np.int16)))
    return {name: path}


class Ears:
    """What is heard at the far ends, now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Path] = {}

    async def listen(self, **calls: Call) -> None:
        for name, call in calls.items():
            self._files[name] = self._folder / f"{name}.raw"
            await call.monitor(self._files[name])

    async def tones(self, name: str) -> set[int]:
        """Which of the known tones the far end `name` hears in the half second that begins now."""
        began = self._frames(name)
        async with asyncio.timeout(10):
            while self._frames(name) < began + SPAN:
                await asyncio.sleep(0.02)
        samples = stereo(self._files[name])[began : began + SPAN, 0]
        return tones(samples)

    async def until(self, name: str, expected: set[int]) -> None:
        """Wait until that far end hears exactly these tones (and music, if none)."""
        found: set[int] = set()
        for _ in range(20):  # half a second each
            if (found := await self.tones(name)) == expected:
                return
        raise AssertionError(f"{name} hears {found}, not {expected}")

    def _frames(self, name: str) -> int:
        path = self._files[name]
        return len(stereo(path)) if path.exists() else 0


def tones(samples: np.ndarray) -> set[int]:
    """The known tones that stand out of everything else in one channel at 8 kHz."""
    values = samples.astype(float) * np.hanning(len(samples))
    spectrum = np.abs(np.fft.rfft(values))
    frequencies = np.fft.rfftfreq(len(values), 1 / 8_000)
    found = set()
    for hz in TONES:
        peak = spectrum[np.abs(frequencies - hz) < 6].max()
        around = spectrum[(np.abs(frequencies - hz) > 20) & (np.abs(frequencies - hz) < 90)]
        if peak > 20 * np.median(around) and peak > 20_000:
            found.add(hz)
    return found
