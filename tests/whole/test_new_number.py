"""A number that somebody puts live while everything runs: through the API, then heard and answered by telephone."""

import asyncio
import io
import wave
from pathlib import Path

import numpy as np
import pytest

from markaz.bootstrap import database_url, load_settings
from markaz.identity import ensure_key, new_key
from markaz.runtime import connect
from tests.telephony.hearing import TONES, Ears, stereo
from tests.telephony.peer import Peer
from tests.whole.installation import Installation

CUSTOMER, AGENT, UPLOADED = TONES[:3]
LIVE_SECONDS_MAX = 60
"""T3 asks for five minutes, of which most are somebody's typing."""
SPEECH_LEVEL_MIN = 300
"""Root mean square of a half second in which espeak-ng speaks; silence has none."""

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def editor(installation: Installation) -> dict[str, str]:
    """The header of a key that may edit."""
    key = new_key()
    url = database_url(load_settings(installation.home))
    async with await connect(url) as connection:
        await ensure_key(connection, key, centre="whole", name="Ada", scopes=["organisation.edit", "desk.act"])
    return {"Authorization": f"Bearer {key}", "If-Match": "*"}


async def hears_speech(file: Path) -> None:
    """Wait until the far end hears somebody speak."""
    async with asyncio.timeout(20):
        while True:
            heard = stereo(file)[:, 0].astype(float) if file.exists() else np.zeros(0)
            halves = [heard[n : n + 4_000] for n in range(0, len(heard) - 4_000, 4_000)]
            if any(np.sqrt(np.mean(half**2)) > SPEECH_LEVEL_MIN for half in halves):
                return
            await asyncio.sleep(0.05)


async def test_a_new_number_is_live_without_a_restart(
    installation: Installation, carrier: Peer, tmp_path: Path
) -> None:
    headers, clock = await editor(installation), asyncio.get_running_loop()
    floor = await installation.rows("SELECT incarnation FROM floor_live")
    agent = {"name": "Nora", "queues": {}}
    began = clock.time()
    answer = await installation.web.put("/api/organisation/agents/nora", json=agent, headers=headers)
    assert answer.is_success, answer.text
    asked = {
        "number": "+49301234", "name": "Spring sale", "greeting": "Welcome to the spring sale of The Shop.",
        "script": ["Good day, {customer_name}.", "What may I send you?"], "agents": ["nora"], "project": None,
    }  # fmt: skip
    answer = await installation.web.post("/api/numbers/quick", json=asked, headers=headers)
    assert answer.is_success, answer.text
    made = answer.json()
    await installation.until(lambda view: any(queue.queue == made["queue"] for queue in view.queues))
    live_seconds = clock.time() - began
    await installation.sign_in(carrier, "nora")
    await installation.ask("nora", "ready")
    call = await carrier.call("+49301234", "+491517001")
    await carrier.until(lambda: call.answered)
    await call.monitor(tmp_path / "customer.raw")
    await hears_speech(tmp_path / "customer.raw")
    greeted_seconds = clock.time() - began
    phone = await carrier.rings("agent-nora", seconds=30)
    await phone.answer()
    ears = Ears(tmp_path)
    await ears.listen(talking=call, nora=phone)
    await call.hum(str(CUSTOMER))
    await phone.hum(str(AGENT))
    await ears.until("talking", {AGENT})
    await ears.until("nora", {CUSTOMER})
    print(f"known to the floor after {live_seconds:.1f} s, greeting heard after {greeted_seconds:.1f} s")
    assert greeted_seconds < LIVE_SECONDS_MAX
    script = (await installation.web.get(f"/api/scripts/{made['project']}", headers=headers)).json()
    assert [step["text"] for step in list(script["script"]["steps"].values())[:2]] == asked["script"]
    await call.hang_up()
    await carrier.until(lambda: phone.ended)
    await installation.ask("nora", "wrap-up", disposition="done")
    await installation.ask("nora", "sign-out")
    assert await installation.rows("SELECT incarnation FROM floor_live") == floor, "nothing was started again"


async def test_an_uploaded_greeting_is_what_the_next_caller_hears(
    installation: Installation, carrier: Peer, tmp_path: Path
) -> None:
    headers = await editor(installation)
    flow = {
        "start": "answer",
        "nodes": {
            "answer": {"type": "answer", "next": "hello"},
            "hello": {"type": "play", "prompt": "tone", "next": "bye"},
            "bye": {"type": "disconnect"},
        },
    }
    edits = [
        {"section": "flows", "id": "tone", "entry": flow},
        {"section": "prompts", "id": "tone", "entry": {"text": "Not yet uploaded."}},
        {"section": "numbers", "id": "+49301235", "entry": {"project": "orders", "flow": "tone"}},
    ]
    answer = await installation.web.post("/api/organisation/changes", json={"edits": edits}, headers=headers)
    assert answer.is_success, answer.text
    answer = await installation.web.post(
        "/api/prompts/tone/sound", content=tone(UPLOADED, seconds=3), headers=headers, timeout=30
    )
    assert answer.is_success, answer.text
    await taken(installation)
    call = await carrier.call("+49301235", "+491517002")
    await carrier.until(lambda: call.answered)
    ears = Ears(tmp_path)
    await ears.listen(customer=call)
    await ears.until("customer", {UPLOADED})
    await carrier.until(lambda: call.ended)


async def taken(installation: Installation) -> None:
    """Wait until the floor has dealt with all that it was told."""
    async with asyncio.timeout(30):
        while await installation.rows("SELECT 1 FROM inbox LIMIT 1"):
            await asyncio.sleep(0.05)


def tone(hz: int, *, seconds: int) -> bytes:
    """A WAV file as a studio delivers it: 44.1 kHz, stereo."""
    at = np.arange(44_100 * seconds) / 44_100
    samples = (np.sin(2 * np.pi * hz * at) * 8_000).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(np.repeat(samples, 2).tobytes())
    return out.getvalue()
