"""Answers to surveys are found page by page and counted by day, by those whose contacts they are of."""

import csv
import io

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from markaz.identity import Role
from markaz.web.feedback import NEWEST
from tests.web import people
from tests.web.listening import another_client, audited

ROWS = """
INSERT INTO contact (floor, contact, channel, project, customer, state, arrived_at, agents)
SELECT floor, contact, 'voice', project, '+49', 'closed', at::timestamptz, '{amal}' FROM (VALUES
    ('main', 'f1', 'hotline', '2027-01-15T08:00:00Z'), ('main', 'f2', 'hotline', '2027-01-16T08:00:00Z'),
    ('main', 's1', 'shopline', '2027-01-16T09:00:00Z'), ('other', 'x1', 'hotline', '2027-01-16T10:00:00Z')
) AS its (floor, contact, project, at);
INSERT INTO feedback (floor, contact, question, answer, project, queue, agent, at) VALUES
    ('main', 'f1', 'friendly', 4, 'hotline', 'cards', 'amal', '2027-01-15T08:05:00Z'),
    ('main', 'f2', 'friendly', 2, 'hotline', 'loans', 'boris', '2027-01-16T08:05:00Z'),
    ('main', 'f2', 'solved', 1, 'hotline', 'loans', 'boris', '2027-01-16T08:05:00Z'),
    ('main', 's1', 'friendly', 9, 'shopline', 'shop', 'amal', '2027-01-16T09:05:00Z'),
    ('other', 'x1', 'friendly', 9, 'hotline', 'cards', 'amal', '2027-01-16T10:05:00Z')
"""


@pytest.fixture(autouse=True)
def answered(organisation: psycopg.Connection) -> None:
    another_client(organisation)
    organisation.execute(ROWS)


def keys(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(one["contact"], one["question"]) for one in answer.json()["answers"]]


