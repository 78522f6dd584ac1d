"""Whether a file can be played to customers: what telephony would refuse is refused before it is applied.

Telephony reads the whole sound when it makes the prompt; the limits are the same, and a test holds them together.
"""

import wave
from pathlib import Path

SECONDS_MAX = 300
RATES = range(4_000, 192_001)
BLOCK_FRAMES = 1 << 16

_ADVICE = f"use a 16-bit PCM WAV file, mono or stereo, of at most {SECONDS_MAX} seconds"


def why_unusable(file: Path) -> str | None:
    """What is wrong with the sound in `file`; None when it can be played."""
    try:
        if not file.is_file():
            return f'there is no file "{file}"'
        with file.open("rb") as source, wave.open(source) as sound:
            why = _why_refused(sound)
    except (wave.Error, EOFError, RuntimeError) as error:  # the last where a chunk claims to be longer than the file
        why = str(error) or "it ends too early"
    except OSError as error:
        return f'"{file}" cannot be read: {error.strerror}'
    return None if why is None else f'"{file}" cannot be played ({why}): {_ADVICE}'


def _why_refused(sound: wave.Wave_read) -> str | None:
    if sound.getsampwidth() != 2:
        return f"it has {8 * sound.getsampwidth()}-bit samples"
    if sound.getnchannels() not in (1, 2):
        return f"it has {sound.getnchannels()} channels"
    rate = sound.getframerate()
    if rate not in RATES:
        return f"its rate is {rate} Hz"
    size = frames = 0
    while frames <= SECONDS_MAX * rate and (block := sound.readframes(BLOCK_FRAMES)):  # a header may claim anything
        size += len(block)
        frames = size // (2 * sound.getnchannels())
    if frames == 0:
        return "it is empty"
    return "it is too long" if frames > SECONDS_MAX * rate else None
