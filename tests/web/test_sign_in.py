"""People sign in with what is theirs alone, nobody learns who has an account, and nobody can lock another out."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from pyotp.totp import TOTP

from markaz.identity.errors import SignInsCrowded
from markaz.identity.passwords import Prover
from markaz.web import create_app
from tests.web.conftest import Moving, web_settings
from tests.web.people import ORIGIN, PASSWORD, account, browser, session

AMAL = {"email": "amal@example.org", "password": PASSWORD}
WRONG = {"email": "amal@example.org", "password": "correct horse battery stable"}


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
async def app(web_database: str, organisation: psycopg.Connection[Any], clock: Moving) -> AsyncIterator[FastAPI]:
    account(organisation, "agent", id="amal", email="amal@example.org", agent="amal", password=PASSWORD)
    app = create_app(web_settings(web_database, clock=clock))
    async with app.router.lifespan_context(app):
        yield app


def code_of(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


async def test_a_password_opens_a_session_that_ends_with_signing_out(app: FastAPI) -> None:
    async with browser(app) as one:
        assert code_of(await one.get("/api/session")) == (401, "not_signed_in")
        answer = await one.post("/api/session", json=AMAL | {"email": " Amal@Example.ORG".strip()})
        assert answer.status_code == 200, answer.text
        assert answer.json()["user"] == {
            "id": "amal", "name": "Name of amal", "email": "amal@example.org", "locale": "en",
            "calendar": "gregory", "digits": "latn", "theme": "auto", "has_second_factor": False,
        }  # fmt: skip
        assert (answer.json()["centre"], answer.json()["agent"]) == ({"id": "c", "name": "A centre"}, "amal")
        kept = answer.headers.get_list("set-cookie")
        assert all("HttpOnly" in cookie and "SameSite=strict" in cookie for cookie in kept)
        assert (await one.get("/api/session")).json()["roles"] == ["agent"]
        token = one.cookies["markaz_session"]
        assert (await one.delete("/api/session")).status_code == 204
        assert "markaz_session" not in one.cookies
        one.cookies.set("markaz_session", token)
        assert code_of(await one.get("/api/session")) == (401, "not_signed_in")


async def test_https_cookies_are_secure(app: FastAPI) -> None:
    async with browser(app) as one:
        one.base_url = httpx.URL("https://markaz")
        answer = await one.post("/api/session", json=AMAL, headers={"Origin": "https://markaz"})
        assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))
        assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize(
    "asked",
    [WRONG, AMAL | {"email": "nobody@example.org"}, AMAL | {"centre": "other"}, AMAL | {"centre": "nowhere"}],
)
async def test_wrong_credentials_look_alike(app: FastAPI, asked: dict[str, str]) -> None:
    async with browser(app) as one:
        answer = await one.post("/api/session", json=asked)
        assert code_of(answer) == (401, "wrong_credentials")
        assert "set-cookie" not in answer.headers


async def test_who_is_disabled_cannot_sign_in(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    organisation.execute("UPDATE account SET disabled_at = now()")
    async with browser(app) as one:
        assert code_of(await one.post("/api/session", json=AMAL)) == (401, "wrong_credentials")


async def test_guesses_from_one_network_run_out_and_nobody_else_is_locked_out(app: FastAPI) -> None:
    async with browser(app, address="192.0.2.1") as at_home:
        assert (await at_home.post("/api/session", json=AMAL)).status_code == 200
        async with browser(app, address="198.51.100.7") as attacker:
            for _ in range(6):
                assert code_of(await attacker.post("/api/session", json=WRONG)) == (401, "wrong_credentials")
            refused = await attacker.post("/api/session", json=WRONG)
            assert code_of(refused) == (429, "too_many_attempts")
            assert refused.headers["retry-after"] == "900"
            assert (await attacker.post("/api/session", json=AMAL)).status_code == 429, (
                "the right one does not help now"
            )
        async with browser(app, address="198.51.100.200") as neighbour:
            assert (await neighbour.post("/api/session", json=AMAL)).status_code == 429, "the same network"
        async with browser(app, address="203.0.113.9") as elsewhere:
            assert (await elsewhere.post("/api/session", json=AMAL)).status_code == 200
        # A browser that signed in before may even share the attacker's network.
        at_home._transport = httpx.ASGITransport(app, client=("198.51.100.7", 4711))
        assert (await at_home.post("/api/session", json=AMAL)).status_code == 200


async def test_an_attack_from_everywhere_spares_known_browsers(
    app: FastAPI, organisation: psycopg.Connection[Any]
) -> None:
    async with browser(app) as known:
        await known.post("/api/session", json=AMAL)
        organisation.execute("UPDATE throttle SET failures = 1000 WHERE key LIKE 'password account %'")
        async with browser(app, address="203.0.113.9") as unknown:
            assert (await unknown.post("/api/session", json=AMAL)).status_code == 429
        assert (await known.post("/api/session", json=AMAL)).status_code == 200


async def test_guesses_on_many_accounts_from_one_address_run_out(
    app: FastAPI, organisation: psycopg.Connection[Any]
) -> None:
    async with browser(app) as one:
        await one.post("/api/session", json=WRONG)
        organisation.execute("UPDATE throttle SET failures = 60 WHERE key = 'password address 192.0.2.1'")
        answer = await one.post("/api/session", json=AMAL | {"email": "another@example.org"})
        assert code_of(answer) == (429, "too_many_attempts")


async def test_a_second_factor_is_asked_for_and_each_code_counts_once(
    app: FastAPI, clock: Moving, organisation: psycopg.Connection[Any]
) -> None:
    async with browser(app) as one:
        await one.post("/api/session", json=AMAL)
        assert code_of(await one.post("/api/me/totp", json={})) == (403, "password_needed")
        made = (await one.post("/api/me/totp", json={"present_password": PASSWORD})).json()
        assert not (await one.get("/api/session")).json()["user"]["has_second_factor"], "no code has been confirmed"
        assert made["uri"].startswith("otpauth://totp/Markaz:")
        assert made["picture"].startswith("data:image/svg+xml")
        totp = TOTP(made["secret"])
        assert code_of(await one.post("/api/me/totp/confirm", json={"code": "000000"})) == (401, "wrong_credentials")
        first = totp.at(clock())
        answer = await one.post("/api/me/totp/confirm", json={"code": first})
        codes = answer.json()["recovery_codes"]
        assert len(set(codes)) == 10
        assert (await one.get("/api/session")).json()["user"]["has_second_factor"]
        (kept,) = organisation.execute("SELECT totp_secret FROM credential WHERE account = 'amal'").fetchone() or (b"",)
        assert made["secret"].encode() not in kept

    async with browser(app) as two:
        challenged = await two.post("/api/session", json=AMAL)
        assert code_of(challenged) == (403, "second_factor_needed")
        assert code_of(await two.get("/api/session")) == (401, "not_signed_in")
        challenge = challenged.json()["challenge"]
        used = await two.post("/api/session/second-factor", json={"challenge": challenge, "code": first})
        assert code_of(used) == (401, "wrong_credentials"), "it was used to confirm"
        clock.pass_seconds(30)
        right = {"challenge": challenge, "code": totp.at(clock())}
        assert (await two.post("/api/session/second-factor", json=right)).status_code == 200
        assert (await two.get("/api/session")).status_code == 200
        assert code_of(await two.post("/api/session/second-factor", json=right))[0] == 429, "the challenge is over"

    async with browser(app) as three:
        challenge = (await three.post("/api/session", json=AMAL)).json()["challenge"]
        assert (
            await three.post("/api/session/second-factor", json={"challenge": challenge, "code": codes[0].upper()})
        ).status_code == 200
        challenge = (await three.post("/api/session", json=AMAL)).json()["challenge"]
        again = await three.post("/api/session/second-factor", json={"challenge": challenge, "code": codes[0]})
        assert code_of(again) == (401, "wrong_credentials")
        for _ in range(4):
            await three.post("/api/session/second-factor", json={"challenge": challenge, "code": "000000"})
        clock.pass_seconds(30)
        late = {"challenge": challenge, "code": totp.at(clock())}
        assert (await three.post("/api/session/second-factor", json=late)).status_code == 429, "five attempts"
        assert code_of(await three.request("DELETE", "/api/me/totp", json={})) == (403, "password_needed")
        removed = await three.request("DELETE", "/api/me/totp", json={"present_password": PASSWORD})
        assert removed.status_code == 204
        again = await three.post("/api/session", json=AMAL)
        assert (again.status_code, again.json()["user"]["has_second_factor"]) == (200, False)


async def test_a_link_signs_in_once(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    account(organisation, "administrator", id="boss", email="boss@example.org", password=PASSWORD)
    token = session(organisation, "boss")
    async with browser(app, token) as boss:
        link = (await boss.post("/api/users/amal/link")).json()["link"]
    assert link.startswith("http://markaz/enter/")
    given = {"token": link.rpartition("/")[2]}
    async with browser(app) as one:
        assert (await one.post("/api/session/link", json=given)).json()["user"]["id"] == "amal"
        new = "a password that amal chose herself"
        assert (await one.patch("/api/me", json={"password": new})).status_code == 200, "none is asked for after a link"
        assert code_of(await one.post("/api/session/link", json=given)) == (410, "link_spent")
        assert code_of(await one.post("/api/session/link", json={"token": "nothing"})) == (410, "link_spent")
        assert (await one.post("/api/session", json=AMAL | {"password": new})).status_code == 200
        assert code_of(await one.post("/api/session", json=AMAL)) == (401, "wrong_credentials")


async def test_an_invitation_makes_an_account_once(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    account(organisation, "administrator", id="boss")
    async with browser(app, session(organisation, "boss")) as boss:
        asked = {"email": "New@Example.org", "name": "New", "roles": ["supervisor"]}
        made = (await boss.post("/api/invitations", json=asked)).json()
        assert code_of(await boss.post("/api/invitations", json=asked | {"email": "AMAL@example.org"})) == (
            409, "email_taken",
        )  # fmt: skip
        assert [one["email"] for one in (await boss.get("/api/invitations")).json()] == ["new@example.org"]
    path = f"/api/invitations/{made['link'].rpartition('/')[2]}"
    assert made["link"].startswith("http://markaz/join/")
    async with browser(app) as one:
        assert (await one.get(path)).json() == {
            "centre": "A centre", "name": "New", "email": "new@example.org", "roles": ["supervisor"],
            "invited_by": "Name of boss",
        }  # fmt: skip
        weak = await one.post(path, json={"name": "New", "password": "password1234"})
        assert code_of(weak) == (422, "password_refused")
        answer = await one.post(path, json={"name": "Noor", "password": "seven brave camels walked"})
        assert (answer.json()["user"]["name"], answer.json()["roles"]) == ("Noor", ["supervisor"])
        assert (await one.get("/api/session")).status_code == 200
        assert code_of(await one.get(path)) == (410, "link_spent")
        assert code_of(await one.post(path, json={"name": "N", "password": "seven brave camels walked"}))[0] == 410


async def test_an_invitation_can_be_withdrawn(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    account(organisation, "administrator", id="boss")
    async with browser(app, session(organisation, "boss")) as boss:
        asked = {"email": "new@example.org", "name": "New", "roles": ["agent"]}
        made = (await boss.post("/api/invitations", json=asked)).json()
        assert (await boss.delete(f"/api/invitations/{made['id']}")).status_code == 204
        assert code_of(await boss.delete(f"/api/invitations/{made['id']}")) == (404, "invitation_unknown")
        token = made["link"].rpartition("/")[2]
        assert code_of(await boss.get(f"/api/invitations/{token}")) == (410, "link_spent")


async def test_a_session_ends_by_itself(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    idle, old, young = (session(organisation, "amal") for _ in range(3))
    organisation.execute(
        "UPDATE session SET seen_at = now() - interval '4 hours' WHERE token = sha256(%s)", (idle.encode(),)
    )
    organisation.execute("UPDATE session SET ends_at = now() WHERE token = sha256(%s)", (old.encode(),))
    organisation.execute(
        "UPDATE session SET seen_at = now() - interval '3 hours' WHERE token = sha256(%s)", (young.encode(),)
    )
    for token, status in ((idle, 401), (old, 401), (young, 200)):
        async with browser(app, token) as one:
            assert (await one.get("/api/session")).status_code == status
    (seen,) = organisation.execute(
        "SELECT now() - seen_at < interval '1 minute' FROM session WHERE token = sha256(%s)", (young.encode(),)
    ).fetchone() or (None,)
    assert seen, "using it put its end off"


async def test_own_sessions_are_listed_and_ended(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    account(organisation, "agent", id="other")
    session(organisation, "other")
    first, second, third = (session(organisation, "amal") for _ in range(3))
    async with browser(app, first) as one, browser(app, second) as two, browser(app, third) as three:
        listed = (await one.get("/api/me/sessions")).json()
        assert len(listed) == 3
        assert [entry["browser"] for entry in listed] == ["a browser"] * 3
        [this] = [entry["id"] for entry in (await two.get("/api/me/sessions")).json() if entry["is_this"]]
        assert (await one.delete(f"/api/me/sessions/{this}")).status_code == 204
        assert code_of(await one.delete(f"/api/me/sessions/{this}")) == (404, "session_unknown")
        assert (await two.get("/api/session")).status_code == 401
        assert (await one.delete("/api/me/sessions")).status_code == 204
        assert (await three.get("/api/session")).status_code == 401
        assert (await one.delete("/api/session?everywhere=true")).status_code == 204
    (left,) = organisation.execute("SELECT count(*) FROM session").fetchone() or (None,)
    assert left == 1, "the other's"


async def test_a_new_password_needs_the_old_one_and_ends_other_sessions(
    app: FastAPI, organisation: psycopg.Connection[Any]
) -> None:
    other = session(organisation, "amal")
    organisation.execute("UPDATE session SET seen_at = now() - interval '2 hours'")
    new = {"password": "forty-two purple giraffes"}
    async with browser(app, session(organisation, "amal")) as one, browser(app, other) as two:
        assert code_of(await one.patch("/api/me", json=new)) == (403, "password_needed")
        wrong = new | {"present_password": "something else entirely"}
        for _ in range(8):
            assert code_of(await one.patch("/api/me", json=wrong)) == (403, "password_needed")
        assert (await two.get("/api/session")).status_code == 200
        short = {"password": "too short", "present_password": PASSWORD}
        assert code_of(await one.patch("/api/me", json=short)) == (422, "password_refused")
        assert (await one.patch("/api/me", json=new | {"present_password": PASSWORD})).status_code == 200
        assert (await one.get("/api/session")).status_code == 200
        assert (await two.get("/api/session")).status_code == 401
        for _ in range(10):
            await one.patch("/api/me", json=wrong)
        assert code_of(await one.patch("/api/me", json=wrong)) == (429, "too_many_attempts")


async def test_one_may_choose_how_things_look_and_nothing_more(
    app: FastAPI, organisation: psycopg.Connection[Any]
) -> None:
    async with browser(app, session(organisation, "amal")) as one:
        asked = {"name": "أمل", "locale": "ar", "digits": "arab", "theme": "dark"}
        changed = await one.patch("/api/me", json=asked)
        assert {key: changed.json()["user"][key] for key in asked} == asked
        assert code_of(await one.patch("/api/me", json={"roles": ["administrator"]})) == (422, "request_invalid")
        assert code_of(await one.patch("/api/me", json={"email": "else@example.org"})) == (403, "not_permitted")


async def test_pages_of_other_sites_are_refused(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    for headers, status in (
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        (ORIGIN, 200),
    ):
        async with browser(app, session(organisation, "amal")) as one:
            del one.headers["Origin"]
            answer = await one.patch("/api/me", json={"theme": "dark"}, headers=headers)
            assert answer.status_code == status, headers
            if status == 403:
                assert answer.json()["code"] == "origin_refused"
                assert answer.headers["x-content-type-options"] == "nosniff"
            nothing = await one.patch("/api/me", json={"theme": "dark"})
            assert code_of(nothing) == (403, "origin_refused"), "a browser that says nothing"


async def test_every_answer_carries_the_headers(app: FastAPI) -> None:
    async with browser(app) as one:
        for path in ("/health", "/api/session", "/nothing"):
            headers = (await one.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy or "default-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert (headers["x-frame-options"], headers["referrer-policy"]) == ("DENY", "no-referrer")
        assert (await one.get("/api/session")).headers["cache-control"] == "no-store"


async def test_no_secret_is_logged(
    app: FastAPI, organisation: psycopg.Connection[Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with browser(app) as one:
        await one.post("/api/session", json=AMAL)
        token = one.cookies["markaz_session"]
        await one.patch("/api/me", json={"password": "x" * 12, "present_password": PASSWORD})
        await one.post("/api/session/link", json={"token": "a-secret-link"})
    assert not [word for word in (PASSWORD, token, "a-secret-link") if word in caplog.text]


async def test_what_stands_in_an_address_is_not_logged_when_it_fails(
    clock: Moving, caplog: pytest.LogCaptureFixture
) -> None:
    away = create_app(web_settings("postgresql://markaz@127.0.0.1:1/markaz", clock=clock))
    async with browser(away) as one:
        assert (await one.get("/api/invitations/a-secret-token")).status_code == 503
        assert (await one.post("/api/invitations/a-secret-token", json={})).status_code >= 400
    assert "/api/invitations/{" in caplog.text
    assert "a-secret-token" not in caplog.text


async def test_who_was_not_tried_since_too_many_were_has_used_up_nothing(
    app: FastAPI, organisation: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def prove(*_: object) -> bytes:
        raise SignInsCrowded

    with monkeypatch.context() as crowded:
        crowded.setattr(Prover, "prove", prove)
        async with browser(app) as one:
            for _ in range(8):
                assert code_of(await one.post("/api/session", json=AMAL)) == (503, "sign_ins_crowded")
    assert organisation.execute(
        "SELECT sum(failures), count(*) FILTER (WHERE failures > 0) FROM throttle"
    ).fetchone() == (0, 0)
    async with browser(app) as one:
        assert (await one.post("/api/session", json=AMAL)).status_code == 200


async def test_a_subscriber_of_ipv6_has_one_budget(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    answers: list[int] = []
    for n in range(61):
        async with browser(app, address=f"2001:db8:1:2::{n:x}") as one:
            answer = await one.post("/api/session", json=WRONG | {"email": f"nobody{n}@example.org"})
            answers.append(answer.status_code)
    assert (answers[59], answers[60]) == (401, 429)
