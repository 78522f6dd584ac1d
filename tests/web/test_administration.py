"""Editing an organisation over HTTP: one entry, many, back again, and what everything else must still say."""

import io
import wave
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import numpy as np
import psycopg
import pytest
import pytest_asyncio

from markaz import organisation
from markaz.bootstrap import ensure_web_role, web_database_url
from markaz.bootstrap.settings import Settings
from markaz.demo.centre import document as bank
from markaz.flows import FlowConfigured, NumberConfigured
from markaz.identity import ensure_key, new_key
from markaz.routing import AgentConfigured, ProjectConfigured, QueueConfigured
from markaz.runtime.database import connect
from markaz.runtime.inbox import Message, OrganisationChanged, StimulusSent
from markaz.web import create_app
from tests.web.conftest import client_of, web_settings

BANK = bank(agents=8, trunk_host="127.0.0.1", trunk_port=5066)
TRUNK = msgspec.structs.replace(BANK.trunks[0], username="us", password="their secret")
SCRIPT = {
    "name": "Hotline",
    "start": "hello",
    "steps": {
        "hello": {"type": "say", "text": "Welcome to {client}.", "required": True, "next": "end"},
        "end": {"type": "end", "disposition": "solved"},
    },
}
SOLVED = {"project": "hotline", "label": "Solved"}


@pytest_asyncio.fixture
async def owner(database: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """The bank, whose floor was told of it already."""
    async with await connect(database) as connection:
        await organisation.apply(connection, msgspec.structs.replace(BANK, trunks=(TRUNK,)), floor="main")
        told = msgspec.json.encode(StimulusSent(QueueConfigured(BANK.queues[0].rules()))).decode()
        await connection.execute("INSERT INTO inbox (floor, message) VALUES ('main', %s)", (told,))
        yield connection


@pytest_asyncio.fixture
async def editor(database: str, owner: psycopg.AsyncConnection[Any], tmp_path) -> AsyncIterator[httpx.AsyncClient]:
    """Ada, who may edit, and whose key may also be used at desks."""
    settings = Settings(home=tmp_path, floor="main")
    ensure_web_role(settings, database)
    key = new_key()
    await ensure_key(owner, key, centre="demo", name="Ada", scopes=["organisation.edit", "desk.act"])
    app = create_app(web_settings(web_database_url(settings, database)))
    async with app.router.lifespan_context(app), client_of(app) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client


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


async def test_an_entry_is_changed_and_the_floor_is_told(
    editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any]
) -> None:
    await told(owner)
    seen = await editor.get("/api/organisation/queues/loans")
    assert seen.headers["ETag"] == '"1"'
    answer = await put(editor, "queues/loans", seen.json() | {"ring_seconds": 11}, seen.headers["ETag"])
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "version": 2, "added": [], "changed": ["queues.loans"], "retired": [], "dry_run": False,
    }  # fmt: skip
    assert answer.headers["ETag"] == '"2"'
    [stimulus] = await told(owner)
    assert isinstance(stimulus, QueueConfigured)
    assert (stimulus.queue.id, stimulus.queue.ring_seconds) == ("loans", 11)
    assert (await editor.get("/api/organisation")).json()["version"] == 2
    cursor = await owner.execute("SELECT actor_name, action, subject, details::json FROM audit_entry")
    assert await cursor.fetchall() == [
        ("Ada", "organisation.changed", "organisation:2", {"entries": 1, "first": ["queues.loans"]})
    ]


async def test_the_floor_is_not_told_of_what_only_people_see(
    editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any]
) -> None:
    await told(owner)
    assert (await put(editor, "dispositions/solved", SOLVED)).is_success
    assert (await put(editor, "scripts/first", SCRIPT)).is_success
    project = (await editor.get("/api/organisation/projects/hotline")).json()
    assert (await put(editor, "projects/hotline", project | {"script": "first"})).is_success
    assert await told(owner) == []


async def test_a_broken_entry_is_refused_with_every_place_and_nothing_is_kept(
    editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any]
) -> None:
    await told(owner)
    agent = {"name": "Ina", "skills": {"cards": 11, "gold": 1}, "queues": {"cards": 0}, "team": "night"}
    assert places(await put(editor, "agents/ina", agent)).keys() == {
        "agents.ina",  # the preference, which the floor itself refuses
    }
    agent["queues"] = {"cards": 1}
    assert places(await put(editor, "agents/ina", agent)) == {
        "agents.ina.skills": 'unknown skill "gold"',
        "agents.ina.skills.cards": "must be between 1 and 10",
        "agents.ina.team": 'unknown team "night"',
    }
    shapeless = {"name": 7, "skills": {"cards": "5"}, "speed": 3}
    assert places(await put(editor, "agents/ina", shapeless)).keys() == {
        "agents.ina", "agents.ina.name", "agents.ina.skills[...]",
    }  # fmt: skip
    assert await told(owner) == []
    assert (await editor.get("/api/organisation/agents/ina")).status_code == 404
    assert (await editor.get("/api/organisation/history")).json()["changes"][0]["number"] == 1


