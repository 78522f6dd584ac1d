"""What tests of editing have in common: the bank, what its floor was told, and how an entry is written."""

import io
import wave
from typing import Any

import httpx
import msgspec
import numpy as np
import psycopg

from markaz.demo.centre import document as bank
from markaz.routing import QueueConfigured
from markaz.runtime.inbox import Message, StimulusSent

_WHOLE = bank(agents=8, trunk_host="127.0.0.1", trunk_port=5066)
BANK = msgspec.structs.replace(
    _WHOLE, scripts=(), dispositions=(), not_ready_reasons=(),
    projects=tuple(msgspec.structs.replace(one, script=None) for one in _WHOLE.projects),
)  # fmt: skip
"""The demo's bank, whose agents have neither script nor results yet."""
SCRIPT = {
    "name": "Hotline",
    "start": "hello",
    "steps": {
        "hello": {"type": "say", "text": "Welcome to {client}.", "required": True, "next": "end"},
        "end": {"type": "end", "disposition": "solved"},
    },
}
SOLVED = {"project": "hotline", "label": "Solved"}


async def told(owner: psycopg.AsyncConnection[Any]) -> list[Any]:
    """What the floor was told since the last look."""
    cursor = await owner.execute("DELETE FROM inbox RETURNING id, message::text")
    rows = sorted(await cursor.fetchall())
    messages = [msgspec.json.decode(message, type=Message) for _, message in rows]
    kept = msgspec.json.encode(StimulusSent(QueueConfigured(BANK.queues[0].rules()))).decode()
    await owner.execute("INSERT INTO inbox (floor, message) VALUES ('main', %s)", (kept,))
    return [
        one.stimulus if isinstance(one, StimulusSent) else one
        for one in messages
        if one != StimulusSent(QueueConfigured(BANK.queues[0].rules()))
    ]


def places(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {problem["where"]: problem["problem"] for problem in answer.json()["problems"]}


async def put(editor: httpx.AsyncClient, path: str, entry: dict[str, Any], version: object = "*") -> httpx.Response:
    return await editor.put(f"/api/organisation/{path}", json=entry, headers={"If-Match": f"{version}"})


def wav(rate: int, channels: int, *, seconds: float) -> bytes:
    at = np.arange(int(rate * seconds)) / rate
    tone = (np.sin(2 * np.pi * 440 * at) * 8_000).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(tone, channels).tobytes())
    return out.getvalue()
