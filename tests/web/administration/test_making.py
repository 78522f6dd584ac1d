"""What is more than an entry: a number with all that it needs, a published script, a sound."""

import io
import wave
from typing import Any

import httpx
import psycopg
import pytest

from markaz.flows import FlowConfigured, NumberConfigured
from markaz.routing import AgentConfigured, ProjectConfigured, QueueConfigured
from markaz.runtime.inbox import OrganisationChanged
from tests.web.administration.asking import BANK, SCRIPT, SOLVED, places, put, told, wav


async def test_a_published_script_never_changes(editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any]) -> None:
    assert (await editor.get("/api/scripts/hotline")).status_code == 404
    await put(editor, "dispositions/solved", SOLVED)
    await put(editor, "scripts/first", SCRIPT)
    project = (await editor.get("/api/organisation/projects/hotline")).json()
    await put(editor, "projects/hotline", project | {"script": "first", "deviations": ["own_words"]})
    first = (await editor.get("/api/scripts/hotline")).json()
    assert first["version"] == 1
    assert first["script"]["steps"] == SCRIPT["steps"]
    assert first["deviations"] == ["own_words"]
    assert first["dispositions"] == [{"id": "solved", **SOLVED}]
    steps = {**SCRIPT["steps"], "hello": SCRIPT["steps"]["hello"] | {"text": "Good day."}}
    await put(editor, "scripts/first", SCRIPT | {"steps": steps})
    assert (await editor.get("/api/scripts/hotline")).json()["version"] == 2
    assert (await editor.get("/api/scripts/hotline?version=1&script=first")).json()["script"] == first["script"]
    assert (await editor.post("/api/organisation/history/5/undo")).is_success
    again = (await editor.get("/api/scripts/hotline")).json()
    assert (again["version"], again["script"]) == (3, first["script"])
    for statement in ("UPDATE script_version SET rules = '{}'", "DELETE FROM script_version"):
        with pytest.raises(psycopg.errors.RaiseException, match="never changes"):
            await owner.execute(statement)


async def test_a_number_with_a_greeting_a_script_and_a_queue_in_one_go(
    editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any]
) -> None:
    await told(owner)
    asked = {
        "number": "+18005550123", "name": "Spring sale", "greeting": "Welcome to the spring sale.",
        "script": ["Good day, {customer_name}.", "What may I send you?"], "agents": ["amira"], "client_name": "Shop",
    }  # fmt: skip
    dry = await editor.post("/api/numbers/quick?dry_run=true", json=asked)
    assert dry.is_success, dry.text
    assert await told(owner) == []
    made = (await editor.post("/api/numbers/quick", json=asked)).json()
    assert (made["number"], made["project"], made["queue"]) == ("+18005550123", "n18005550123", "n18005550123")
    messages = await told(owner)
    assert messages[0] == OrganisationChanged(), "prompts are spoken before the number is known"
    assert [type(one) for one in messages[1:]] == [
        ProjectConfigured, QueueConfigured, AgentConfigured, FlowConfigured, NumberConfigured,
    ]  # fmt: skip
    script = (await editor.get("/api/scripts/n18005550123")).json()["script"]
    assert [step.get("text") for step in script["steps"].values()] == [*asked["script"], None]
    assert places(await editor.post("/api/numbers/quick", json=asked)) == {"number": "+18005550123 is live already"}
    assert (await editor.post(f"/api/organisation/history/{made['version']}/undo")).is_success
    assert (await editor.get("/api/organisation/numbers/+18005550123")).status_code == 404


async def test_a_number_for_what_is_there_already(editor: httpx.AsyncClient) -> None:
    asked = {"number": "+18005550124", "name": "More", "greeting": "Hello.", "project": "hotline", "queue": "cards"}
    made = await editor.post("/api/numbers/quick", json=asked)
    assert made.json()["added"] == ["prompts.n18005550124", "flows.n18005550124", "numbers.+18005550124"]
    unknown = {**asked, "number": "+18005550125", "queue": "x", "agents": ["y"], "greeting": " ", "script": [""]}
    assert places(await editor.post("/api/numbers/quick", json=unknown)).keys() == {
        "queue", "agents[0]", "greeting", "script[0]",
    }  # fmt: skip


ASKED = {"number": "+18005550126", "name": "Clinic", "greeting": "Hello.", "agents": ["amira"]}
CLOSED = "We are closed."


