"""Every endpoint as every role: who may use it is what docs/permissions.md says, and nothing of others comes through.

The page is generated from the one table of permissions; here it is read again, and compared with what really happens.
"""

import re
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql

from markaz.bootstrap.settings import Settings
from markaz.identity import PERMISSIONS, ROLES, SCOPES, TABLES, Role, permissions_of_scopes, token_hash
from markaz.web import endpoints
from tests.web.people import PASSWORD, browser, session

PAGE = Path(__file__).parents[3] / "docs" / "permissions.md"
CONTACT = {"contact": "own"}
TERMS = {"name": "Daily", "projects": ["hotline"], "figures": [{"figure": "offered"}], "first_day": "2026-11-25"}
HEARD = {"recording": "own", "comment": "c", "day": "2026-11-25"}
BODIES: dict[str, Any] = {
    "POST /api/reports": TERMS,
    "POST /api/reports/preview": TERMS,
    "POST /api/reports/{report}/versions": TERMS,
    "POST /api/reports/{report}/versions/{version}": {"move": "end"},
    "POST /api/reports/{report}/deliveries/wishes": {"period_began": "2026-11-25T12:00:00Z", "kind": "recompute"},
    "PUT /api/contacts/{contact}/form": {"values": {}},
    "PUT /api/agents/{agent}/wrap-ups/{offer}": {"version": 0},
    "POST /api/contacts/{contact}/notes": {"text": "a note"},
    "POST /api/contacts/{contact}/callback": {"at": "2026-01-01T00:00:00Z", "number": "+491"},
    "POST /api/webhooks": {"url": "https://example.org/", "kinds": ["contact.closed"]},
    "PATCH /api/webhooks/{webhook}": {"kinds": ["contact.closed"]},
    "POST /api/agents/{agent}/conference": CONTACT,
    "POST /api/agents/{agent}/consult": CONTACT | {"kind": "number", "target": "+491"},
    "POST /api/agents/{agent}/consult/cancel": CONTACT,
    "POST /api/agents/{agent}/not-ready": {"reason": "lunch"},
    "PUT /api/alarm-rules/{kind}": {"enabled": False},
    "POST /api/agents/{agent}/ready": {},
    "POST /api/agents/{agent}/sign-out": {},
    "PUT /api/agents/{agent}/queues": {"queues": ["cards"]},
    "POST /api/agents/{agent}/party/release": CONTACT,
    "POST /api/agents/{agent}/recording/pause": CONTACT,
    "POST /api/agents/{agent}/recording/resume": CONTACT,
    "POST /api/agents/{agent}/phone/returned": {},
    "POST /api/agents/{agent}/sign-in": {},
    "POST /api/agents/{agent}/supervise": CONTACT | {"mode": "listen"},
    "POST /api/agents/{agent}/supervise/end": CONTACT,
    "POST /api/agents/{agent}/take-over": CONTACT,
    "POST /api/agents/{agent}/transfer": CONTACT | {"kind": "number", "target": "+491"},
    "POST /api/agents/{agent}/transfer/complete": CONTACT,
    "POST /api/agents/{agent}/wrap-up": {},
    "POST /api/projects/{project}/screen-pop": CONTACT,
    "POST /api/projects/{project}/pause": {"reason": "training"},
    "POST /api/session": {"email": "nobody@example.org", "password": PASSWORD},
    "POST /api/session/link": {"token": "x"},
    "POST /api/session/second-factor": {"challenge": "x", "code": "x"},
    "PATCH /api/me": {"theme": "dark"},
    "POST /api/me/totp": {},
    "POST /api/me/totp/confirm": {"code": "x"},
    "DELETE /api/me/totp": {},
    "POST /api/invitations": {"email": "one@example.org", "name": "One", "roles": ["agent"]},
    "POST /api/invitations/{invitation}": {"name": "One", "password": PASSWORD},
    "POST /api/keys": {"name": "one", "scopes": ["floor.see"]},
    "PATCH /api/users/{user}": {"name": "Renamed"},
    "POST /api/organisation/changes": {"edits": []},
    "PUT /api/organisation/{section}/{id}": {"name": "One"},
    "POST /api/organisation/{sheet}.csv": {},
    "POST /api/numbers/quick": {"number": "+4930", "name": "One", "greeting": "Hello."},
    "POST /api/prompts/{prompt}/sound": {},
    "POST /api/recordings/{recording}/plays": {},
    "POST /api/recordings/{recording}/comments": {"at_seconds": 1.5, "text": "a comment"},
    "POST /api/projects/{project}/sample/terms": {"share_basis_points": 500, "zone": "UTC"},
    "POST /api/projects/{project}/sample/{day}/half": {"half": "4 6 1"},
    "POST /api/requests": {"kind": "question", "words": "When?", "project": "hotline"},
    "POST /api/requests/{request}/moves": {"move": "say", "words": "We look."},
    "PUT /api/projects/{project}/response-time": {"hours": 4},
}
"""What is sent where a body is taken; a new endpoint with a body needs its line."""
NOT_SENT = {"POST /api/session"}
"""Walked once only: each takes a hash of a tenth of a second."""

