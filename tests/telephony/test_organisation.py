"""What an organisation says of telephony: nothing that telephony refuses is applied, and if it were, it is left out."""

import io
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio
from hypothesis import example, given
from hypothesis import strategies as st

from markaz import organisation
from markaz.bootstrap.addresses import choose_addresses
from markaz.bootstrap.asterisk import managed_asterisk, spoken_prompts, trunks_of
from markaz.bootstrap.settings import load_settings
from markaz.organisation import Centre, Document, DocumentRefused, Prompt, Trunk, parse_document
from markaz.organisation.sounds import why_unusable
from markaz.runtime.database import connect
from markaz.telephony import AsteriskProgram, SoundUnreadable, TrunkSettings
from markaz.telephony.sound import read_wav


def wav(*, width: int = 2, channels: int = 1, rate: int = 8_000, frames: int = 100) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(bytes(width * channels * frames))
    return buffer.getvalue()


def is_readable(data: bytes) -> bool:
    try:
        read_wav(data)
    except SoundUnreadable:
        return False
    return True


@pytest.mark.parametrize(
    "data",
    [
        b"", b"RIFF", b"not a wave file at all", wav(), wav(channels=2), wav(width=1), wav(width=3), wav(channels=3),
        wav(rate=3_999), wav(rate=4_000, frames=300 * 4_000), wav(rate=4_000, frames=300 * 4_000 + 1),
        wav(rate=192_000), wav(rate=192_001), wav(frames=0), wav(channels=2)[:-399], wav(channels=2)[:-398],
    ],
)  # fmt: skip
def test_a_file_is_accepted_exactly_when_telephony_can_play_it(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "sound.wav"
    file.write_bytes(data)
    assert (why_unusable(file) is None) == is_readable(data)


@given(st.binary(max_size=6), st.integers(0, 44))
@example(b"\2", 17)
def test_a_damaged_header_is_judged_alike(tmp_path_factory: pytest.TempPathFactory, damage: bytes, place: int) -> None:
    whole = wav()
    data = whole[:place] + damage + whole[place + len(damage) :]
    file = tmp_path_factory.getbasetemp() / "damaged.wav"
    file.write_bytes(data)
    assert (why_unusable(file) is None) == is_readable(data)


TRUNKS = st.fixed_dictionaries(
    {"id": st.text(max_size=42), "host": st.text(st.characters(max_codepoint=127), max_size=102) | st.just("a" * 101)},
    optional={
        "username": st.text(max_size=5), "password": st.text(max_size=5),
        "caller": st.text(max_size=5) | st.just("+4930"),
    },
)  # fmt: skip


@given(TRUNKS)
@example({"id": "t", "host": "h" * 100, "username": "u", "password": "a;b", "caller": "+493012345678901234567"})
@example({"id": "t", "host": "192.0.2.1", "username": "u", "password": "a\tb"})
@example({"id": "t", "host": "2001:db8::1", "username": "u", "password": "a b"})
def test_a_trunk_that_is_accepted_is_one_that_telephony_takes(fields: dict[str, str]) -> None:
    document = '[centre]\nid = "c"\nname = "C"\n[[trunks]]\n'
    document += "\n".join(f"{name} = {msgspec.json.encode(value).decode()}" for name, value in fields.items())
    try:
        [trunk] = parse_document(document, folder=Path("/nowhere")).trunks
    except DocumentRefused:
        return
    TrunkSettings(
        id=trunk.id, host=trunk.host, match=(trunk.host,), username=trunk.username, password=trunk.password,
        caller=trunk.caller,
    )  # fmt: skip


@pytest_asyncio.fixture
async def connection(database: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await connect(database) as open_connection:
        yield open_connection


async def test_what_cannot_be_made_is_left_out_and_the_rest_is_there(
    connection: psycopg.AsyncConnection[Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name, data in (("good", wav()), ("bad", b"RIFF")):
        (tmp_path / f"{name}.wav").write_bytes(data)
    document = Document(
        centre=Centre(id="c", name="C"),
        prompts=(
            Prompt(id="said", text="Hello."),
            Prompt(id="file", file=str(tmp_path / "good.wav")),
            Prompt(id="bad", file=str(tmp_path / "bad.wav")),
            Prompt(id="gone", file=str(tmp_path / "gone.wav")),
        ),
        trunks=(
            Trunk(id="bad", host="192.0.2.1", username="u", password="x\ny"),
            Trunk(id="good", host="192.0.2.1", prefixes=("+49",), caller="+4930"),
        ),
    )
    await organisation.apply(connection, document, floor="main")
    settings = load_settings(tmp_path / "home")
    paths = await spoken_prompts(settings, connection)
    assert sorted(paths) == ["file", "said"]
    assert all(path.exists() for path in paths.values())
    [trunk] = await trunks_of(settings, connection)
    assert (trunk.id, trunk.prefixes, trunk.caller) == ("good", ("+49",), "+4930")
    for left_out in ("The prompt bad", "The prompt gone", "The trunk 'bad'"):
        assert left_out in caplog.text


def test_recordings_are_for_the_user_who_runs_markaz_alone(
    asterisk_program: AsteriskProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("markaz.bootstrap.asterisk.find_program", lambda home: asterisk_program)
    settings = load_settings(tmp_path)
    settings.recordings.mkdir(mode=0o755)  # an earlier version's
    managed_asterisk(settings, choose_addresses(settings))
    assert settings.recordings.stat().st_mode & 0o777 == 0o700
