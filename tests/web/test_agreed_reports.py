"""Reports over HTTP: proposed by one side, signed by the other, seen by both and by nobody else."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from markaz.kit.time import instant, moment
from markaz.reports import LANGUAGES
from markaz.reports.agreements import Reporter
from markaz.runtime import connect
from markaz.runtime.rows import Row
from tests.browser.words import words
from tests.runtime.day import BEGIN
from tests.web.conftest import FLOOR
from tests.web.people import account, browser, session

DAY = moment(BEGIN)
TERMS: dict[str, Any] = {
    "name": "Daily figures", "projects": ["hotline"], "group": "queue", "first_day": f"{DAY:%Y-%m-%d}",
    "figures": [{"figure": "offered"}, {"figure": "service_level", "parameters": {"target_seconds": 15}}],
}  # fmt: skip


@pytest.fixture
def people(organisation: psycopg.Connection[Any], day: list[Row]) -> dict[str, str]:
    """Sessions of the centre's manager, the bank's owner and viewer, and the owner of another client."""
    organisation.execute("INSERT INTO client (centre, id, name, rules) VALUES ('c', 'shop', 'A shop', '{}')")
    made = {
        "boss": account(organisation, "manager"), "lead": account(organisation, "supervisor"),
        "owner": account(organisation, "client_owner", client="bank"),
        "viewer": account(organisation, "client_viewer", client="bank"),
        "stranger": account(organisation, "client_owner", client="shop"),
    }  # fmt: skip
    return {name: session(organisation, person) for name, person in made.items()}


async def delivered(database: str) -> None:
    later = instant(DAY + timedelta(days=2))
    async with await connect(database) as connection:
        assert await Reporter(database, FLOOR, lambda: later).look(connection) > 0


async def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_report_from_proposal_to_correction(
    application: FastAPI, database: str, people: dict[str, str], organisation: psycopg.Connection[Any]
) -> None:
    async with browser(application, people["boss"]) as boss, browser(application, people["owner"]) as owner:
        seen = await ok(await boss.post("/api/reports/preview", json=TERMS))
        assert [one["title"] for one in seen["figures"]] == ["Offered", "Service level"]
        assert "within 15 s" in seen["figures"][1]["words"][0]
        assert seen["figures"][0]["exclusions"] == ["self_served", "still_waiting"]
        proposed = await ok(await boss.post("/api/reports", json=TERMS), 201)
        at = f"/api/reports/{proposed['report']}"
        mine = await ok(await boss.get(at))
        assert (mine["state"], mine["versions"][0]["moves"]) == ("proposed", ["withdraw"])
        alone = await boss.post(f"{at}/versions/1", json={"move": "agree", "hash": proposed["hash"]})
        assert (alone.status_code, alone.json()["code"]) == (409, "move_refused")
        blind = await owner.post(f"{at}/versions/1", json={"move": "agree", "hash": "0" * 64})
        assert (blind.status_code, blind.json()["code"]) == (409, "terms_changed")
        agreed = await ok(await owner.post(f"{at}/versions/1", json={"move": "agree", "hash": proposed["hash"]}))
        assert agreed["state"] == "agreed"
        assert agreed["next_due_at"] is not None

        await delivered(database)
        (line, *_) = (await ok(await owner.get(f"{at}/deliveries")))["deliveries"][::-1]
        where = {"period_began": line["period_began"], "n": 0}
        whole = await ok(await owner.get(f"{at}/deliveries/one", params=where))
        cards = next(row for row in whole["rows"] if row["key"] == "cards" and row["began_at"] is None)
        assert cards["values"][0] == 6
        behind = await ok(await owner.get(f"{at}/deliveries/contacts", params={**where, "figure": 0, "key": "cards"}))
        assert len(behind["contacts"]) == 6
        file = await owner.get(f"{at}/deliveries/file", params=where)
        assert file.headers["content-type"].startswith("text/csv")
        pdf = await owner.get(f"{at}/deliveries/file", params={**where, "format": "pdf"})
        assert pdf.content.startswith(b"%PDF-")

        wish = {"period_began": line["period_began"], "kind": "recompute"}
        first = await ok(await owner.post(f"{at}/deliveries/wishes", json=wish), 202)
        assert await ok(await owner.post(f"{at}/deliveries/wishes", json=wish), 202) == first, "it is wanted already"
        await delivered_again(database)
        told = (await ok(await boss.get(f"{at}/deliveries/one", params=where)))["wishes"][0]
        assert told["compared"] == {"is_equal": True, "count": 0, "differences": []}
        correction = {**wish, "kind": "correct"}
        assert (await boss.post(f"{at}/deliveries/wishes", json=correction)).json()["code"] == "correction_refused"
        said = {**correction, "why": "A queue was counted twice."}
        assert (await owner.post(f"{at}/deliveries/wishes", json=said)).status_code == 422
        async with browser(application, people["lead"]) as lead:
            refused = await lead.post(f"{at}/deliveries/wishes", json=said)
            assert refused.json()["code"] == "correction_refused"
        organisation.execute("UPDATE report_delivery SET rows = replace(rows, '[6,', '[7,')")
        await ok(await boss.post(f"{at}/deliveries/wishes", json=said), 202)
        await delivered_again(database)
        both = [one for one in (await ok(await owner.get(f"{at}/deliveries")))["deliveries"]
                if one["period_began"] == line["period_began"]]  # fmt: skip
        assert [(one["n"], one["why"]) for one in both] == [(1, "A queue was counted twice."), (0, None)]
    actions = organisation.execute(
        "SELECT action FROM audit_entry WHERE client = 'bank' AND action LIKE 'report.%' ORDER BY number"
    ).fetchall()
    assert [action for (action,) in actions] == [
        "report.proposed", "report.agreed", "report.exported", "report.exported", "report.recomputed",
        "report.corrected",
    ]  # fmt: skip


async def delivered_again(database: str) -> None:
    """Let the worker do what was wished."""
    later = instant(DAY + timedelta(days=2))
    async with await connect(database) as connection:
        await Reporter(database, FLOOR, lambda: later).look(connection)


async def test_new_terms_hold_when_both_have_signed(application: FastAPI, people: dict[str, str]) -> None:
    async with browser(application, people["boss"]) as boss, browser(application, people["owner"]) as owner:
        first = await ok(await owner.post("/api/reports", json=TERMS), 201)
        at = f"/api/reports/{first['report']}"
        await ok(await boss.post(f"{at}/versions/1", json={"move": "agree", "hash": first["hash"]}))
        second = await ok(await boss.post(f"{at}/versions", json=TERMS | {"deliver_at": "07:30"}), 201)
        shown = await ok(await owner.get(at))
        assert [one["state"] for one in shown["versions"]] == ["proposed", "agreed"]
        assert shown["state"] == "agreed"
        declined = await ok(await owner.post(f"{at}/versions/2", json={"move": "decline", "words": "Earlier, please."}))
        assert [one["state"] for one in declined["versions"]] == ["declined", "agreed"]
        assert declined["versions"][0]["words"] == "Earlier, please."
        third = await ok(await boss.post(f"{at}/versions", json=TERMS | {"deliver_at": "05:00"}), 201)
        assert third["version"] == second["version"] + 1
        agreed = await ok(await owner.post(f"{at}/versions/3", json={"move": "agree", "hash": third["hash"]}))
        assert [one["state"] for one in agreed["versions"]] == ["agreed", "declined", "superseded"]
        moved = await boss.post(f"{at}/versions", json=TERMS | {"zone": "Asia/Tehran"})
        assert (moved.status_code, moved.json()["code"]) == (422, "terms_refused")
        ended = await ok(await owner.post(f"{at}/versions/3", json={"move": "end"}))
        assert (ended["versions"][0]["state"], ended["next_due_at"]) == ("ended", None)


async def test_another_client_reaches_nothing(application: FastAPI, database: str, people: dict[str, str]) -> None:
    async with browser(application, people["boss"]) as boss, browser(application, people["owner"]) as owner:
        made = await ok(await boss.post("/api/reports", json=TERMS), 201)
        at = f"/api/reports/{made['report']}"
        await ok(await owner.post(f"{at}/versions/1", json={"move": "agree", "hash": made["hash"]}))
        await delivered(database)
        line = (await ok(await owner.get(f"{at}/deliveries")))["deliveries"][0]
    where = {"period_began": line["period_began"], "n": 0}
    async with browser(application, people["stranger"]) as stranger:
        assert (await ok(await stranger.get("/api/reports")))["reports"] == []
        one = {**where, "figure": 0}
        reached = (("", {}), ("/deliveries", {}), ("/deliveries/one", where), ("/deliveries/file", where),
                   ("/deliveries/contacts", one))  # fmt: skip
        for path, more in reached:
            assert (await stranger.get(f"{at}{path}", params=more)).status_code == 404, path
        wish = {"period_began": line["period_began"], "kind": "recompute"}
        for path, body in (("versions", TERMS), ("versions/1", {"move": "end"}), ("deliveries/wishes", wish)):
            assert (await stranger.post(f"{at}/{path}", json=body)).status_code == 404, path
        for path in ("/api/reports", "/api/reports/preview"):
            refused = await stranger.post(path, json=TERMS)
            assert (refused.status_code, refused.json()["code"]) == (422, "projects_of_one_client")
    async with browser(application, people["viewer"]) as viewer:
        assert (await viewer.get(at)).status_code == 200
        assert (await viewer.post(f"{at}/versions/1", json={"move": "end"})).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"figures": [{"figure": "guessed"}]}, "figure_unknown"),
        ({"figures": [{"figure": "offered", "parameters": {"x": 1}}]}, "parameter_refused"),
        ({"group": "disposition"}, "group_refused"),
        ({"zone": "Europe/Nowhere"}, "unknown_zone"),
        ({"recipients": ["nobody"]}, "terms_refused"),
        ({"first_day": "0001-01-01"}, "terms_refused"),
        ({"deliver_at": "29:00"}, "terms_refused"),
        ({"projects": ["hotline", "else"]}, "projects_of_one_client"),
        ({"figures": []}, "request_invalid"),
    ],
)
async def test_terms_are_refused_with_what_to_do(
    application: FastAPI, people: dict[str, str], wrong: dict[str, Any], code: str
) -> None:
    async with browser(application, people["boss"]) as boss:
        for path in ("/api/reports", "/api/reports/preview"):
            answer = await boss.post(path, json=TERMS | wrong)
            assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
            if code != "request_invalid":
                assert all(f"refused.{code}" in words(language) for language in LANGUAGES), "pages say it"


async def test_a_refusal_has_its_values_for_other_words(application: FastAPI, people: dict[str, str]) -> None:
    late = {"figures": [{"figure": "service_level", "parameters": {"target_seconds": 100_000}}]}
    async with browser(application, people["boss"]) as boss:
        told = (await boss.post("/api/reports/preview", json=TERMS | late)).json()["values"]
        assert (told["figure"], told["reason"]) == ("service_level", "range")
        assert (told["least"], told["greatest"]) == (0, 86_400)
        told = (await boss.post("/api/reports/preview", json=TERMS | {"recipients": ["nobody"]})).json()["values"]
        assert (told["reason"], told["limit"]) == ("recipients", 20)


async def test_terms_have_the_language_that_was_proposed(application: FastAPI, people: dict[str, str]) -> None:
    async with browser(application, people["boss"]) as boss, browser(application, people["owner"]) as owner:
        hashes = set[str]()
        for language in (None, *LANGUAGES):
            proposed = await ok(await boss.post("/api/reports", json=TERMS | {"language": language}), 201)
            seen = (await ok(await owner.get(f"/api/reports/{proposed['report']}")))["versions"][0]
            assert seen["terms"]["language"] == language
            hashes.add(seen["hash"])
        assert len(hashes) == 1 + len(LANGUAGES), "the language is signed as well"
        refused = await boss.post("/api/reports", json=TERMS | {"language": "tlh"})
        assert (refused.status_code, refused.json()["code"]) == (422, "request_invalid")


async def test_figures_beyond_those_that_are_waited_for_are_refused_at_once(
    application: FastAPI, people: dict[str, str]
) -> None:
    turns = application.state.installation.computations
    over = asyncio.Event()

    async def hold() -> None:
        async with turns.turn():
            await over.wait()

    async with browser(application, people["boss"]) as boss, asyncio.TaskGroup() as tasks:
        for _ in range(turns.here_max):
            tasks.create_task(hold())
        refused = await ok(await boss.post("/api/reports/preview", json=TERMS), 503)
        assert refused["code"] == "figures_crowded"
        over.set()
    async with browser(application, people["boss"]) as boss:
        asked = [boss.post("/api/reports/preview", json=TERMS) for _ in range(turns.here_max)]
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