async def test_what_others_name_is_not_retired(editor: httpx.AsyncClient) -> None:
    answer = await editor.delete("/api/organisation/queues/cards", headers={"If-Match": "*"})
    assert 'unknown queue "cards"' in places(answer).values()
    assert "agents.amira.queues" in places(answer)


async def test_two_who_edit_the_same_entry(editor: httpx.AsyncClient) -> None:
    agent = (await editor.get("/api/organisation/agents/amira")).json()
    assert (await put(editor, "agents/amira", agent | {"name": "First"}, 1)).is_success
    other = (await editor.get("/api/organisation/agents/boris")).json()
    assert (await put(editor, "agents/boris", other | {"name": "B"}, 1)).is_success, "another entry is no conflict"
    refused = await put(editor, "agents/amira", agent | {"name": "Second"}, 1)
    assert (refused.status_code, refused.json()["code"]) == (412, "changed_meanwhile")
    assert "in change 2 by Ada" in refused.json()["detail"]
    unasked = await editor.put("/api/organisation/agents/amira", json=agent)
    assert (unasked.status_code, unasked.json()["code"]) == (428, "version_needed")
    assert (await put(editor, "agents/amira", agent, 99)).status_code == 412
    assert (await editor.get("/api/organisation/agents/amira")).json()["name"] == "First"


async def test_many_edits_are_all_made_or_none(editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any]) -> None:
    await told(owner)
    edits = [
        {"section": "queues", "id": "gold", "entry": {"name": "Gold", "project": "hotline", "skills": {"gold": 1}}},
        {"section": "skills", "id": "gold", "entry": {"name": "Gold"}},
    ]
    wrong = [*edits, {"section": "agents", "id": "amira", "entry": {"name": "A", "queues": {"silver": 1}}}]
    dry = await editor.post("/api/organisation/changes", json={"edits": wrong, "dry_run": True})
    assert places(dry) == {"agents.amira.queues": 'unknown queue "silver"'}
    assert (await editor.post("/api/organisation/changes", json={"edits": wrong})).status_code == 422
    dry = await editor.post("/api/organisation/changes", json={"edits": edits, "dry_run": True})
    assert dry.json()["added"] == ["skills.gold", "queues.gold"]
    assert await told(owner) == []
    assert (await editor.get("/api/organisation/skills/gold")).status_code == 404
    made = await editor.post("/api/organisation/changes", json={"edits": edits, "version": 1})
    assert made.json()["version"] == 2
    assert [type(stimulus) for stimulus in await told(owner)] == [QueueConfigured]


async def test_a_change_is_undone_unless_it_was_changed_again(
    editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any]
) -> None:
    agent = (await editor.get("/api/organisation/agents/amira")).json()
    await put(editor, "agents/amira", agent | {"name": "Second"})
    await put(editor, "agents/amira", agent | {"name": "Third"})
    await told(owner)
    [third, second, first] = (await editor.get("/api/organisation/history")).json()["changes"]
    assert (third["made_by"], third["how"], third["why_not_undone"]) == ("Ada", "edit", None)
    assert third["edits"] == [
        {"section": "agents", "id": "amira", "before": agent | {"name": "Second"}, "after": agent | {"name": "Third"}}
    ]
    assert second["why_not_undone"] == "agents.amira was changed since"
    assert (first["made_by"], first["why_not_undone"]) == ("markaz apply", "the centre began with it")
    refused = await editor.post("/api/organisation/history/2/undo")
    assert (refused.status_code, refused.json()["detail"]) == (
        409, "Change 2 can't be undone: agents.amira was changed since.",
    )  # fmt: skip
    assert (await editor.post("/api/organisation/history/3/undo?dry_run=true")).is_success
    undone = await editor.post("/api/organisation/history/3/undo")
    assert undone.json()["version"] == 4
    assert (await editor.get("/api/organisation/agents/amira")).json() == agent | {"name": "Second"}
    again = await editor.post("/api/organisation/history/3/undo")
    assert "change 4 has undone it" in again.json()["detail"]
    assert (await editor.post("/api/organisation/history/2/undo")).is_success, "it is the latest change again"
    assert (await editor.get("/api/organisation/agents/amira")).json() == agent
    assert (await editor.post("/api/organisation/history/77/undo")).status_code == 404


async def test_an_undo_keeps_what_came_to_depend_on_the_change(editor: httpx.AsyncClient) -> None:
    await put(editor, "skills/gold", {"name": "Gold"})
    agent = (await editor.get("/api/organisation/agents/amira")).json()
    await put(editor, "agents/amira", agent | {"skills": {"gold": 1}})
    answer = await editor.post("/api/organisation/history/2/undo")
    assert places(answer) == {"agents.amira.skills": 'unknown skill "gold"'}
    assert (await editor.get("/api/organisation/skills/gold")).is_success


