"""A recording is heard by whoever may, in the name of a play that stands in both sides' audit trail; by nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from markaz.web import create_app
from tests.web import people
from tests.web.conftest import Moving, web_settings
from tests.web.listening import RATE, SECONDS, another_client, audited, drawn, recorded, two_sided_wav

Owner = psycopg.Connection[Any]
OWN = "/api/recordings/mine"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "recordings").mkdir()
    return tmp_path / "recordings"


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
async def app(web_database: str, organisation: Owner, folder: Path, clock: Moving) -> AsyncIterator[FastAPI]:
    another_client(organisation)
    recorded(organisation, "mine", folder=folder)
    drawn(organisation, "mine")
    recorded(organisation, "undrawn", folder=folder)
    drawn(organisation, "undrawn", is_drawn=False)
    recorded(organisation, "theirs", project="shopline", folder=folder)
    drawn(organisation, "theirs", project="shopline")
    app = create_app(web_settings(web_database, recordings=folder, clock=clock))
    async with app.router.lifespan_context(app):
        yield app


def bank(owner: Owner) -> str:
    return people.session(owner, people.account(owner, "client_owner", client="bank"))


def analyst(owner: Owner) -> str:
    return people.session(owner, people.account(owner, "quality_analyst"))


async def play(browser: httpx.AsyncClient, at: str = OWN, **body: str) -> str:
    begun = await browser.post(f"{at}/plays", json=body)
    assert begun.status_code == 201, begun.text
    return f"{at}/sound?play={begun.json()['play']}"


async def test_a_client_plays_what_was_drawn_and_both_sides_see_it(app: FastAPI, organisation: Owner) -> None:
    async with people.browser(app, bank(organisation)) as browser:
        sound = await browser.get(await play(browser))
        assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/wav")
        assert sound.content == two_sided_wav()
        assert "content-disposition" not in sound.headers
        kept = await browser.get(await play(browser, purpose="export"))
        assert kept.headers["content-disposition"] == 'attachment; filename="mine.wav"'
        told = (await browser.get(f"{OWN}/plays")).json()
    assert {(one["by_client"], one["purpose"]) for one in told} == {(True, "play"), (True, "export")}
    for action in ("recording.played", "recording.exported"):
        ((subject, client, name),) = audited(organisation, action)
        assert (subject, client) == ("recording:mine", "bank")
        assert name.startswith("Name of client_owner")


async def test_a_play_is_one_entry_however_many_ranges_are_asked_for(app: FastAPI, organisation: Owner) -> None:
    whole = two_sided_wav()
    async with people.browser(app, analyst(organisation)) as browser:
        address = await play(browser)
        end = len(whole) - 1
        for header, first, last in (("bytes=0-9", 0, 9), ("bytes=40-", 40, end), ("bytes=-5", end - 4, end)):
            part = await browser.get(address, headers={"Range": header})
            assert (part.status_code, part.content) == (206, whole[first : last + 1])
            assert part.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
        for wrong in (f"{len(whole)}-", "9-3", "-0", "-", "0-1,3-4", "x-"):
            header = f"bytes={wrong}"
            refused = await browser.get(address, headers={"Range": header})
            assert (refused.status_code, refused.json()["code"]) == (416, "range_refused"), header
    assert audited(organisation, "recording.played") == [
        ("recording:mine", "bank", audited(organisation, "recording.played")[0][2])
    ]


async def test_no_byte_without_a_play_of_ones_own(app: FastAPI, organisation: Owner, clock: Moving) -> None:
    async with people.browser(app, analyst(organisation)) as first, people.browser(app, bank(organisation)) as other:
        address = await play(first)
        for refused in (f"{OWN}/sound", f"{OWN}/sound?play=x", address.replace("mine", "undrawn")):
            answer = await first.get(refused)
            assert (answer.status_code, answer.json()["code"]) == (403, "play_needed"), refused
        stolen = await other.get(address)
        assert (stolen.status_code, stolen.json()["code"]) == (403, "play_needed"), "another's play is of no use"
        assert (await first.get(address)).status_code == 200
        clock.pass_seconds(4 * 3600 + 1)
        late = await first.get(address)
        assert (late.status_code, late.json()["code"]) == (403, "play_needed")


async def test_a_client_reaches_no_other_clients_recording_by_any_address(app: FastAPI, organisation: Owner) -> None:
    staff = analyst(organisation)
    async with people.browser(app, staff) as browser:
        address = await play(browser, "/api/recordings/theirs")
        said = {"at_seconds": 1, "text": "Theirs."}
        comment = (await browser.post("/api/recordings/theirs/comments", json=said)).json()["id"]
    async with people.browser(app, bank(organisation)) as browser:
        at = "/api/recordings/theirs"
        asked = [
            await browser.get(at), await browser.get(address), await browser.get(f"{at}/sound"),
            await browser.get(f"{at}/waveform"), await browser.get(f"{at}/comments"), await browser.get(f"{at}/plays"),
            await browser.post(f"{at}/plays", json={}), await browser.post(f"{at}/comments", json=said),
            await browser.delete(f"{at}/comments/{comment}"), await browser.delete(f"{OWN}/comments/{comment}"),
        ]  # fmt: skip
        for answer in asked:
            assert answer.status_code == 404, f"{answer.request.url}: {answer.text}"
            assert "Theirs" not in answer.text


async def test_a_client_hears_nothing_beside_the_sample(app: FastAPI, organisation: Owner) -> None:
    at = "/api/recordings/undrawn"
    async with people.browser(app, bank(organisation)) as browser:
        assert (await browser.get(at)).json()["may_hear"] is False
        for answer in (
            await browser.post(f"{at}/plays", json={}), await browser.get(f"{at}/sound?play=x"),
            await browser.get(f"{at}/waveform"), await browser.get(f"{at}/comments"),
        ):  # fmt: skip
            assert (answer.status_code, answer.json()["code"]) == (403, "recording_not_sampled")
    async with people.browser(app, analyst(organisation)) as browser:
        assert (await browser.get(await play(browser, at))).status_code == 200


async def test_who_has_no_right_to_hear_hears_nothing(app: FastAPI, organisation: Owner) -> None:
    viewer = people.session(organisation, people.account(organisation, "client_viewer", client="bank"))
    agent = people.session(organisation, people.account(organisation, "agent", agent="amal"))
    for token in (viewer, agent):
        async with people.browser(app, token) as browser:
            for answer in (await browser.get(OWN), await browser.post(f"{OWN}/plays", json={})):
                assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("expected", 409, "recording_not_ready"),
        ("missing", 404, "recording_missing"),
        ("erased", 410, "recording_erased"),
    ],
)
async def test_what_is_not_there_is_said(app: FastAPI, organisation: Owner, state: str, status: int, code: str) -> None:
    recorded(organisation, state, state=state)
    async with people.browser(app, analyst(organisation)) as browser:
        for answer in (
            await browser.post(f"/api/recordings/{state}/plays", json={}),
            await browser.get(f"/api/recordings/{state}/waveform"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert audited(organisation, "recording.played") == []


@pytest.mark.parametrize("path", ["../secret.wav", "/etc/passwd", "2026-11-25/../../secret.wav", "2026-11-25", "x.txt"])
async def test_nothing_outside_the_folder_is_sent(app: FastAPI, organisation: Owner, folder: Path, path: str) -> None:
    (folder.parent / "secret.wav").write_bytes(two_sided_wav())
    (folder / "x.txt").write_text("secret")
    recorded(organisation, "hostile", path=path)
    async with people.browser(app, analyst(organisation)) as browser:
        answer = await browser.post("/api/recordings/hostile/plays", json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "recording_missing")


async def test_a_link_out_of_the_folder_is_not_followed(app: FastAPI, organisation: Owner, folder: Path) -> None:
    (folder.parent / "secret.wav").write_bytes(two_sided_wav())
    (folder / "link.wav").symlink_to(folder.parent / "secret.wav")
    recorded(organisation, "linked", path="link.wav")
    async with people.browser(app, analyst(organisation)) as browser:
        assert (await browser.post("/api/recordings/linked/plays", json={})).status_code == 404


@pytest.mark.parametrize("id_", ["..%2F..%2Fsecret", "a%00b", "x" * 101, "%2e%2e"])
async def test_hostile_ids_are_problems(app: FastAPI, organisation: Owner, id_: str) -> None:
    async with people.browser(app, analyst(organisation)) as browser:
        for part in ("", "/sound", "/waveform", "/comments"):
            answer = await browser.get(f"/api/recordings/{id_}{part}")
            assert answer.status_code in (404, 422)
            assert answer.headers["content-type"] == "application/problem+json"


async def test_recordings_on_another_machine_are_said(web_database: str, app: FastAPI, organisation: Owner) -> None:
    elsewhere = create_app(web_settings(web_database, recordings=Path("/nowhere/recordings")))
    async with (
        elsewhere.router.lifespan_context(elsewhere),
        people.browser(elsewhere, analyst(organisation)) as browser,
    ):
        answer = await browser.post(f"{OWN}/plays", json={})
    assert (answer.status_code, answer.json()["code"]) == (503, "recording_elsewhere")


async def test_the_waveform_shows_each_side_alone(app: FastAPI, organisation: Owner, folder: Path) -> None:
    organisation.execute(
        "INSERT INTO recording_pause VALUES ('main', 'mine', '2026-11-25T12:00:11Z', '2026-11-25T12:00:12.5Z')"
    )
    async with people.browser(app, bank(organisation)) as browser:
        wave = (await browser.get(f"{OWN}/waveform")).json()
        facts = (await browser.get(OWN)).json()
    assert (wave["seconds"], len(wave["customer"]), len(wave["agent"])) == (SECONDS, 800, 800)
    assert max(wave["customer"][:400]) == pytest.approx(16_000 / 32_768, abs=0.01)
    assert max(wave["customer"][400:]) == max(wave["agent"][:399]) == 0
    assert max(wave["agent"][400:]) == pytest.approx(8_000 / 32_768, abs=0.01)
    assert facts["pauses"] == [{"from_seconds": 1.0, "to_seconds": 2.5}]
    (folder / "2026-11-25/mine.wav").write_bytes(two_sided_wav()[:44])
    async with people.browser(app, bank(organisation)) as browser:
        assert (await browser.get(f"{OWN}/waveform")).json() == {"seconds": 0, "customer": [], "agent": []}
    assert RATE == 8_000


async def test_comments_are_seen_by_both_sides_and_hidden_by_their_author(app: FastAPI, organisation: Owner) -> None:
    async with people.browser(app, analyst(organisation)) as staff, people.browser(app, bank(organisation)) as client:
        first = (await client.post(f"{OWN}/comments", json={"at_seconds": 2.5, "text": "Why <b>so</b> long?"})).json()
        await staff.post(f"{OWN}/comments", json={"at_seconds": 1, "text": "گفت‌وگو"})
        shown = (await staff.get(f"{OWN}/comments")).json()
        assert [(one["at_seconds"], one["text"], one["is_mine"]) for one in shown] == [
            (1, "گفت‌وگو", True), (2.5, "Why <b>so</b> long?", False),
        ]  # fmt: skip
        assert (await client.get(f"{OWN}/comments")).json()[1] == first
        foreign = await staff.delete(f"{OWN}/comments/{first['id']}")
        assert (foreign.status_code, foreign.json()["code"]) == (404, "comment_unknown")
        assert (await client.delete(f"{OWN}/comments/{first['id']}")).status_code == 204
        assert len((await staff.get(f"{OWN}/comments")).json()) == 1
        assert (await client.delete(f"{OWN}/comments/{first['id']}")).status_code == 404
        for changed in ({"at_seconds": -1}, {"at_seconds": 1e9}, {"text": " "}, {"text": "\0"}, {"text": "x" * 2_001}):
            wrong = {"at_seconds": 1, "text": "x"} | changed
            assert (await client.post(f"{OWN}/comments", json=wrong)).status_code == 422, wrong
    assert [(subject, client) for subject, client, _ in audited(organisation, "recording.commented")] == [
        ("recording:mine", "bank")
    ] * 2
    assert len(audited(organisation, "recording.comment_removed")) == 1


async def test_the_database_itself_keeps_a_client_from_playing_what_was_not_drawn(
    web_database: str, app: FastAPI, organisation: Owner
) -> None:
    """Also under the name of a contact that was drawn, by whoever runs SQL of their own as the web."""
    token = bank(organisation)
    insert = (
        "INSERT INTO recording_play (floor, recording, id, contact, purpose, author, played_by, client, expires_at) "
        "VALUES ('main', %s, 'p', %s, 'play', context_user(), 'x', 'bank', now())"
    )
    refused = [("undrawn", "undrawn"), ("undrawn", "mine"), ("theirs", "theirs"), ("theirs", "mine")]
    with psycopg.connect(web_database) as web:
        for recording, contact in refused:
            with web.transaction(force_rollback=True):
                web.execute("SELECT enter_session(%s)", (token,))
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    web.execute(insert, (recording, contact))
        with web.transaction(force_rollback=True):
            web.execute("SELECT enter_session(%s)", (token,))
            assert web.execute(insert, ("mine", "mine")).rowcount == 1
