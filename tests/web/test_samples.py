"""Terms for days to come, a half once the list is sealed, and a sample that is recomputed from what the API tells."""

import csv
import io
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from markaz.listening import commit_days, draw_days, seal_days
from markaz.runtime import connect
from markaz.web import create_app
from tests.web import people
from tests.web.conftest import Moving, web_settings
from tests.web.listening import another_client, audited, recorded

Owner = psycopg.Connection[Any]
AT = "/api/projects/hotline/sample"
DAY = "2026-11-25"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONTACTS = [f"1764079200.{n}" for n in range(30)]


class At(Moving):
    """A clock that is set."""

    def set(self, moment: datetime) -> None:
        self._now = moment


@pytest.fixture
def clock() -> At:
    clock = At()
    clock.set(NOON)
    return clock


@pytest.fixture
async def app(web_database: str, organisation: Owner, clock: At) -> AsyncIterator[FastAPI]:
    another_client(organisation)
    app = create_app(web_settings(web_database, clock=clock))
    async with app.router.lifespan_context(app):
        yield app


def one(owner: Owner, role: str, client: str | None = None) -> str:
    return people.session(owner, people.account(owner, role, client=client))


async def agree(app: FastAPI, owner: Owner, share: int = 2_500) -> dict[str, Any]:
    async with people.browser(app, one(owner, "manager")) as manager:
        agreed = await manager.post(f"{AT}/terms", json={"share_basis_points": share})
        assert agreed.status_code == 201, agreed.text
        return agreed.json()


async def sealed(app: FastAPI, database: str, owner: Owner, clock: At) -> None:
    """The day is over: its contacts were recorded, one recording is missing, and the list is sealed."""
    await agree(app, owner)
    async with await connect(database) as worker:
        await commit_days(worker, "main", now=NOON, half=lambda: "5f" * 32)
        for n, contact in enumerate(CONTACTS):
            recorded(owner, contact, state="missing" if n % 2 else "present")
        clock.set(datetime(2026, 11, 26, 1, tzinfo=UTC))
        await seal_days(worker, "main", now=clock())


async def draw(database: str, clock: At) -> None:
    async with await connect(database) as worker:
        await draw_days(worker, "main", now=clock())


def by_hand(text: str) -> str:
    said = subprocess.run(["sha256sum"], input=text.encode(), capture_output=True, check=True)
    return said.stdout.decode().split()[0]


async def test_terms_count_from_the_first_day_that_is_not_committed(
    app: FastAPI, database: str, organisation: Owner, clock: At
) -> None:
    first = await agree(app, organisation, 500)
    assert (first["from_day"], first["share_percent"], first["zone"]) == (DAY, 5.0, "UTC")
    async with await connect(database) as worker:
        assert await commit_days(worker, "main", now=NOON, half=lambda: "half") == 2
    assert (await agree(app, organisation, 1))["from_day"] == "2026-11-27", "committed days keep their share"
    async with people.browser(app, one(organisation, "client_owner", "bank")) as client:
        history = (await client.get(f"{AT}/terms")).json()
        days = (await client.get(f"{AT}/days")).json()
        assert (await client.post(f"{AT}/terms", json={"share_basis_points": 1})).status_code == 403
    assert [(row["from_day"], row["share_percent"]) for row in history] == [("2026-11-27", 0.01), (DAY, 5.0)]
    assert [(row["day"], row["share_percent"], row["state"]) for row in days] == [
        ("2026-11-26", 5.0, "committed"), (DAY, 5.0, "committed"),
    ]  # fmt: skip
    assert {row["commitment"] for row in days} == {by_hand("half")}
    assert [row["centre_half"] for row in days] == [None, None]
    assert len(audited(organisation, "sample.agreed")) == 2
    async with people.browser(app, one(organisation, "manager")) as manager:
        for zone in ("Nowhere/Land", "Asia/Tehran", "../etc"):
            refused = await manager.post(f"{AT}/terms", json={"share_basis_points": 1, "zone": zone})
            assert (refused.status_code, refused.json()["code"]) == (422, "zone_refused")
        for share in (-1, 10_001, 1.5, None):
            assert (await manager.post(f"{AT}/terms", json={"share_basis_points": share})).status_code == 422