_VISITOR = "INSERT INTO account (id, centre, name, roles, agent) VALUES ('visitor', 'd', 'V', %s, 'amal')"
_SAME_NAME = "INSERT INTO project (centre, id, name, client, rules) VALUES ('d', 'hotline', 'F', %s, '{}')"
_KEY = "INSERT INTO api_key (id, token, centre, client, name, scopes) VALUES ('k', %s, 'c', %s, 'k', %s)"
REFUSED = {"not_signed_in", "not_permitted", "origin_refused"}


def table_of_the_page() -> dict[str, tuple[str, set[str]]]:
    """Endpoint -> its permission and the roles that may use it, as the page says."""
    section = PAGE.read_text().split("## Endpoints")[1].split("## Tables")[0]
    found: dict[str, tuple[str, set[str]]] = {}
    for line in section.splitlines():
        if line.startswith("| `"):
            name, permission, *may = (cell.strip() for cell in line.strip("|").split("|"))
            holders = {role for role, said in zip(ROLES, may, strict=True) if said == "yes"}
            found[name.strip("`")] = (permission.strip("`"), holders)
    return found


def walked(app: FastAPI) -> list[str]:
    return [f"{one.method} {one.path}" for one in endpoints(app) if one.method != "WEBSOCKET"]


async def ask(client: httpx.AsyncClient, endpoint: str, names: dict[str, str], **headers: str) -> httpx.Response:
    method, path = endpoint.split()
    filled = re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], "x"), path)
    return await client.request(method, filled, json=BODIES.get(endpoint), headers=headers)


def is_refused(answer: httpx.Response) -> bool:
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    return is_problem and answer.json()["code"] in REFUSED


def dumped(owner: psycopg.Connection[Any], where: str) -> dict[str, list[Any]]:
    """All rows that belong to the other centre (or the other client), in every table that can tell."""
    found: dict[str, list[Any]] = {}
    for table in sorted(TABLES.keys() - {"seal", "throttle", "permission"}):
        statement = sql.SQL("SELECT row_to_json(t)::text FROM {} AS t WHERE row_to_json(t)::text ~ %s ORDER BY 1")
        found[table] = owner.execute(statement.format(sql.Identifier(table)), (where,)).fetchall()
    return found


def test_the_page_has_every_endpoint(app: FastAPI) -> None:
    assert set(table_of_the_page()) == {f"{one.method} {one.path}" for one in endpoints(app)}
    taking = {
        f"{method.upper()} {path}"
        for path, ways in app.openapi()["paths"].items()
        for method, way in ways.items()
        if "requestBody" in way
    }
    assert taking == set(BODIES), "every endpoint that takes a body is sent one"


async def test_whoever_shows_nothing_gets_nothing(app: FastAPI) -> None:
    page = table_of_the_page()
    async with browser(app) as nobody:
        for endpoint in walked(app):
            answer = await ask(nobody, endpoint, {})
            is_open = page[endpoint][0] == "everybody"
            assert is_refused(answer) != is_open, f"{endpoint}: {answer.status_code} {answer.text}"
            assert is_open or answer.status_code == 401, endpoint


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_may_do_what_the_page_says(app: FastAPI, owner: psycopg.Connection[Any], role: Role) -> None:
    """With ids of one's own; nothing of the other centre or, for a client, of the other client is seen or changed."""
    page = table_of_the_page()
    hidden = "oreign|Shopkeeper" if role.startswith("client_") else "oreign"
    before = dumped(owner, hidden)
    owner.execute("UPDATE account SET agent = 'cyrus' WHERE id IN ('manager', 'supervisor', 'quality_analyst')")
    mine = {"agent": "amal" if role == "agent" else "cyrus", "project": "hotline", "user": "client_viewer",
            "invitation": "i client_viewer", "key": "k c", "session": "x", "provider": "x", **HEARD}  # fmt: skip
    if role == "client_viewer":
        mine["user"] = "client_owner"
    for endpoint in walked(app):
        if endpoint in NOT_SENT:
            continue
        async with browser(app, session(owner, role)) as client:
            answer = await ask(client, endpoint, mine)
        assert is_refused(answer) != (role in page[endpoint][1]), f"{endpoint}: {answer.status_code} {answer.text}"
        assert answer.status_code in range(200, 500) or answer.status_code == 503, f"{endpoint}: {answer.text}"
        assert not re.search(hidden, answer.text), f"{role} sees others' in {endpoint}: {answer.text}"
    assert dumped(owner, hidden) == before


