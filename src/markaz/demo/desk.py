"""Agents' desks over HTTP, as any desktop would use them: what the centre cannot do this moment is asked again."""

import asyncio
from typing import Any, Final

import aiohttp

from markaz.demo.harness import Credentials, DeskRefused

ATTEMPTS_MAX: Final = 20
RETRY_SECONDS: Final = 0.5
UNAVAILABLE: Final = 503


class HttpDesk:
    """The desk commands of the web process at `url`."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}

    async def sign_in(self, agent: str) -> Credentials:
        answer = await self._post(agent, "sign-in")
        return Credentials(answer["username"], answer["password"], answer["sip_host"], answer["sip_port"])

    async def ready(self, agent: str) -> None:
        await self._post(agent, "ready")

    async def not_ready(self, agent: str, reason: str) -> None:
        await self._post(agent, "not-ready", {"reason": reason})

    async def wrap_up(self, agent: str, disposition: str) -> None:
        await self._post(agent, "wrap-up", {"disposition": disposition})

    async def sign_out(self, agent: str) -> None:
        await self._post(agent, "sign-out")

    async def _post(self, agent: str, what: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        url = f"{self._url}/api/agents/{agent}/{what}"
        said = ""
        for _ in range(ATTEMPTS_MAX):
            try:
                async with self._session.post(url, headers=self._headers, json=body) as answer:
                    if answer.status < 400:
                        return await answer.json()
                    said = f"{answer.status} {(await answer.text())[:200]}"
                    if answer.status != UNAVAILABLE:
                        break
            except aiohttp.ClientConnectionError as error:
                said = str(error)
            await asyncio.sleep(RETRY_SECONDS)
        raise DeskRefused(agent, what, said)