async def test_the_client_gives_its_half_and_the_sample_is_recomputed_by_hand(
    app: FastAPI, database: str, organisation: Owner, clock: At
) -> None:
    await sealed(app, database, organisation, clock)
    async with people.browser(app, one(organisation, "client_owner", "bank")) as client:
        before = (await client.get(AT, params={"day": DAY})).json()
        assert (before["state"], before["contacts"], before["drawn"]) == ("sealed", 30, [])
        assert (before["centre_half"], before["seed"]) == (None, None)
        given = await client.post(f"{AT}/{DAY}/half", json={"half": "4 6 1 3 3 2 5"})
        assert (given.status_code, given.json()["state"]) == (202, "given")
        again = await client.post(f"{AT}/{DAY}/half", json={"half": "another"})
        assert (again.status_code, again.json()["code"]) == (409, "sample_not_open")
        await draw(database, clock)
        sample = (await client.get(AT, params={"day": DAY})).json()
        sheet = (await client.get(f"{AT}.csv", params={"day": DAY})).text
        recorded(organisation, "told-too-late")
        assert (await client.get(AT, params={"day": DAY})).json()["late"] == 1, "what is not in the list is not hidden"
    assert (sample["state"], sample["late"]) == ("drawn", 0)
    rows = list(csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff"))))
    # From here on nothing of ours: what the client was shown before, and the program `sha256sum`.
    assert by_hand(sample["centre_half"]) == before["commitment"]
    seed = by_hand(f"{sample['centre_half']}:4 6 1 3 3 2 5")
    assert sample["seed"] == seed
    listed = [row["contact"] for row in rows]
    assert sorted(listed) == sorted(CONTACTS)
    assert by_hand("".join(f"{contact}\n" for contact in sorted(listed))) == before["manifest"]
    drawn = {contact for contact in listed if by_hand(f"{seed}:{contact}") < sample["limit"]}
    assert 0 < len(drawn) < 30
    assert {one["contact"] for one in sample["drawn"]} == drawn
    assert {row["contact"] for row in rows if row["drawn"] == "yes"} == drawn
    assert all(one["hash"] == by_hand(f"{seed}:{one['contact']}") for one in sample["drawn"])
    # What is missing stays in the sample, and is seen.
    states = {one["contact"]: [of["state"] for of in one["recordings"]] for one in sample["drawn"]}
    assert {"missing", "present"} == {state for found in states.values() for state in found}
    assert [entry[:2] for entry in audited(organisation, "sample.given")] == [("project:hotline", "bank")]
    assert [entry[:2] for entry in audited(organisation, "sample.exported")] == [("project:hotline", "bank")]
    for action in ("sample.committed", "sample.sealed", "sample.drawn"):
        assert ("project:hotline", "bank", "Markaz") in audited(organisation, action)


async def test_a_half_is_refused_before_the_list_is_sealed(
    app: FastAPI, database: str, organisation: Owner, clock: At
) -> None:
    await agree(app, organisation)
    async with await connect(database) as worker:
        await commit_days(worker, "main", now=NOON, half=lambda: "half")
    token = one(organisation, "client_owner", "bank")
    for moment, state in (
        (NOON, "committed"), (NOON + timedelta(days=1), "running"), (datetime(2026, 11, 26, tzinfo=UTC), "settling"),
    ):  # fmt: skip
        clock.set(moment)
        async with people.browser(app, token) as client:
            assert (await client.get(AT, params={"day": DAY})).json()["state"] == state
            refused = await client.post(f"{AT}/{DAY}/half", json={"half": "x"})
            assert (refused.status_code, refused.json()["code"]) == (409, "sample_not_open")
    async with people.browser(app, token) as client:
        for half in ("", "é", "a\nb", "x" * 201, None):
            assert (await client.post(f"{AT}/{DAY}/half", json={"half": half})).status_code == 422
        for day in ("2026-13-01", "yesterday"):
            assert (await client.get(AT, params={"day": day})).status_code == 422
        missing = await client.get(AT, params={"day": "2020-01-01"})
        assert (missing.status_code, missing.json()["code"]) == (404, "sample_unknown")


async def test_neither_another_client_nor_the_centre_gives_the_clients_half(
    app: FastAPI, database: str, organisation: Owner, clock: At
) -> None:
    await sealed(app, database, organisation, clock)
    async with people.browser(app, one(organisation, "client_owner", "shop")) as shop:
        for answer in (
            await shop.get(AT), await shop.get(f"{AT}/days"), await shop.get(f"{AT}/terms"),
            await shop.get(f"{AT}.csv"), await shop.post(f"{AT}/{DAY}/half", json={"half": "x"}),
        ):  # fmt: skip
            assert (answer.status_code, answer.json()["code"]) == (404, "project_unknown")
    for role in ("administrator", "manager", "quality_analyst"):
        async with people.browser(app, one(organisation, role)) as staff:
            assert (await staff.post(f"{AT}/{DAY}/half", json={"half": "x"})).status_code == 403
            assert (await staff.get(AT)).json()["centre_half"] is None


async def test_the_centres_half_is_hidden_from_the_web_itself(
    app: FastAPI, web_database: str, database: str, organisation: Owner, clock: At
) -> None:
    await sealed(app, database, organisation, clock)
    with psycopg.connect(web_database) as web:
        web.execute("SELECT enter_session(%s)", (one(organisation, "administrator"),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("SELECT centre_half FROM sample_day")


async def test_contacts_are_taken_away_as_a_sheet_and_both_sides_see_it(app: FastAPI, organisation: Owner) -> None:
    recorded(organisation, "mine")
    recorded(organisation, "theirs", project="shopline")
    async with people.browser(app, one(organisation, "client_owner", "bank")) as client:
        sheet = await client.get("/api/contacts.csv", params={"outcome": "answered"})
        assert (await client.get("/api/contacts", params={"outcome": "abandoned"})).json()["contacts"] == []
    rows = list(csv.DictReader(io.StringIO(sheet.text.removeprefix("\ufeff"))))
    assert [(row["contact"], row["customer"], row["outcome"]) for row in rows] == [("mine", "'+491", "answered")]
    async with people.browser(app, one(organisation, "supervisor")) as staff:
        assert "theirs" in (await staff.get("/api/contacts.csv")).text
    assert [(subject, client) for subject, client, _ in audited(organisation, "contacts.exported")] == [
        ("contacts", "bank"), ("contacts", "bank"), ("contacts", "shop"),
    ]  # fmt: skip
