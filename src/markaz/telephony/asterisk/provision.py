"""Push phones and trunks into a running Asterisk's memory, through ARI: nothing is reloaded, no call is touched.

Asterisk forgets them when it restarts, so what is provisioned is kept here and pushed again after each connect.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from markaz.kit.errors import MarkazError
from markaz.telephony.asterisk.client import AriClient
from markaz.telephony.asterisk.configuration import PHONES_APPLICATION, TrunkSettings, phone_objects, trunk_objects

Objects = Mapping[tuple[str, str], Mapping[str, str]]

CONFIGURED_IN_FILE: Final = 403
"""Asterisk may not change what its own file defines: that trunk changes when Asterisk is next started."""

log = logging.getLogger(__name__)


@dataclass(eq=False)
class ProvisioningRefused(MarkazError):
    """Asterisk refused the {kind} {name}: {why}"""

    code = "provisioning_refused"
    kind: str
    name: str
    why: str


class Provisioner:
    """What Asterisk must know beside its files."""

    def __init__(self, ari: AriClient, *, media_address: str) -> None:
        self._ari = ari
        self._media_address = media_address
        self._phones: dict[str, Objects] = {}
        self._trunks: Mapping[str, Objects] = {}
        self._obsolete: list[tuple[str, str]] = []
        """What Asterisk is to forget, and has not been told yet."""

    async def push_all(self) -> None:
        """Push again what Asterisk forgot, and delete what it should have; for a fresh connection.

        What it refuses is logged: one bad entry must not keep us from the calls.
        """
        await self._delete_obsolete()
        for objects in (*self._trunks.values(), *self._phones.values()):
            last = list(objects)[-1]
            if not (await self._ari.request("GET", *_place(*last))).ok:
                await self._push_or_tell(objects)
        for username in self._phones:
            try:
                await self._watch(username)
            except ProvisioningRefused as error:
                log.error("%s", error)

    async def add_phone(self, username: str, password: str, *, is_browser: bool) -> None:
        """Let a phone register as `username`. Raises `ProvisioningRefused`, `AriLost` (then it is pushed later)."""
        objects = phone_objects(username, password, self._media_address, is_browser=is_browser)
        self._phones[username] = objects
        await self._push(objects)
        await self._watch(username)

    async def remove_phone(self, username: str) -> None:
        """Let nobody register as `username` any more; a call that it is in goes on."""
        self._obsolete += reversed(list(self._phones.pop(username, {})))
        await self._delete_obsolete()

    async def set_trunks(self, trunks: Mapping[str, TrunkSettings]) -> None:
        """Make `trunks` (by id) those that are known beside Asterisk's files; one that it refuses is logged."""
        before = self._trunks
        self._trunks = {name: trunk_objects(trunk, self._media_address) for name, trunk in trunks.items()}
        for name in before.keys() - self._trunks.keys():
            self._obsolete += reversed(list(before[name]))
        await self._delete_obsolete()
        for name, objects in self._trunks.items():
            if before.get(name) != objects:
                await self._push_or_tell(objects)

    async def _delete_obsolete(self) -> None:
        while self._obsolete:
            await self._ari.request("DELETE", *_place(*self._obsolete[0]))
            self._obsolete.pop(0)

    async def _push_or_tell(self, objects: Objects) -> None:
        try:
            await self._push(objects)
        except ProvisioningRefused as error:
            log.error("%s", error)

    async def _push(self, objects: Objects) -> None:
        for (kind, name), fields in objects.items():
            body = {"fields": [{"attribute": attribute, "value": value} for attribute, value in fields.items()]}
            answer = await self._ari.request("PUT", *_place(kind, name), body=body)
            if answer.status == CONFIGURED_IN_FILE:
                log.info("The %s %s is as Asterisk's file says", kind, name)
            elif not answer.ok:
                raise ProvisioningRefused(kind, name, answer.message)

    async def _watch(self, username: str) -> None:
        source = {"eventSource": f"endpoint:PJSIP/{username}"}
        answer = await self._ari.request("POST", "applications", PHONES_APPLICATION, "subscription", query=source)
        if not answer.ok:
            raise ProvisioningRefused("endpoint", username, answer.message)


def _place(kind: str, name: str) -> tuple[str, ...]:
    return ("asterisk", "config", "dynamic", "res_pjsip", kind, name)
