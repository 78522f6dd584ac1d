"""What an agent does at the desk, or a supervisor for the agent: each a message to the floor.

A command is answered 202 once its message is stored; the floor handles messages in order, in milliseconds, and what
came of one is seen in `/api/floor` and in the journal. An agent acts as the agent that he or she is; a supervisor, and
an API key for desks, for any agent of the centre.
"""

import secrets
from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from markaz import routing
from markaz.identity import audit
from markaz.runtime import PhoneChanged, PhoneTested, StimulusSent, send
from markaz.telephony import BROWSER_PHONE
from markaz.web.commands import (
    ANY,
    FOR_AGENT,
    FOR_SIGNED_IN,
    Accepted,
    AgentPath,
    Asked,
    Id,
    Words,
    accepted,
    act_for,
    require_agent,
    require_signed_in,
    tell,
)
from markaz.web.context import Connection, InstallationGiven, Transaction
from markaz.web.errors import AgentUnknown, PhonesUnavailable
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.visitors import AddressGiven

PASSWORD_BYTES = 24
PHONE_SOCKET = "/api/phone"
SIP_PHONE = "agent-"

# The web may write a phone's secret but not read it, which `excluded.secret` would be.
_KEEP_PHONE = """
INSERT INTO phone (floor, agent, username, secret) VALUES (%(floor)s, %(agent)s, %(username)s, %(secret)s)
ON CONFLICT (floor, agent) DO UPDATE SET username = %(username)s, secret = %(secret)s, written_at = now()
"""
_DROP_PHONE = "DELETE FROM phone WHERE floor = %s AND agent = %s"

agents = APIRouter(route_class=Once, prefix="/api/agents/{agent}", tags=["agent desk"], dependencies=[Depends(act_for)])


NOTE = Field(default=None, description="What the agent is told, by whoever acts for them", examples=["take a break"])


class NotReady(Asked):
    """Why no contacts can be taken."""

    reason: Words = Field(examples=["lunch"])
    note: Words | None = NOTE


class Noted(Asked):
    """What an agent is told by whoever acts for them."""

    note: Words | None = NOTE


class WrapUp(Asked):
    """The end of the work after a conversation."""

    contact: Id | None = Field(default=None, description="Absent: the agent's only wrap-up that is going on")
    disposition: Words | None = Field(default=None, description="The result, from the project's list")


class SignIn(Asked):
    """How the agent's phone is reached."""

    phone: Literal["sip", "browser"] = Field(
        default="sip", description="sip: a phone that speaks SIP by itself; browser: the page, by `socket`"
    )


class Phone(BaseModel):
    """What the agent's phone registers with; the password is new at each sign-in and ends at sign-out."""

    username: str
    password: str
    sip_host: str
    sip_port: int
    socket: str = Field(description="Where a browser speaks SIP over WebSocket, a path of this origin")


class PhoneReturned(Asked):
    """The conversation that the phone is to be in again."""

    contact: Id | None = Field(default=None, description="Absent: every conversation that the agent is in")


@agents.post("/sign-in", responses=refusals(*ANY, AgentUnknown, PhonesUnavailable))
async def sign_in(
    agent: AgentPath, installation: InstallationGiven, connection: Transaction, asked: SignIn | None = None
) -> Phone:
    """Make a phone for the agent and sign in, not ready yet. A second sign-in replaces the first one's password."""
    is_browser = asked is not None and asked.phone == "browser"
    await require_agent(connection, agent)
    address = installation.sip_address()
    if address is None:
        raise PhonesUnavailable
    phone = Phone(
        username=f"{BROWSER_PHONE if is_browser else SIP_PHONE}{agent}",
        password=secrets.token_urlsafe(PASSWORD_BYTES),
        sip_host=address[0],
        sip_port=address[1],
        socket=PHONE_SOCKET,
    )
    kept = {"floor": installation.floor, "agent": agent, "username": phone.username, "secret": phone.password}
    await connection.execute(_KEEP_PHONE, kept)
    signed_in = StimulusSent(routing.AgentSignedIn(agent, returns=is_browser))
    await send(connection, installation.floor, PhoneChanged(agent), signed_in)
    return phone


@agents.post("/sign-out", **FOR_AGENT)
async def sign_out(
    agent: AgentPath,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
    asked: Noted | None = None,
) -> Accepted:
    """Sign out: the phone's password ends; a conversation that is going on is finished."""
    await require_agent(connection, agent)
    await connection.execute(_DROP_PHONE, (installation.floor, agent))
    note = await audited_note(connection, agent, asked, address)
    signed_out = StimulusSent(routing.AgentSignedOut(agent, note))
    await send(connection, installation.floor, signed_out, PhoneChanged(agent))
    return await accepted(connection)


@agents.post("/phone/returned", **FOR_SIGNED_IN)
async def phone_returned(
    agent: AgentPath, asked: PhoneReturned, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Ring the phone again, which answers by itself, for the conversation in hand: the page has been loaded anew."""
    await require_signed_in(connection, installation.floor, agent)
    return await tell(connection, installation.floor, routing.AgentPhoneReturned(agent, asked.contact))


@agents.post("/phone/test", **FOR_SIGNED_IN)
async def test_phone(agent: AgentPath, installation: InstallationGiven, connection: Transaction) -> Accepted:
    """Ring the phone, which answers by itself and hears what it sends; not while it is in a call."""
    await require_signed_in(connection, installation.floor, agent)
    await send(connection, installation.floor, PhoneTested(agent))
    return await accepted(connection)


@agents.post("/ready", **FOR_SIGNED_IN)
async def ready(
    agent: AgentPath,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
    asked: Noted | None = None,
) -> Accepted:
    """Take contacts from now on."""
    await require_signed_in(connection, installation.floor, agent)
    note = await audited_note(connection, agent, asked, address)
    return await tell(connection, installation.floor, routing.AgentBecameReady(agent, note))


@agents.post("/not-ready", **FOR_SIGNED_IN)
async def not_ready(
    agent: AgentPath,
    asked: NotReady,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> Accepted:
    """Take no further contacts until ready again."""
    await require_signed_in(connection, installation.floor, agent)
    note = await audited_note(connection, agent, asked, address)
    return await tell(connection, installation.floor, routing.AgentBecameNotReady(agent, asked.reason, note))


@agents.post("/wrap-up", **FOR_AGENT)
async def wrap_up(
    agent: AgentPath, asked: WrapUp, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """End the wrap-up of a contact with its disposition. One that has ended already is left as it is."""
    await require_agent(connection, agent)
    return await tell(connection, installation.floor, routing.WrapUpEnded(agent, asked.contact, asked.disposition))


async def audited_note(connection: Connection, agent: str, asked: Noted | NotReady | None, address: str) -> str | None:
    """What the agent is told, which the audit trail keeps; None: nothing."""
    note = None if asked is None else asked.note
    if note is not None:
        await audit(connection, "agent.told", f"agent:{agent}", address=address, note=note)
    return note
