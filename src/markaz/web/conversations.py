"""What agents ask for while they talk, and supervisors about others' conversations: each a message to the floor.

Whether it can be done is decided by the floor at the moment at which it handles the message: a conversation may have
ended meanwhile, a colleague's phone may ring for somebody else. What came of it is seen in `/api/floor`; what could
not be done is noted in the contact's story (`markaz explain`).
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends
from pydantic import Field, StringConstraints

from markaz import routing
from markaz.web.auditing import audit_of_contact
from markaz.web.commands import (
    FOR_AGENT,
    FOR_SIGNED_IN,
    FOR_TARGET,
    Accepted,
    AgentPath,
    Asked,
    Id,
    act_for,
    require_agent,
    require_queue,
    require_signed_in,
    supervise_as,
    tell,
)
from markaz.web.context import InstallationGiven, Transaction
from markaz.web.idempotency import Once
from markaz.web.visitors import AddressGiven

ContactId = Annotated[Id, Field(description="As `/api/floor` names it", examples=["1764079200.17"])]
Number = Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{2,20}$")]

router = APIRouter(
    route_class=Once, prefix="/api/agents/{agent}", tags=["conversations"], dependencies=[Depends(act_for)]
)
supervision = APIRouter(
    route_class=Once, prefix="/api/agents/{agent}", tags=["supervision"], dependencies=[Depends(supervise_as)]
)


class InConversation(Asked):
    """Which conversation is meant."""

    contact: ContactId


class WithAgent(InConversation):
    """With a colleague who is signed in, ready or not."""

    kind: Literal["agent"]
    target: Id = Field(description="The colleague's id", examples=["boris"])


class WithNumber(InConversation):
    """With a number outside, which a trunk must be allowed to dial."""

    kind: Literal["number"]
    target: Number = Field(description="A telephone number", examples=["+4930123456"])


class ToQueue(InConversation):
    """To whoever serves a queue."""

    kind: Literal["queue"]
    target: Id = Field(description="The queue's id", examples=["loans"])


class Supervise(InConversation):
    """How to hear a conversation."""

    mode: routing.SupervisionMode = Field(
        description="listen: hears only; whisper: is heard by the agent too; barge: is heard by everybody",
        examples=["whisper"],
    )


Consult = Annotated[WithAgent | WithNumber, Body(discriminator="kind")]
Transfer = Annotated[WithAgent | ToQueue | WithNumber, Body(discriminator="kind")]


@router.post("/consult", **FOR_SIGNED_IN)
async def consult(
    agent: AgentPath, asked: Consult, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Speak with a colleague or a number outside while the customer hears music."""
    await require_agent(connection, agent)
    if asked.kind == "agent":
        await require_signed_in(connection, installation.floor, asked.target)
    told = routing.ConsultRequested(asked.contact, agent, asked.kind, asked.target)
    return await tell(connection, installation.floor, told)


@router.post("/consult/cancel", **FOR_AGENT)
async def cancel_consult(
    agent: AgentPath, asked: InConversation, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Go back to the customer; who was consulted is released."""
    await require_agent(connection, agent)
    return await tell(connection, installation.floor, routing.ConsultCancelled(asked.contact, agent))


@router.post("/conference", **FOR_AGENT)
async def conference(
    agent: AgentPath, asked: InConversation, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Bring the customer and whoever is consulted together; who has joined leaves by hanging up."""
    await require_agent(connection, agent)
    return await tell(connection, installation.floor, routing.ConferenceRequested(asked.contact, agent))


@router.post("/transfer", **FOR_TARGET)
async def transfer(
    agent: AgentPath, asked: Transfer, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Pass the customer on to a colleague, a queue or a number without speaking with anybody first."""
    await require_agent(connection, agent)
    if asked.kind == "agent":
        await require_signed_in(connection, installation.floor, asked.target)
    elif asked.kind == "queue":
        await require_queue(connection, asked.target)
    told = routing.TransferRequested(asked.contact, agent, asked.kind, asked.target)
    return await tell(connection, installation.floor, told)


@router.post("/transfer/complete", **FOR_AGENT)
async def complete_transfer(
    agent: AgentPath, asked: InConversation, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Leave the customer to whoever was consulted or has joined, and begin the wrap-up."""
    await require_agent(connection, agent)
    return await tell(connection, installation.floor, routing.TransferCompleted(asked.contact, agent))


@router.post("/party/release", **FOR_AGENT)
async def release_party(
    agent: AgentPath, asked: InConversation, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Hang up on the number outside, whether it rings or talks."""
    await require_agent(connection, agent)
    return await tell(connection, installation.floor, routing.PartyReleaseRequested(asked.contact, agent))


@router.post("/recording/pause", **FOR_AGENT)
async def pause_recording(
    agent: AgentPath, asked: InConversation, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Keep nothing of what follows (a card number), until resumed or the queue's longest pause is over."""
    await require_agent(connection, agent)
    return await tell(connection, installation.floor, routing.RecordingPauseRequested(asked.contact, agent))


@router.post("/recording/resume", **FOR_AGENT)
async def resume_recording(
    agent: AgentPath, asked: InConversation, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Keep what follows again."""
    await require_agent(connection, agent)
    return await tell(connection, installation.floor, routing.RecordingResumeRequested(asked.contact, agent))


@supervision.post("/supervise", **FOR_SIGNED_IN)
async def supervise(
    agent: AgentPath,
    asked: Supervise,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> Accepted:
    """Hear another agent's conversation: the supervisor's own phone rings. Asked again it changes the mode."""
    await require_signed_in(connection, installation.floor, agent)
    more = {"mode": asked.mode, "agent": agent}
    await audit_of_contact(connection, "contact.supervised", installation.floor, asked.contact, address, **more)
    told = routing.SupervisionRequested(asked.contact, agent, asked.mode)
    return await tell(connection, installation.floor, told)


@supervision.post("/supervise/end", **FOR_AGENT)
async def end_supervision(
    agent: AgentPath, asked: InConversation, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Leave the conversation to those who have it."""
    await require_agent(connection, agent)
    return await tell(connection, installation.floor, routing.SupervisionEnded(asked.contact, agent))


@supervision.post("/take-over", **FOR_AGENT)
async def take_over(
    agent: AgentPath,
    asked: InConversation,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> Accepted:
    """Answer for the customer from now on; the agent who did is released into wrap-up."""
    await require_agent(connection, agent)
    await audit_of_contact(connection, "contact.taken_over", installation.floor, asked.contact, address, agent=agent)
    return await tell(connection, installation.floor, routing.TakeOverRequested(asked.contact, agent))
