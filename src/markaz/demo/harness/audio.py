"""Voices of the outside world: one audible pitch per person, so that a recording shows who was really in it.

A voice is a tone whose loudness rises and falls like syllables, as headerless G.711 u-law (ITU-T G.711), 8,000 samples
a second: Asterisk sends it without transcoding. Its length is a whole number of cycles, so it loops without a click.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SAMPLES_PER_SECOND = 8_000
VOICE_SECONDS = 8
SYLLABLES_PER_SECOND = 4
LOUDNESS = 0.35

CUSTOMER_TONES_HZ = tuple(range(420, 1860, 60))
AGENT_TONES_HZ = tuple(range(1900, 3340, 60))

_BIAS = 0x84
_CLIP = 32_635


def voice(tone_hz: int, *, seconds: int = VOICE_SECONDS) -> NDArray[np.int16]:
    """`seconds` of the voice at `tone_hz`, linear 16-bit samples."""
    at = np.arange(seconds * SAMPLES_PER_SECOND) / SAMPLES_PER_SECOND
    syllables = 0.55 - 0.45 * np.cos(2 * np.pi * SYLLABLES_PER_SECOND * at)
    return (32_767 * LOUDNESS * syllables * np.sin(2 * np.pi * tone_hz * at)).astype(np.int16)


def to_ulaw(samples: NDArray[np.int16]) -> bytes:
    """G.711 u-law of linear 16-bit samples."""
    wide = samples.astype(np.int32)
    sign = np.where(wide < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(wide), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()


def from_ulaw(data: bytes) -> NDArray[np.int16]:
    """Linear 16-bit samples of G.711 u-law."""
    code = ~np.frombuffer(data, dtype=np.uint8) & 0xFF
    magnitude = (((code & 0x0F).astype(np.int32) << 3) + _BIAS << ((code >> 4) & 7)) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def tone_strengths(samples: NDArray[np.int16], tones_hz: Sequence[int]) -> dict[int, float]:
    """The share of the signal's energy (0 to 1) that lies within 10 Hz of each tone; all 0 for silence or nothing."""
    power = np.abs(np.fft.rfft(samples.astype(np.float64))) ** 2
    total = float(power[1:].sum()) if len(power) > 1 else 0.0
    if total == 0.0:
        return dict.fromkeys(tones_hz, 0.0)
    pitch = np.fft.rfftfreq(len(samples), 1 / SAMPLES_PER_SECOND)
    return {tone: float(power[np.abs(pitch - tone) <= 10].sum()) / total for tone in tones_hz}


def voice_name(tone_hz: int) -> str:
    """The name of the music class that plays the voice at `tone_hz`."""
    return f"voice{tone_hz}"


def write_voices(folder: Path, tones_hz: Sequence[int]) -> None:
    """Write each voice into a folder of its own under `folder`, as a music class wants it."""
    for tone in tones_hz:
        place = folder / voice_name(tone)
        place.mkdir(parents=True, exist_ok=True)
        (place / "voice.ulaw").write_bytes(to_ulaw(voice(tone)))
