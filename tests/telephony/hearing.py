"""What is heard in a recording."""

import asyncio
from pathlib import Path

import numpy as np

from markaz.telephony import sound


def stereo(path: Path) -> np.ndarray:
    """Raw interleaved 16-bit samples at 8 kHz, shape (frames, 2)."""
    samples = np.fromfile(path, dtype="<i2")
    return samples[: len(samples) // 2 * 2].reshape(-1, 2)


async def heard(path: Path, *, seconds_min: float) -> np.ndarray:
    """The raw recording at `path` once Asterisk, which closes it a moment after the call, has written that much."""
    async with asyncio.timeout(5):
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


def seconds(samples: np.ndarray) -> float:
    return len(samples) / 8_000


def tone_prompt(folder: Path, name: str, hz: float, seconds: float) -> dict[str, Path]:
    """A prompt that is a plain tone."""
    at = np.arange(int(seconds * sound.TELEPHONE_RATE)) / sound.TELEPHONE_RATE
    path = folder / f"{name}.ulaw"
    path.write_bytes(sound.to_ulaw((np.sin(2 * np.pi * hz * at) * 8_000).astype(np.int16)))
    return {name: path}
