"""Sounds and prompts: arithmetic against its standard, uploads that are refused, speech that is cached."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest

from markaz.telephony import Prompt, PromptNotSpoken, PromptPress, PromptShelf, find_espeak
from markaz.telephony.sound import SoundUnreadable, level_dbfs, read_wav, resample, to_ulaw, write_wav
from tests.telephony.hearing import tone


def from_ulaw(data: bytes) -> np.ndarray:
    """G.711 u-law decoded by its definition."""
    code = ~np.frombuffer(data, dtype=np.uint8) & 0xFF
    magnitude = ((((code & 0x0F).astype(int) << 3) + 132) << ((code >> 4) & 7)) - 132
    return np.where(code & 0x80, -magnitude, magnitude)


def test_ulaw_is_g711() -> None:
    every = np.arange(-32_768, 32_768, 7, dtype=np.int16)
    back = from_ulaw(to_ulaw(every))
    clipped = np.clip(every.astype(int), -32_635, 32_635)
    assert np.all(np.abs(back - clipped) <= np.maximum(4, np.abs(clipped) / 16 + 8))
    assert to_ulaw(np.zeros(1, dtype=np.int16)) == b"\xff"
    assert to_ulaw(np.array([32_767, -32_768], dtype=np.int16)) == b"\x80\x00"


def test_a_tone_keeps_its_pitch_and_level_at_telephone_rate() -> None:
    at = np.arange(44_100) / 44_100
    samples = (np.sin(2 * np.pi * 1_000 * at) * 10_000).astype(np.int16)
    assert tone(resample(samples, 44_100)) == pytest.approx(1_000, abs=2)
    assert level_dbfs(resample(samples, 44_100)) == pytest.approx(20 * np.log10(10_000 / 32_768 / np.sqrt(2)), abs=0.1)


def _wav(width: int, channels: int, rate: int, frames: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(bytes(width * channels * frames))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "ends too early"),
        (b"not a wave file at all", "RIFF"),
        (_wav(1, 1, 8_000, 100), "8-bit"),
        (_wav(2, 3, 8_000, 100), "3 channels"),
        (_wav(2, 1, 1_000, 100), "1000 Hz"),
        (_wav(2, 1, 8_000, 0), "empty"),
        (_wav(2, 1, 8_000, 301 * 8_000), "too long"),
        (_wav(2, 1, 8_000, 100)[:17] + b"\2" + _wav(2, 1, 8_000, 100)[18:], "ends too early"),
    ],
)
def test_unusable_uploads_say_why(data: bytes, why: str) -> None:
    with pytest.raises(SoundUnreadable, match=why):
        read_wav(data)


def test_an_uploaded_stereo_file_becomes_a_prompt(tmp_path: Path) -> None:
    at = np.arange(48_000) / 48_000
    one = (np.sin(2 * np.pi * 500 * at) * 8_000).astype(np.int16)
    press = PromptPress(espeak=[], folder=tmp_path)
    path = press.upload(write_wav(np.stack([one, one], axis=1), 48_000))
    assert tone(from_ulaw(path.read_bytes())) == pytest.approx(500, abs=2)
    shelf = PromptShelf(tmp_path)
    shelf.replace({"welcome": path})
    assert shelf.media("welcome") == (f"sound:{path.with_suffix('')}",)
    assert shelf.media("other") is None


async def test_speech_is_made_once(tmp_path: Path) -> None:
    prompt = Prompt(id="hello", text="Welcome to the bank.")
    made = await PromptPress(espeak=find_espeak(tmp_path), folder=tmp_path).render([prompt])
    assert len(made["hello"].read_bytes()) > 4_000
    again = await PromptPress(espeak=["/does/not/exist"], folder=tmp_path).render([prompt])
    assert again == made


async def test_speech_in_an_unknown_language_says_so(tmp_path: Path) -> None:
    press = PromptPress(espeak=find_espeak(tmp_path), folder=tmp_path)
    with pytest.raises(PromptNotSpoken, match="tlh-none"):
        await press.render([Prompt(id="x", text="x", language="tlh-none")])


def test_a_retired_prompt_is_played_no_more(tmp_path: Path) -> None:
    shelf = PromptShelf(tmp_path)
    shelf.replace({"old": tmp_path / "old.ulaw", "kept": tmp_path / "kept.ulaw"})
    shelf.replace({"kept": tmp_path / "kept.ulaw"})
    assert shelf.media("old") is None
    assert shelf.media("kept") is not None


def test_places_and_waits_are_phrases(tmp_path: Path) -> None:
    shelf = PromptShelf(tmp_path)
    names = [Path(media).name for media in shelf.place(3, 100)]
    assert names == ["place-3", "wait-2"]
    assert [Path(media).name for media in shelf.place(99, 9_999)] == ["place-more", "wait-more"]
    assert shelf.place(None, None) == ()