async def test_a_number_with_hours_holidays_and_without_recordings(editor: httpx.AsyncClient) -> None:
    weekly = [{"days": [0, 1], "since": "09:00", "until": "18:00"}]
    new = {"zone": "Asia/Tehran", "weekly": weekly, "holidays": {"2026-03-21": "Nowruz"}}
    hours = {**new, "closed": CLOSED, "holiday": "Happy new year."}
    made = await editor.post("/api/numbers/quick", json={**ASKED, "hours": hours, "record": False})
    assert made.is_success, made.text
    stem = "n18005550126"
    assert {
        f"calendars.{stem}", f"prompts.{stem}", f"prompts.{stem}-closed", f"prompts.{stem}-holiday",
    } < set(made.json()["added"])  # fmt: skip
    assert (await editor.get(f"/api/organisation/calendars/{stem}")).json() == {"id": stem, **new, "special": {}}
    assert (await editor.get(f"/api/organisation/queues/{stem}")).json()["record"] is False
    prompt = (await editor.get(f"/api/organisation/prompts/{stem}-closed")).json()
    assert prompt["text"] == CLOSED
    nodes = (await editor.get(f"/api/organisation/flows/{stem}")).json()["nodes"]
    assert nodes["answer"]["next"] == "hours"
    assert nodes["hours"] == {
        "type": "hours", "calendar": stem, "open": "greeting", "closed": "closed", "holiday": "holiday",
    }  # fmt: skip
    assert nodes["holiday"] == {"type": "disconnect", "prompt": f"{stem}-holiday", "result": "closed"}
    assert (await editor.post(f"/api/organisation/history/{made.json()['version']}/undo")).is_success
    assert (await editor.get(f"/api/organisation/calendars/{stem}")).status_code == 404


async def test_a_number_with_hours_that_are_there_already(editor: httpx.AsyncClient) -> None:
    hours = {"calendar": BANK.calendars[0].id, "closed": CLOSED}
    made = (await editor.post("/api/numbers/quick", json={**ASKED, "hours": hours})).json()
    assert not [one for one in made["added"] if one.startswith("calendars.")]
    assert "record" not in (await editor.get(f"/api/organisation/queues/{made['queue']}")).json(), "it is recorded"
    flow = (await editor.get("/api/organisation/flows/n18005550126")).json()
    assert (flow["nodes"]["hours"]["calendar"], "holiday" in flow["nodes"]) == (BANK.calendars[0].id, False)


@pytest.mark.parametrize(
    ("hours", "wrong"),
    [
        ({"closed": " "}, {"hours.closed", "hours.zone", "hours.weekly"}),
        ({"closed": CLOSED, "calendar": "gone"}, {"hours.calendar"}),
        ({"closed": CLOSED, "calendar": BANK.calendars[0].id, "zone": "UTC"}, {"hours.calendar"}),
        (
            {"closed": CLOSED, "zone": "Mars", "weekly": [{"days": [0], "since": "9", "until": "18:00"}]},
            {"calendars.n18005550126.zone", "calendars.n18005550126.weekly[0].since"},
        ),
    ],
)
async def test_hours_that_cannot_be(editor: httpx.AsyncClient, hours: dict[str, Any], wrong: set[str]) -> None:
    answer = await editor.post("/api/numbers/quick", json={**ASKED, "hours": hours})
    assert places(answer).keys() == wrong
    with_queue = {**ASKED, "queue": "cards", "record": False}
    assert places(await editor.post("/api/numbers/quick", json=with_queue)).keys() == {"record"}


async def upload(editor: httpx.AsyncClient, prompt: str, data: bytes, **query: str) -> httpx.Response:
    headers = {"If-Match": "*", "Content-Type": "audio/wav"}
    return await editor.post(f"/api/prompts/{prompt}/sound", content=data, headers=headers, params=query)


async def test_a_sound_is_uploaded_heard_and_taken_back(
    editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any]
) -> None:
    before = (await editor.get("/api/organisation/prompts/greeting")).json()
    await told(owner)
    answer = await upload(editor, "greeting", wav(44_100, 2, seconds=1))
    assert answer.json()["changed"] == ["prompts.greeting"], answer.text
    assert await told(owner) == [OrganisationChanged()]
    heard = await editor.get("/api/prompts/greeting/sound")
    assert heard.headers["Content-Type"] == "audio/wav"
    with wave.open(io.BytesIO(heard.content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (8_000, 1, 8_000)
    assert (await editor.post("/api/organisation/history/2/undo")).is_success
    assert (await editor.get("/api/organisation/prompts/greeting")).json() == before
    assert (await editor.get("/api/prompts/greeting/sound")).status_code == 404


async def test_what_is_no_sound_is_refused(editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any]) -> None:
    for data in (b"", b"RIFF", wav(8_000, 1, seconds=0), wav(8_000, 1, seconds=301)):
        answer = await upload(editor, "greeting", data)
        assert (answer.status_code, answer.json()["code"]) == (422, "sound_unreadable")
    assert (await upload(editor, "bad id", wav(8_000, 1, seconds=0.1))).status_code == 422
    dry = await upload(editor, "new", wav(8_000, 1, seconds=0.1), dry_run="true")
    assert dry.json()["added"] == ["prompts.new"]
    cursor = await owner.execute("SELECT count(*) FROM sound")
    assert await cursor.fetchone() == (0,)
    unknown = await put(editor, "prompts/new", {"sound": "0" * 64})
    assert places(unknown) == {"prompts.new.sound": "it was never uploaded here"}
