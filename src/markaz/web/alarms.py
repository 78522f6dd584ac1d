"""Alarms that rose on the floor, taken over and given back, and the rules by which they rise."""

from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from markaz import alarms
from markaz.identity import Principal, audit
from markaz.web.commands import ANY, Asked
from markaz.web.context import InstallationGiven, SignedIn, Transaction, allowed
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.visitors import AddressGiven

AlarmPath = Annotated[str, Path(max_length=40, description="As the list, or the live state, names it")]
Manager = Annotated[Principal, Depends(allowed("alarms.manage"))]

reading = APIRouter(prefix="/api", tags=["alarms"], dependencies=[Depends(allowed("floor.see"))])
changing = APIRouter(route_class=Once, prefix="/api", tags=["alarms"])


class Alarm(BaseModel):
    """Something that somebody should see to. What was so when it rose stands in `parameters`, by name."""

    id: str
    kind: alarms.Kind
    subject: str = Field(description='A queue, an agent or a project, by its kind; "" for the floor')
    parameters: dict[str, float]
    risen_at: datetime
    taken_by: str | None = Field(description="Who has taken it over")
    taken_name: str | None
    taken_at: datetime | None
    ended_at: datetime | None


class RuleChanged(Asked):
    """When alarms of a kind rise, and end."""

    limit: float | None = Field(default=None, description="Seconds, contacts, or a share of 0 to 1; absent: has none")
    offered_min: int = Field(default=1, description="So many contacts, at least, make a service level")
    after_seconds: int = Field(default=0, description="So long it has to be so before the alarm rises")
    clear_seconds: int = Field(default=10, description="So long it has to be over before the alarm ends")
    enabled: bool = True


class Rule(RuleChanged):
    """A rule in force."""

    kind: alarms.Kind


@reading.get("/alarms", responses=refusals(*ANY))
async def latest(installation: InstallationGiven, connection: Transaction) -> list[Alarm]:
    """Those that are up, then the last fifty of the others."""
    found = await alarms.latest(connection, installation.floor)
    return [_shown(one) for one in found]


@changing.post("/alarms/{alarm}/take", responses=refusals(*ANY, alarms.AlarmUnknown, alarms.AlarmOver))
async def take(
    alarm: AlarmPath, manager: Manager, installation: InstallationGiven, connection: Transaction, address: AddressGiven
) -> Alarm:
    """Let everybody see that it is yours now. Taken twice it is yours as before."""
    taken = await alarms.take(connection, installation.floor, alarm, by=manager.id, name=manager.name)
    await audit(connection, "alarm.taken", f"alarm:{alarm}", address=address, kind=taken.kind, of=taken.subject)
    return _shown(taken)


@changing.post("/alarms/{alarm}/give-back", responses=refusals(*ANY, alarms.AlarmUnknown, alarms.AlarmOver))
async def give_back(
    alarm: AlarmPath, manager: Manager, installation: InstallationGiven, connection: Transaction, address: AddressGiven
) -> Alarm:
    """Let it be everybody's again; only who has it can."""
    given = await alarms.give_back(connection, installation.floor, alarm, by=manager.id)
    await audit(connection, "alarm.given_back", f"alarm:{alarm}", address=address, kind=given.kind, of=given.subject)
    return _shown(given)


@reading.get("/alarm-rules", responses=refusals(*ANY))
async def rules(principal: SignedIn, connection: Transaction) -> list[Rule]:
    """The rule of each kind: the centre's own, or the usual one."""
    own = await alarms.rules_of(connection, centre=principal.centre)
    return [Rule(**msgspec.structs.asdict(rule)) for rule in alarms.in_force(own).values()]


@changing.put("/alarm-rules/{kind}", responses=refusals(*ANY, alarms.RuleInvalid))
async def give_rule(
    kind: alarms.Kind, asked: RuleChanged, manager: Manager, connection: Transaction, address: AddressGiven
) -> Rule:
    """Let alarms of a kind rise by this rule; it is in force within a second."""
    rule = alarms.Rule(kind=kind, **asked.model_dump())
    alarms.check_rule(rule)
    await alarms.give_rule(connection, manager.centre, rule)
    await audit(connection, "alarm_rule.changed", f"alarm_rule:{kind}", address=address, **asked.model_dump())
    return Rule(**msgspec.structs.asdict(rule))


def _shown(one: alarms.Alarm) -> Alarm:
    return Alarm(**msgspec.structs.asdict(one))
