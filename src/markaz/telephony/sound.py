"""Sound as numbers: WAV in and out, telephone quality (8 kHz u-law, ITU-T G.711), levels, tones and calm music."""

import io
import wave
from dataclasses import dataclass
from math import gcd
from typing import Final

import numpy as np
import numpy.typing as npt

from markaz.kit.errors import MarkazError

TELEPHONE_RATE: Final = 8_000
UPLOAD_SECONDS_MAX: Final = 300
SILENCE_DBFS: Final = -120.0

Samples = npt.NDArray[np.int16]


@dataclass(eq=False)
class SoundUnreadable(MarkazError):
    """The file is not a usable WAV file: {why}. Upload 16-bit PCM, mono or stereo, of at most 300 seconds."""

    code = "sound_unreadable"
    why: str


def read_wav(data: bytes) -> tuple[Samples, int]:
    """Mono samples and rate (Hz) of a WAV file; stereo is mixed. Raises `SoundUnreadable`."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            width, channels, rate, frames = (
                file.getsampwidth(),
                file.getnchannels(),
                file.getframerate(),
                file.getnframes(),
            )
            if width != 2:
                raise SoundUnreadable(f"it has {8 * width}-bit samples")
            if channels not in (1, 2):
                raise SoundUnreadable(f"it has {channels} channels")
            if not 4_000 <= rate <= 192_000:
                raise SoundUnreadable(f"its rate is {rate} Hz")
            raw = file.readframes(min(frames, rate * (UPLOAD_SECONDS_MAX + 1)))  # a streamed header may claim 2^31
    except (wave.Error, EOFError, RuntimeError) as error:  # the last where a chunk claims to be longer than the file
        raise SoundUnreadable(str(error) or "it ends too early") from error
    samples = np.frombuffer(raw[: len(raw) // (2 * channels) * 2 * channels], dtype="<i2")
    if samples.size == 0:
        raise SoundUnreadable("it is empty")
    if samples.size > rate * UPLOAD_SECONDS_MAX * channels:
        raise SoundUnreadable("it is too long")
    mono = samples.reshape(-1, channels).mean(axis=1) if channels == 2 else samples
    return mono.astype(np.int16), rate


def write_wav(samples: Samples, rate: int) -> bytes:
    """A WAV file of `samples`, shape (frames,) or (frames, channels)."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return buffer.getvalue()


def telephone_wav(data: bytes) -> bytes:
    """A WAV file in telephone quality (8 kHz, mono) of an uploaded one. Raises `SoundUnreadable`."""
    samples, rate = read_wav(data)
    return write_wav(resample(samples, rate), TELEPHONE_RATE)


def resample(samples: Samples, rate: int, wanted: int = TELEPHONE_RATE) -> Samples:
    """`samples` at another rate, by a polyphase filter."""
    if rate == wanted:
        return samples
    from scipy import signal  # slow to load, and only who makes prompts needs it

    divisor = gcd(rate, wanted)
    moved = signal.resample_poly(samples.astype(np.float64), wanted // divisor, rate // divisor)
    return _as_samples(moved)


def to_ulaw(samples: Samples) -> bytes:
    """G.711 u-law, one byte per sample."""
    wide = samples.astype(np.int32)
    magnitude = np.minimum(np.abs(wide), 32_635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(wide < 0, 0x80, 0)
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()


def level_dbfs(samples: Samples) -> float:
    """Root-mean-square level against full scale, in dB; `SILENCE_DBFS` for digital silence."""
    if samples.size == 0:
        return SILENCE_DBFS
    power = float(np.mean(np.square(samples.astype(np.float64))))
    return max(SILENCE_DBFS, 10 * float(np.log10(power / 32_768**2))) if power > 0 else SILENCE_DBFS


def hold_music(seconds: int = 16) -> Samples:
    """A quiet, slow loop of chords at 8 kHz that ends as it begins."""
    chords = ((220.00, 277.18, 329.63), (196.00, 246.94, 293.66), (174.61, 220.00, 261.63), (196.00, 246.94, 329.63))
    length = seconds * TELEPHONE_RATE // len(chords)
    at = np.arange(length) / TELEPHONE_RATE
    swell = np.sin(np.pi * np.arange(length) / length) ** 0.5
    parts = [sum(np.sin(2 * np.pi * tone * at) for tone in chord) * swell for chord in chords]
    return _as_samples(np.concatenate(parts) * 1_200)


def beep() -> Samples:
    """The tone after which a message is spoken, at 8 kHz."""
    at = np.arange(TELEPHONE_RATE * 3 // 10) / TELEPHONE_RATE
    return _as_samples(np.sin(2 * np.pi * 1_000 * at) * np.sin(np.pi * at / at[-1]) * 6_000)


def _as_samples(values: npt.NDArray[np.float64]) -> Samples:
    return np.clip(np.rint(values), -32_768, 32_767).astype(np.int16)
