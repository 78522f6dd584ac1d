"""Which endpoints there are, and what each asks for; docs/permissions.md is generated from it."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts

from markaz.web.context import Allowed, signed_in


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """`permission`: the name of one, "" for whoever is signed in, None for everybody.

    A socket's `method` is WEBSOCKET; what it asks for is its module's `PERMISSION`.
    """

    path: str
    method: str
    permission: str | None


def endpoints(app: FastAPI) -> list[Endpoint]:
    """All of `app`, by path."""
    found: list[Endpoint] = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            permission = _permission(route.dependant)
            found += [Endpoint(route.path, method, permission) for method in route.methods or ()]
        elif isinstance(route, APIWebSocketRoute):
            permission = getattr(route.endpoint, "__globals__", {}).get("PERMISSION")
            found.append(Endpoint(route.path, "WEBSOCKET", permission))
    return sorted(found, key=lambda one: (one.path, one.method))


def _permission(dependant: Dependant) -> str | None:
    """What its dependencies check."""
    calls = list(_calls(dependant))
    named: list[str] = [call.permission for call in calls if isinstance(call, Allowed)]
    if named:
        assert len(set(named)) == 1, f"{dependant.path} asks for several permissions: {', '.join(named)}"
        return named[0]
    return "" if signed_in in calls else None


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for one in dependant.dependencies:
        yield from _calls(one)
