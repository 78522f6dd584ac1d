"""Editing an organisation over HTTP: one entry, many, back again, and what everything else must still say."""

from typing import Any

import httpx
import msgspec
import psycopg
import pytest

from markaz import organisation
from markaz.identity import ensure_key, new_key
from markaz.routing import QueueConfigured
from markaz.runtime.inbox import OrganisationChanged
from tests.web.administration.asking import BANK, SCRIPT, SOLVED, places, put, told, wav


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