async def test_answers_are_found_page_by_page(application: FastAPI, organisation: psycopg.Connection) -> None:
    supervisor = people.session(organisation, people.account(organisation, "supervisor"))
    async with people.browser(application, supervisor) as browser:
        paged: list[tuple[str, str]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = await browser.get("/api/feedback", params={"limit": 1} | ({"cursor": cursor} if cursor else {}))
            paged += keys(page)
            cursor = page.json()["next"]
        assert paged == [("s1", "friendly"), ("f2", "solved"), ("f2", "friendly"), ("f1", "friendly")]
        for asked, found in (
            ({"project": "shopline"}, 1), ({"queue": "loans"}, 2), ({"agent": "boris"}, 2), ({"question": "solved"}, 1),
            ({"from": "2027-01-16T00:00:00Z"}, 3), ({"to": "2027-01-16T00:00:00"}, 1), ({"project": "none"}, 0),
        ):  # fmt: skip
            assert len(keys(await browser.get("/api/feedback", params=asked))) == found, asked
        for cursor in ("x", "bm90aGluZw", "WzEsMl0", "WzkyMjMzNzIwMzY4NTQ3NzU4MDcsICJjIiwgInEiXQ"):
            refused = await browser.get("/api/feedback", params={"cursor": cursor})
            assert (refused.status_code, refused.json()["code"]) == (422, "cursor_unknown")


async def test_answers_are_counted_by_question_and_day(application: FastAPI, organisation: psycopg.Connection) -> None:
    supervisor = people.session(organisation, people.account(organisation, "supervisor"))
    async with people.browser(application, supervisor) as browser:
        told = (await browser.get("/api/feedback/summary", params={"question": "friendly"})).json()
    assert told == [
        {"question": "friendly", "day": "2027-01-16", "count": 2, "mean": 5.5,
         "distribution": [0, 1, 0, 0, 0, 0, 0, 0, 1]},
        {"question": "friendly", "day": "2027-01-15", "count": 1, "mean": 4, "distribution": [0, 0, 0, 1] + [0] * 5},
    ]  # fmt: skip


async def test_a_client_is_told_of_its_own_and_not_of_agents(
    application: FastAPI, organisation: psycopg.Connection
) -> None:
    viewer = people.session(organisation, people.account(organisation, "client_viewer", client="shop"))
    async with people.browser(application, viewer) as browser:
        (one,) = (await browser.get("/api/feedback")).json()["answers"]
        assert (one["contact"], one["agent"]) == ("s1", None)
        (day,) = (await browser.get("/api/feedback/summary")).json()
        assert (day["count"], day["mean"]) == (1, 9)
        for path in ("/api/feedback", "/api/feedback/summary"):
            assert (await browser.get(path, params={"agent": "amal"})).json()["code"] == "not_permitted"


def test_the_newest_answers_of_a_project_are_found_by_an_index(organisation: psycopg.Connection) -> None:
    organisation.execute("""
        INSERT INTO feedback (floor, contact, question, answer, project, at)
        SELECT 'main', 'many' || n, 'friendly', 1, 'p' || n % 50, TIMESTAMPTZ '2027-01-01Z' + n * INTERVAL '1 minute'
        FROM generate_series(1, 20000) AS n
    """)
    organisation.execute("ANALYZE feedback")
    given = dict.fromkeys(("queue", "agent", "question", "since", "until", "at", "contact", "last"))
    plan = organisation.execute(
        f"EXPLAIN {NEWEST}", {**given, "floor": "main", "project": "p7", "limit": 51}
    ).fetchall()
    assert "feedback_project" in str(plan)


async def test_answers_are_taken_away_as_a_sheet_and_both_sides_see_it(
    application: FastAPI, organisation: psycopg.Connection
) -> None:
    client = people.session(organisation, people.account(organisation, "client_owner", client="bank"))
    async with people.browser(application, client) as browser:
        taken = await browser.get("/api/feedback.csv", params={"queue": "loans"})
        assert (await browser.get("/api/feedback.csv", params={"agent": "boris"})).status_code == 403
    rows = list(csv.DictReader(io.StringIO(taken.text.removeprefix("\ufeff"))))
    assert [tuple(row[name] for name in ("contact", "question", "answer", "agent")) for row in rows] == [
        ("f2", "solved", "1", ""), ("f2", "friendly", "2", ""),
    ]  # fmt: skip
    supervisor = people.session(organisation, people.account(organisation, "supervisor"))
    async with people.browser(application, supervisor) as browser:
        whole = (await browser.get("/api/feedback.csv")).text
    assert len(whole.splitlines()) == 5
    assert "boris" in whole
    seen = [side for _, side, _ in audited(organisation, "feedback.exported")]
    assert seen == ["bank", "bank", "shop"]


ASKING = """
INSERT INTO prompt (centre, id, rules) VALUES ('c', 'friendly', '{"id": "friendly", "text": "Were we friendly?"}');
INSERT INTO flow (centre, id, rules) VALUES ('c', 'asked', '{"id": "asked", "nodes": {
    "friendly": {"type": "rate", "prompt": "friendly", "next": "end"},
    "end": {"type": "disconnect", "prompt": "friendly"}
}}');
UPDATE project SET rules = jsonb_set(rules::jsonb, '{survey}', '"asked"')
"""


@pytest.mark.parametrize(
    ("role", "client", "projects"),
    [("supervisor", None, ["hotline", "shopline"]), ("client_viewer", "shop", ["shopline"])],
)
async def test_a_question_is_told_in_the_words_of_its_prompt(
    application: FastAPI, organisation: psycopg.Connection, role: Role, client: str | None, projects: list[str]
) -> None:
    organisation.execute(ASKING)
    asking = people.session(organisation, people.account(organisation, role, client=client))
    async with people.browser(application, asking) as browser:
        told = (await browser.get("/api/names")).json()["questions"]
    assert sorted(one["project"] for one in told) == projects
    assert {(one["id"], one["name"]) for one in told} == {("friendly", "Were we friendly?")}
