"""Signing in by way of a provider (OpenID Connect): to it, and back from it."""

from html import escape
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from markaz.identity import NotInvited, ProviderRefused
from markaz.identity.openid import PENDING_SECONDS_MAX, Provider
from markaz.web.addresses import base_of
from markaz.web.commands import Id
from markaz.web.context import Installation, InstallationGiven
from markaz.web.errors import ProviderUnknown, RequestInvalid
from markaz.web.problems import refusals
from markaz.web.sign_in import centre_here
from markaz.web.visitors import VisitorGiven, keep

PENDING_COOKIE: Final = "markaz_provider"
ProviderPath = Annotated[Id, Path(description="The provider's id in markaz.toml")]

router = APIRouter(prefix="/api/sign-in/oidc/{provider}", tags=["sign-in"])


@router.get("", status_code=303, response_class=RedirectResponse,
            responses=refusals(ProviderUnknown, ProviderRefused, RequestInvalid))  # fmt: skip
async def to_provider(provider: ProviderPath, installation: InstallationGiven, request: Request) -> Response:
    """Go to the provider's own page."""
    known = _known(installation, provider)
    where, kept = await installation.providers.begin(known, _callback(installation, request, known))
    response = RedirectResponse(where, status_code=303)
    response.set_cookie(
        PENDING_COOKIE,
        kept,
        max_age=PENDING_SECONDS_MAX,
        path=_path(known),
        httponly=True,
        samesite="lax",  # it must come along when the provider sends the browser back
        secure=request.url.scheme == "https",
    )
    return response


@router.get("/callback", response_class=HTMLResponse, responses=refusals(ProviderUnknown, RequestInvalid))
async def from_provider(
    provider: ProviderPath, installation: InstallationGiven, visitor: VisitorGiven, request: Request
) -> Response:
    """Come back from the provider; a page leads on, to the start or to what went wrong."""
    known = _known(installation, provider)
    try:
        vouched = await installation.providers.finish(
            known,
            request.cookies.get(PENDING_COOKIE, ""),
            request.query_params,
            _callback(installation, request, known),
            now=installation.clock(),
        )
        opened = await installation.sign_in.by_provider(
            await centre_here(installation),
            issuer=vouched.issuer,
            subject=vouched.subject,
            email=vouched.email,
            name=vouched.name,
            visitor=visitor,
        )
    except (ProviderRefused, NotInvited) as error:
        response = _onward(f"/sign-in?problem={quote(error.code)}")
    else:
        response = _onward("/")
        keep(response, request, opened)
    response.delete_cookie(PENDING_COOKIE, path=_path(known))
    return response


def _known(installation: Installation, provider: str) -> Provider:
    known = installation.providers.known.get(provider)
    if known is None:
        raise ProviderUnknown(provider)
    return known


def _path(provider: Provider) -> str:
    return f"/api/sign-in/oidc/{provider.id}"


def _callback(installation: Installation, request: Request, provider: Provider) -> str:
    return f"{base_of(installation, request)}{_path(provider)}/callback"


def _onward(where: str) -> HTMLResponse:
    """A page and not a redirect: along a redirect that began elsewhere a browser does not send our strict cookie."""
    return HTMLResponse(
        f'<!doctype html><title>Markaz</title><meta http-equiv="refresh" content="0;url={escape(where)}">'
    )