@pytest.mark.parametrize("role", ["administrator", "manager", "supervisor", "agent", "client_owner"])
async def test_ids_of_others_open_nothing(app: FastAPI, owner: psycopg.Connection[Any], role: Role) -> None:
    """One's permissions do not reach the other centre's things, nor a client's the other client's."""
    owner.execute("INSERT INTO account (id, centre, name, email, roles, client) VALUES "
                  "('foreign-agent', 'd', 'Foreign', 'foreign-agent@example.org', '{agent}', NULL)")  # fmt: skip
    others = [{"agent": "foreign-agent", "project": "foreign-line", "user": "foreign-agent",
               "invitation": "i foreign-person", "key": "k d", "session": "of foreign-person",
               **HEARD, "recording": "x"}]  # fmt: skip
    if role == "client_owner":
        others.append({"agent": "amal", "project": "shopline", "user": "Shopkeeper", "invitation": "i Shopkeeper",
                       "key": "k c", "session": "of administrator", **HEARD, "recording": "shop"})  # fmt: skip
    before = dumped(owner, "oreign|Shopkeeper")
    for names in others:
        for endpoint in walked(app):
            if "{" not in endpoint or "{provider}" in endpoint:
                continue
            async with browser(app, session(owner, role)) as client:
                answer = await ask(client, endpoint, names)
            assert answer.status_code in (401, 403, 404, 410, 422, 428), (
                f"{endpoint}: {answer.status_code} {answer.text}"
            )
    assert dumped(owner, "oreign|Shopkeeper") == before


@pytest.mark.parametrize("role", ["administrator", "supervisor", "agent"])
async def test_another_centres_people_see_nothing_of_this_floor(
    app: FastAPI, owner: psycopg.Connection[Any], role: Role
) -> None:
    """The other centre's people, with agents and projects of the same names, at this floor's web process."""
    owner.execute(_VISITOR, ([role],))
    owner.execute(_SAME_NAME, ("foreign-client",))
    owner.execute("UPDATE centre SET name = 'Ours' WHERE id = 'c'")
    names = {"agent": "amal", "project": "hotline", "user": "agent", "invitation": "i agent", "key": "k c"}
    before = [dumped(owner, '"floor":"main"'), dumped(owner, '"centre":"c"')]
    for endpoint in walked(app):
        if endpoint in NOT_SENT:
            continue
        async with browser(app, session(owner, "visitor")) as client:
            answer = await ask(client, endpoint, names)
        assert "Ours" not in answer.text
        assert "Shopkeeper" not in answer.text
    assert [dumped(owner, '"floor":"main"'), dumped(owner, '"centre":"c"')] == before


@pytest.mark.parametrize("scope", sorted(SCOPES))
async def test_a_keys_scope_opens_what_the_table_says(app: FastAPI, owner: psycopg.Connection[Any], scope: str) -> None:
    key = f"mk_{scope}"
    owner.execute(_KEY, (token_hash(key), None, [scope]))
    page, permissions = table_of_the_page(), permissions_of_scopes(frozenset({scope}))
    names = {permission.name for permission in PERMISSIONS}
    mine = {"agent": "cyrus", "project": "hotline", "user": "agent", "invitation": "i agent", "key": "k c"}
    async with browser(app) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        for endpoint in walked(app):
            permission = page[endpoint][0]
            if endpoint in NOT_SENT or permission not in names:
                continue
            answer = await ask(client, endpoint, mine)
            assert is_refused(answer) != (permission in permissions), f"{endpoint}: {answer.status_code} {answer.text}"


async def test_an_agent_acts_as_no_other(app: FastAPI, owner: psycopg.Connection[Any]) -> None:
    async with browser(app, session(owner, "agent")) as amal:
        for endpoint in walked(app):
            if "{agent}" in endpoint:
                answer = await ask(amal, endpoint, {"agent": "cyrus"})
                assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted"), endpoint


async def test_a_key_for_a_client_sees_that_clients_alone(
    app: FastAPI, owner: psycopg.Connection[Any], web_database: str
) -> None:
    key = "mk_bank"
    owner.execute(_KEY, (token_hash(key), "bank", ["contacts.read", "desk.act", "organisation.edit"]))
    with psycopg.connect(web_database) as web:
        web.execute("SELECT enter_key(%s)", (key,))
        assert web.execute("SELECT contact FROM contact ORDER BY contact").fetchall() == [("bank",), ("own",)]
        assert web.execute("SELECT count(*) FROM agent").fetchone() == (0,)
    async with browser(app) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        assert (await client.post("/api/agents/cyrus/sign-in")).status_code == 404


async def test_revoked_and_expired_keys_open_nothing(
    app: FastAPI, owner: psycopg.Connection[Any], settings: Settings
) -> None:
    keys = {name: f"mk_{name}" for name in ("good", "revoked", "expired")}
    for name, key in keys.items():
        owner.execute(
            "INSERT INTO api_key (id, token, centre, name, scopes, revoked_at, expires_at) "
            "VALUES (%(name)s, %(token)s, 'c', 'k', '{floor.see}', CASE %(name)s WHEN 'revoked' THEN now() END, "
            "CASE %(name)s WHEN 'expired' THEN now() ELSE now() + interval '1 hour' END)",
            {"name": name, "token": token_hash(key)},
        )
    async with browser(app) as client:
        for name, key in keys.items():
            client.headers["Authorization"] = f"Bearer {key}"
            assert (await client.get("/api/floor")).status_code == (200 if name == "good" else 401), name