async def test_history_is_read_page_by_page_and_by_entry(editor: httpx.AsyncClient) -> None:
    for n in range(5):
        await put(editor, f"skills/s{n % 2}", {"name": f"{n}"})
    first = (await editor.get("/api/organisation/history?limit=2")).json()
    assert [change["number"] for change in first["changes"]] == [6, 5]
    then = (await editor.get(f"/api/organisation/history?limit=9&before={first['next']}")).json()
    assert ([change["number"] for change in then["changes"]], then["next"]) == ([4, 3, 2, 1], None)
    of_one = (await editor.get("/api/organisation/history?section=skills&id=s1")).json()["changes"]
    assert [change["number"] for change in of_one] == [5, 3]


async def test_a_password_is_kept_and_never_shown(
    editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any]
) -> None:
    trunk = (await editor.get("/api/organisation/trunks/customers")).json()
    assert trunk["password"] == "(kept)"
    await told(owner)
    assert (await put(editor, "trunks/customers", trunk | {"prefixes": ["+49", "+43"]})).is_success
    assert await told(owner) == [OrganisationChanged()]
    [kept] = await organisation.trunks(owner)
    assert (kept.password, kept.prefixes) == ("their secret", ("+49", "+43"))
    await put(editor, "trunks/customers", trunk | {"password": "another one"})
    for path in ("", "/trunks", "/history"):
        shown = (await editor.get(f"/api/organisation{path}")).text
        assert "their secret" not in shown
        assert "another one" not in shown
    assert (await editor.post("/api/organisation/history/3/undo")).is_success
    assert (await organisation.trunks(owner))[0].password == "their secret"


async def test_nobody_reads_files_of_the_machine_from_afar(editor: httpx.AsyncClient) -> None:
    answer = await put(editor, "prompts/greeting", {"file": "/etc/passwd"})
    assert places(answer)["prompts.greeting.file"].startswith("upload the sound")
    assert "/etc/passwd" not in str(places(answer))


async def test_a_file_that_was_lost_keeps_nobody_from_editing(
    editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any], tmp_path
) -> None:
    sound = tmp_path / "hello.wav"
    sound.write_bytes(wav(8_000, 1, seconds=0.1))
    lost = msgspec.structs.replace(
        BANK, prompts=(*BANK.prompts, organisation.Prompt(id="lost", file=str(sound)))
    )  # fmt: skip
    await organisation.apply(owner, lost, floor="main")
    sound.unlink()
    assert (await put(editor, "skills/gold", {"name": "Gold"})).is_success


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


async def test_who_may_only_read(editor: httpx.AsyncClient, owner: psycopg.AsyncConnection[Any]) -> None:
    key = new_key()
    await ensure_key(owner, key, centre="demo", name="Reader", scopes=["organisation.read"])
    headers = {"Authorization": f"Bearer {key}", "If-Match": "*"}
    assert (await editor.get("/api/organisation/queues", headers=headers)).is_success
    assert (await editor.get("/api/organisation/agents.csv", headers=headers)).is_success
    assert (await editor.get("/api/organisation/trunks", headers=headers)).json()["entries"] == []
    assert (await editor.get("/api/organisation", headers=headers)).json()["version"] == 1
    for method, path in (
        ("PUT", "organisation/skills/gold"), ("DELETE", "organisation/skills/cards"), ("POST", "numbers/quick"),
        ("POST", "organisation/changes"), ("GET", "organisation/history"), ("POST", "organisation/history/1/undo"),
        ("POST", "organisation/agents.csv"), ("POST", "prompts/greeting/sound"), ("GET", "scripts/hotline"),
    ):  # fmt: skip
        answer = await editor.request(
            method, f"/api/{path}", headers=headers, content=b"{}" if method != "GET" else b""
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted"), path


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("organisation/changes", b"{", 400, "request_unreadable"),
        ("organisation/changes", b'{"edits": [], "now": 1}', 400, "request_unreadable"),
        ("organisation/changes", b"[" * 100_000, 400, "request_unreadable"),
        ("organisation/changes", b" " * 2_000_001, 413, "request_too_large"),
        ("organisation/agents.csv", b" " * 5_000_001, 413, "request_too_large"),
        ("organisation/flows.csv", b"", 404, "section_unknown"),
        ("organisation/changes", b'{"edits": [{"section": "x", "id": "y"}]}', 404, "section_unknown"),
        ("organisation/changes", b'{"edits": [{"section": "skills", "id": "y"}]}', 404, "entry_unknown"),
        ("organisation/changes", b'{"edits": [{"section": "centre", "id": "demo"}]}', 404, "entry_unknown"),
        ("numbers/quick", b'{"number": "1"}', 400, "request_unreadable"),
        ("numbers/quick", b'{"number": "\\u0000", "name": "n", "greeting": "g"}', 422, "document_refused"),
    ],
)
async def test_a_hostile_body_gets_a_clear_answer(
    editor: httpx.AsyncClient, path: str, body: bytes, status: int, code: str
) -> None:
    answer = await editor.post(f"/api/{path}", content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_description_names_every_shape_once(editor: httpx.AsyncClient) -> None:
    document = (await editor.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    named = {word.split('"')[0] for word in str(document).replace("'", '"').split("#/components/schemas/")[1:]}
    assert named <= schemas.keys()
    assert {"OrganisationAgent", "OrganisationQueue", "OrganisationEntry", "OrganisationScript"} <= named
