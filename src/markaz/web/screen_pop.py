"""The page of a client's own system that belongs to a contact: its project's address, with the contact's values in it.

What comes from outside (a caller's number) is only ever a value: percent-encoded whole, and never part of where the
address leads.
"""

import ipaddress
import re
from typing import Annotated, Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from markaz.identity import Principal
from markaz.web.commands import ANY, Asked, Id, ProjectPath
from markaz.web.contacts import PERMISSION
from markaz.web.context import Connection, InstallationGiven, Transaction, allowed
from markaz.web.embed import make_token, origin_of, with_token
from markaz.web.errors import ContactUnknown, ProjectUnknown, ScreenPopMissing
from markaz.web.idempotency import Once
from markaz.web.live import ContactValue, Live
from markaz.web.problems import refusals
from markaz.webhooks import Networks

VARIABLES: Final = ("contact", "customer", "number", "queue", "project", "agent")
_VARIABLE = re.compile(r"\{([^{}]*)\}")

_TEMPLATE = "SELECT rules ->> 'screen_pop' FROM project WHERE id = %s AND retired_at IS NULL"
_CONTACT = "SELECT customer, number, queue FROM contact WHERE floor = %s AND contact = %s AND project = %s"

router = APIRouter(route_class=Once, prefix="/api/projects/{project}", tags=["projects"])


class ScreenPop(BaseModel):
    """`url` is the address for the contact that was asked for."""

    template: str = Field(examples=["https://crm.example.org/callers?number={customer}"])
    url: str | None = Field(default=None, examples=["https://crm.example.org/callers?number=%2B4930123"])


class ScreenPopOpened(Asked):
    """For which contact."""

    contact: Id


def template_problem(template: str, allowed_plain: Networks = ()) -> str | None:
    """Why a template cannot be used; None when it can."""
    head, found, rest = template.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if not found or not authority or any(c in "{}@\\" or c.isspace() for c in head + authority):
        return "begin with https:// and a fixed host, without user name or variables"
    if any(c.isspace() or c in '\\"<>^`|' or ord(c) < 32 for c in template):
        return "leave out spaces and signs that have to be encoded"
    unknown = [name for name in _VARIABLE.findall(template) if name not in VARIABLES]
    if unknown or "{" in _VARIABLE.sub("", template) or "}" in _VARIABLE.sub("", template):
        return f"variables are {', '.join(f'{{{name}}}' for name in VARIABLES)}"
    if head != "https" and not (head == "http" and _is_ours(urlsplit(template).hostname, allowed_plain)):
        return "use https"
    return None


def filled(template: str, values: dict[str, str | None]) -> str:
    """The template with every variable percent-encoded; what is not known is empty, and what would move in the path."""

    def written(found: re.Match[str]) -> str:
        value = values.get(found[1]) or ""
        return quote(value, safe="") if value not in (".", "..") else ""

    return _VARIABLE.sub(written, template)


def _is_ours(host: str | None, networks: Networks) -> bool:
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return False
    return any(address in network for network in networks if network.version == address.version)


@router.get("/screen-pop", responses=refusals(*ANY, ProjectUnknown, ScreenPopMissing, ContactUnknown))
async def screen_pop(
    project: ProjectPath,
    principal: Annotated[Principal, Depends(allowed(PERMISSION))],
    request: Request,
    installation: InstallationGiven,
    connection: Transaction,
    contact: Annotated[Id | None, Query(description="The contact for which the address is wanted")] = None,
) -> ScreenPop:
    """The project's screen-pop address, and, for a contact, the address to open."""
    template = await _template(request, connection, project)
    if contact is None:
        return ScreenPop(template=template)
    values = await _values(request, connection, installation.floor, contact, project)
    return ScreenPop(template=template, url=filled(template, values | {"agent": principal.agent}))


@router.post("/screen-pop", responses=refusals(*ANY, ProjectUnknown, ScreenPopMissing, ContactUnknown))
async def open_screen_pop(
    project: ProjectPath,
    opening: ScreenPopOpened,
    principal: Annotated[Principal, Depends(allowed("desk.use"))],
    request: Request,
    installation: InstallationGiven,
    connection: Transaction,
) -> ScreenPop:
    """The address for a desk to open; while the contact is on the floor, with a token by which the page follows it."""
    contact = opening.contact
    template = await _template(request, connection, project)
    values = await _values(request, connection, installation.floor, contact, project)
    url = filled(template, values | {"agent": principal.agent})
    live: Live = request.app.state.live
    value = await live.contact(request, contact)
    if isinstance(value, ContactValue) and value.project == project:
        token = await make_token(connection, installation.floor, contact, value, origin=origin_of(template))
        url = url if token is None else with_token(url, token)
    return ScreenPop(template=template, url=url)


async def _template(request: Request, connection: Connection, project: str) -> str:
    """Raises `ProjectUnknown`, `ScreenPopMissing`."""
    found = await (await connection.execute(_TEMPLATE, (project,))).fetchone()
    if found is None:
        raise ProjectUnknown(project)
    template: str | None = found[0]
    if template is None or template_problem(template, request.app.state.webhook_networks) is not None:
        raise ScreenPopMissing(project)
    return template


async def _values(
    request: Request, connection: Connection, floor: str, contact: str, project: str
) -> dict[str, str | None]:
    """Raises `ContactUnknown`."""
    known = await (await connection.execute(_CONTACT, (floor, contact, project))).fetchone()
    if known is None:
        live: Live = request.app.state.live
        value = await live.contact(request, contact)
        if not isinstance(value, ContactValue) or value.project != project:
            raise ContactUnknown(contact)
        known = (value.customer.number, None, value.queue)
    customer, number, queue = known
    return {"contact": contact, "customer": customer, "number": number, "queue": queue, "project": project}
