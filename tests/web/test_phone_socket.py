"""Who may connect a phone, what may come that way, and what a desk asks of the phone."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from markaz import routing
from markaz.bootstrap import prepare_web_access
from markaz.bootstrap.settings import Settings
from markaz.runtime.inbox import PhoneChanged, PhoneTested, StimulusSent
from markaz.web import create_app
from markaz.web.phone_socket import is_a_phones
from tests.web import people
from tests.web.conftest import web_settings
from tests.web.test_desk import inbox, phones

REGISTER = "REGISTER sip:127.0.0.1 SIP/2.0\r\nTo: <sip:browser-amal@127.0.0.1>\r\nCSeq: 1 REGISTER\r\n\r\n"


def invite(to: str) -> str:
    return f"INVITE sip:100@127.0.0.1 SIP/2.0\r\nTo: {to}\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\nt:0;tag=1\r\n"


@pytest.mark.parametrize(
    "text",
    [
        REGISTER,
        "SIP/2.0 200 OK\r\n\r\n",
        invite("<sip:x@y>;tag=17"),
        "BYE sip:a@b SIP/2.0\r\nt: <sip:x@y>;tag=a\r\n\r\n",
    ],
)
def test_what_a_phone_sends_passes(text: str) -> None:
    assert is_a_phones(text)


@pytest.mark.parametrize(
    "text",
    [
        invite("<sip:+49900@premium>"),
        "MESSAGE sip:a@b SIP/2.0\r\nTo: <sip:x@y>;tag=a\r\n\r\n",
        "SUBSCRIBE sip:a@b SIP/2.0\r\nTo: <sip:x@y>\r\n\r\n",
        "REFER sip:a@b SIP/2.0\r\nTo: <sip:x@y>\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "hello",
    ],
)
def test_a_phone_dials_nobody(text: str) -> None:
    assert not is_a_phones(text)


async def closed(app: FastAPI, token: str | None, *, subprotocol: str = "sip", origin: str = "http://markaz") -> int:
    """The code with which the socket is closed at once."""
    headers = {"host": "markaz", "origin": origin} | ({"cookie": f"markaz_session={token}"} if token else {})
    scope = {
        "type": "websocket", "scheme": "ws", "path": "/api/phone", "raw_path": b"/api/phone", "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "subprotocols": [subprotocol], "client": ("192.0.2.1", 4711), "app": app,
    }  # fmt: skip
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        said.append(message)

    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
    assert said[-1]["type"] == "websocket.close", said
    return said[-1]["code"]


async def test_whoever_is_no_agent_connects_no_phone(
    web_database: str, organisation: psycopg.Connection[Any], settings: Settings, database: str
) -> None:
    await asyncio.to_thread(prepare_web_access, settings, database)
    agent = people.session(organisation, people.account(organisation, "agent", agent="amal"))
    planner = people.session(organisation, people.account(organisation, "planner"))

    async def code(token: str | None, **more: str) -> int:
        return await closed(create_app(web_settings(web_database)), token, **more)

    organisation.execute("INSERT INTO centre (id, name) VALUES ('d', 'Another')")
    foreign = people.session(organisation, people.account(organisation, "supervisor", centre="d"))
    assert await code(foreign) == 4401
    assert await code(None) == 4401
    assert await code("no such session") == 4401
    assert await code(planner) == 4403
    assert await code(agent, subprotocol="chat") == 1008
    assert await code(agent, origin="http://elsewhere") == 4403
    assert await code(agent) == 1013, "there is no Asterisk"


async def test_a_browser_gets_a_phone_of_its_own_sort(
    client: httpx.AsyncClient, organisation: psycopg.Connection[Any]
) -> None:
    phone = (await client.post("/api/agents/amal/sign-in", json={"phone": "browser"})).json()
    assert (phone["username"], phone["socket"]) == ("browser-amal", "/api/phone")
    assert phones(organisation) == {"amal": ("browser-amal", phone["password"])}
    signed_in = StimulusSent(routing.AgentSignedIn("amal", returns=True))
    assert list(inbox(organisation).values()) == [PhoneChanged("amal"), signed_in]


async def test_what_a_desk_asks_of_the_phone(client: httpx.AsyncClient, organisation: psycopg.Connection[Any]) -> None:
    assert (await client.post("/api/agents/amal/phone/test")).status_code == 409
    await client.post("/api/agents/amal/sign-in", json={"phone": "browser"})
    assert (await client.post("/api/agents/amal/phone/test")).status_code == 202
    assert (await client.post("/api/agents/amal/phone/returned", json={})).status_code == 202
    assert (await client.post("/api/agents/amal/phone/returned", json={"contact": "c1"})).status_code == 202
    assert list(inbox(organisation).values())[2:] == [
        PhoneTested("amal"),
        StimulusSent(routing.AgentPhoneReturned("amal")),
        StimulusSent(routing.AgentPhoneReturned("amal", "c1")),
    ]
