"""Subscriptions are made, changed and removed by who may; deliveries are shown and wanted again."""

import httpx
import psycopg
import pytest

from markaz.identity import token_hash

KINDS = ["contact.arrived", "contact.closed"]
URL = "https://crm.example.org/hook"


@pytest.fixture
async def manager(client: httpx.AsyncClient, organisation: psycopg.Connection) -> httpx.AsyncClient:
    organisation.execute(
        "INSERT INTO api_key (id, token, centre, name, scopes) VALUES ('k', %s, 'c', 'CRM', '{webhooks.manage}')",
        (token_hash("mk_webhooks"),),
    )
    client.headers["Authorization"] = "Bearer mk_webhooks"
    return client


async def test_a_subscription_lives_and_ends(manager: httpx.AsyncClient, organisation: psycopg.Connection) -> None:
    organisation.execute("INSERT INTO projection (name, floor, number) VALUES ('webhooks', 'main', 41)")
    made = await manager.post("/api/webhooks", json={"url": URL, "kinds": KINDS})
    assert made.status_code == 201, made.text
    webhook = made.json()
    secret = webhook.pop("secret")
    assert (webhook["url"], webhook["kinds"], webhook["project"]) == (URL, KINDS, None)
    assert (await manager.get("/api/webhooks")).json() == [webhook]
    assert organisation.execute("SELECT number, secret FROM webhook").fetchone() == (41, secret)
    path = f"/api/webhooks/{webhook['id']}"
    changed = await manager.patch(path, json={"project": "hotline", "kinds": ["contact.closed"]})
    assert changed.json() == webhook | {"project": "hotline", "kinds": ["contact.closed"]}
    assert (await manager.patch(path, json={"project": None})).json()["project"] is None
    new = (await manager.post(f"{path}/secret")).json()
    assert new["secret_before_until"] is not None
    kept = organisation.execute("SELECT secret, secret_before FROM webhook").fetchone()
    assert kept == (new["secret"], secret)
    assert (await manager.delete(path)).status_code == 204
    assert (await manager.get("/api/webhooks")).json() == []
    for gone in (manager.delete(path), manager.patch(path, json={}), manager.get(f"{path}/deliveries")):
        assert (await gone).json()["code"] == "webhook_unknown"
    trail = organisation.execute("SELECT action, client, details FROM audit_entry ORDER BY number").fetchall()
    assert [(action.removeprefix("webhook."), client) for action, client, _ in trail] == [
        ("added", None), ("changed", "bank"), ("changed", None), ("secret_made", None), ("removed", None),
    ]  # fmt: skip
    assert not [details for *_, details in trail if secret in details or new["secret"] in details]


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://crm.example.org/"}, {"url": "https://127.0.0.1/"}, {"url": "https://[::1]/"}, {"url": ""},
        {"kinds": []}, {"kinds": ["contact.sold"]}, {"project": "none"}, {"secret": "mine"},
    ],
)  # fmt: skip
async def test_what_cannot_be_subscribed_is_refused(manager: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    answer = await manager.post("/api/webhooks", json={"url": URL, "kinds": KINDS} | wrong)
    assert answer.status_code == 422, answer.text
    assert (await manager.get("/api/webhooks")).json() == []


async def test_deliveries_are_shown_with_their_attempts_and_wanted_again(
    manager: httpx.AsyncClient, organisation: psycopg.Connection
) -> None:
    webhook = (await manager.post("/api/webhooks", json={"url": URL, "kinds": KINDS})).json()["id"]
    organisation.execute(
        "INSERT INTO webhook_delivery (floor, webhook, fact, kind, body, state, attempts, ended_at) "
        "SELECT 'main', %s, n || '.0', 'contact.closed', '{\"n\":1}', 'failed', 1, now() "
        "FROM generate_series(1, 5) AS n",
        (webhook,),
    )
    organisation.execute(
        "INSERT INTO webhook_attempt (delivery, n, status, problem, milliseconds) "
        "SELECT id, 1, 500, 'it answered 500', 12 FROM webhook_delivery"
    )
    path = f"/api/webhooks/{webhook}/deliveries"
    first = (await manager.get(path, params={"limit": 3})).json()
    rest = (await manager.get(path, params={"limit": 3, "cursor": first["next"]})).json()
    assert [len(first["deliveries"]), len(rest["deliveries"]), rest["next"]] == [3, 2, None]
    shown = first["deliveries"][0]
    assert (shown["body"], shown["log"][0]["problem"]) == ({"n": 1}, "it answered 500")
    assert (await manager.post(f"{path}/{shown['id']}/retry")).status_code == 202
    pending = (await manager.get(path, params={"state": "pending"})).json()["deliveries"]
    assert [one["id"] for one in pending] == [shown["id"]]
    assert (await manager.post(f"{path}/999999/retry")).json()["code"] == "delivery_unknown"


async def test_who_may_not_manage_them_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/webhooks")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
