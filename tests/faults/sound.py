"""Files of sound: as long as what was said, and empty."""

from pathlib import Path

RAW_BYTES_PER_SECOND = 32_000
"""MixMonitor's, both directions."""
MESSAGE_BYTES_PER_SECOND = 16_000
WAV_HEADER_BYTES = 44


def write_sound(path: Path, length: int) -> None:
    """A file of `length` bytes that takes no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(length)
