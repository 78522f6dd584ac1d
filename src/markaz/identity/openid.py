"""OpenID Connect (OpenID Connect Core 1.0): the authorisation code flow with PKCE, state and nonce.

A provider only says who somebody is; whether that one may come in is decided by `SignIn.by_provider`. What is begun in
a browser is finished in the same one: what must come back is kept there in a cookie that only this installation reads.
"""

import base64
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

import aiohttp
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from cryptography.fernet import Fernet, InvalidToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from markaz.identity.errors import ProviderRefused

SECONDS_MAX: Final = 10.0
"""For each question to a provider."""
ANSWER_BYTES_MAX: Final = 256 * 1024
PENDING_SECONDS_MAX: Final = 600
"""How long somebody may take at the provider's pages."""
LEEWAY_SECONDS: Final = 60
"""By which the provider's clock may differ."""
ALGORITHMS: Final = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
"""Signatures with the provider's own key: never none, never one with a shared secret."""
SCOPE: Final = "openid email profile"


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """Who may vouch for people. `id` stands in addresses, `name` on the button."""

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Provider(id={self.id!r}, issuer={self.issuer!r})"


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in at a provider that was begun."""

    provider: str
    state: str
    nonce: str
    verifier: str


class Vouched(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the provider vouches for; `email` only when it has verified that."""

    issuer: str
    subject: str
    email: str | None
    name: str | None


class Providers:
    """The installation's providers by id; what they publish about themselves is asked at each sign-in."""

    def __init__(self, providers: tuple[Provider, ...], encryption_key: bytes) -> None:
        self.known = {provider.id: provider for provider in providers}
        self._fernet = Fernet(encryption_key)

    async def begin(self, provider: Provider, redirect_uri: str) -> tuple[str, str]:
        """Where to send the browser, and what it must keep. Raises `ProviderRefused`."""
        pending = Pending(
            provider=provider.id,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
        )
        async with _asking() as session:
            metadata = await _metadata(session, provider)
        where = prepare_grant_uri(
            metadata["authorization_endpoint"],
            client_id=provider.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=SCOPE,
            state=pending.state,
            nonce=pending.nonce,
            code_challenge=create_s256_code_challenge(pending.verifier),
            code_challenge_method="S256",
        )
        return where, self._fernet.encrypt(msgspec.json.encode(pending)).decode()

    async def finish(
        self, provider: Provider, kept: str, answer: Mapping[str, str], redirect_uri: str, *, now: datetime
    ) -> Vouched:
        """What `answer`, the query with which the browser came back, proves. Raises `ProviderRefused`."""
        pending = self._pending(kept)
        if pending.provider != provider.id or not secrets.compare_digest(
            pending.state.encode(), answer.get("state", "").encode(errors="replace")
        ):
            raise ProviderRefused("it is not the answer to what this browser asked")
        if "error" in answer:
            raise ProviderRefused("the provider did not let you in")
        if answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: another provider's answer
            raise ProviderRefused("the answer is another provider's")
        async with _asking() as session:
            metadata = await _metadata(session, provider)
            form = {
                "grant_type": "authorization_code",
                "code": answer.get("code", ""),
                "redirect_uri": redirect_uri,
                "code_verifier": pending.verifier,
            }
            tokens = await _tokens(session, provider, metadata, form)
            keys = await _json(session, metadata["jwks_uri"])
            claims = _claims(provider, tokens, keys, nonce=pending.nonce, now=now)
            if "email" not in claims and "userinfo_endpoint" in metadata:
                more = await _json(session, metadata["userinfo_endpoint"], token=tokens["access_token"])
                if more.get("sub") != claims["sub"]:
                    raise ProviderRefused("it told of somebody else")
                claims = {**more, **claims}
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Vouched(
            issuer=provider.issuer,
            subject=str(claims["sub"]),
            email=email if isinstance(email, str) else None,
            name=claims["name"][:100] if isinstance(claims.get("name"), str) else None,
        )

    def _pending(self, kept: str) -> Pending:
        try:
            text = self._fernet.decrypt(kept.encode(), ttl=PENDING_SECONDS_MAX)
            return msgspec.json.decode(text, type=Pending)
        except (InvalidToken, msgspec.MsgspecError, UnicodeEncodeError):
            raise ProviderRefused("it was begun in another browser, or too long ago") from None


def _claims(
    provider: Provider, tokens: dict[str, Any], keys: dict[str, Any], *, nonce: str, now: datetime
) -> dict[str, Any]:
    """What the ID token says, once its signature and all that must hold of it were checked."""
    try:
        token = jwt.decode(tokens["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # pyright: ignore[reportArgumentType]
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={"iss": {"value": provider.issuer}, "aud": {"value": provider.client_id}},
            params={"nonce": nonce, "client_id": provider.client_id, "access_token": tokens.get("access_token")},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderRefused(f"its token does not hold: {type(error).__name__}") from error
    if claims.get("nonce") != nonce:
        raise ProviderRefused("its token is of another sign-in")
    return dict(claims)


@asynccontextmanager
async def _asking() -> AsyncIterator[aiohttp.ClientSession]:
    """A session in which a provider that does not answer, or answers nonsense, is a refusal."""
    timeout = aiohttp.ClientTimeout(total=SECONDS_MAX)
    try:
        async with aiohttp.ClientSession(timeout=timeout, auto_decompress=True) as session:
            yield session
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, msgspec.MsgspecError) as error:
        raise ProviderRefused(f"the provider does not answer as it should: {type(error).__name__}") from error


async def _metadata(session: aiohttp.ClientSession, provider: Provider) -> dict[str, Any]:
    """What the provider publishes about itself. An issuer other than the configured one is an impostor."""
    found = await _json(session, get_well_known_url(provider.issuer, external=True))
    if found.get("issuer") != provider.issuer:
        raise ProviderRefused("it says that it is another issuer")
    metadata = OpenIDProviderMetadata(found)
    if urlsplit(provider.issuer).scheme == "https":
        metadata.validate()  # raises ValueError, also for an address without TLS
    return found


async def _tokens(
    session: aiohttp.ClientSession, provider: Provider, metadata: dict[str, Any], form: dict[str, str]
) -> dict[str, Any]:
    methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    headers: dict[str, str] = {}
    if "client_secret_basic" in methods:  # RFC 6749, 2.3.1: both parts are encoded as in a form first
        both = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
    else:
        form = form | {"client_id": provider.client_id, "client_secret": provider.client_secret}
    async with session.post(metadata["token_endpoint"], data=form, headers=headers, allow_redirects=False) as answer:
        return await _read(answer)


async def _json(session: aiohttp.ClientSession, address: str, *, token: str | None = None) -> dict[str, Any]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with session.get(address, headers=headers, allow_redirects=False) as answer:
        return await _read(answer)


async def _read(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    if answer.status != 200:
        raise ProviderRefused(f"the provider answered {answer.status}")
    body = b""
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > ANSWER_BYTES_MAX:
            raise ProviderRefused("the provider's answer is too long")
    return msgspec.json.decode(body, type=dict[str, Any])
