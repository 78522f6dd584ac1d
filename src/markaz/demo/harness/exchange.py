"""The telephone network around the system under test: a second Asterisk that places and takes real SIP calls."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from markaz.demo.harness.ari import Ari, AriRefused, Event
from markaz.demo.harness.audio import AGENT_TONES_HZ, CUSTOMER_TONES_HZ, write_voices
from markaz.demo.harness.legs import Leg, RtpCount
from markaz.demo.harness.settings import APPLICATION, Ports, settings
from markaz.kit.errors import MarkazError
from markaz.kit.ports import free_ports, hold_port, port_of
from markaz.telephony import AsteriskProgram, AsteriskServer

LEGS_MAX = 400
RING_SECONDS_MAX = 60
REGISTER_SECONDS_MAX = 45.0
REGISTRATION_POLL_SECONDS = 0.3
REGISTRATION_EXPIRY_SECONDS = 40
"""So a phone that its registrar forgot is known again soon."""
NOT_FOUND = 404


@dataclass(eq=False)
class PhoneNotRegistered(MarkazError):
    """The phone {phone} could not register within {seconds:g} seconds: check the credentials and the registrar."""

    code = "phone_not_registered"
    phone: str
    seconds: float


@dataclass(eq=False)
class WorldIsFull(MarkazError):
    """The outside world holds {legs} legs already: place fewer calls at a time."""

    code = "world_is_full"
    legs: int


class Exchange:
    """Starts, drives and stops the Asterisk. `on_incoming` gets each leg that the system under test calls."""

    def __init__(self, program: AsteriskProgram, folder: Path, *, on_incoming: Callable[[Leg], None]) -> None:
        self._password = secrets.token_urlsafe(24)
        self._http = hold_port("tcp")
        self.ports = Ports(sip=free_ports("udp")[0], http=port_of(self._http))
        tones = (*CUSTOMER_TONES_HZ, *AGENT_TONES_HZ)
        write_voices(folder / "voices", tones)
        files = settings(ports=self.ports, password=self._password, voices=folder / "voices", tones_hz=tones)
        self.server = AsteriskServer(program, folder, files, ports=(self.ports.sip, self.ports.http))
        self._ari = Ari(
            port=self.ports.http, application=APPLICATION, password=self._password,
            on_event=self._on_event, on_lost=self._lose_legs,
        )  # fmt: skip
        self._on_incoming = on_incoming
        self._legs: dict[str, Leg] = {}
        self._looking = asyncio.Lock()
        self._looked_at = 0.0
        self._table = ""
        """The phones' registrations as they were at `_looked_at` (the event loop's clock)."""

    @property
    def legs_open(self) -> int:
        """Legs that have not ended."""
        return len(self._legs)

    async def start(self) -> None:
        """Start the Asterisk and listen to it. Raises `AsteriskFailed`."""
        try:
            await self.server.start()
            await self._ari.open()
        except BaseException:
            await self.stop()
            raise

    def legs_up(self) -> list[Leg]:
        """Legs that have not ended."""
        return list(self._legs.values())

    async def stop(self) -> None:
        """End everything. Safe to repeat."""
        await self._ari.close()
        await self.server.stop()
        self._http.close()

    async def dial(self, address: str, *, caller: str, listen: Path | None = None) -> Leg:
        """Call the SIP `address` ("sip:number@host:port") as `caller`; returns when the INVITE is on its way.

        With `listen`, what this end hears is kept in `<listen>.heard.ulaw`. Raises `WorldIsFull`, `AriRefused`,
        `AriUnanswered`.
        """
        if len(self._legs) >= LEGS_MAX:
            raise WorldIsFull(len(self._legs))
        leg = Leg(id=f"placed-{secrets.token_hex(8)}", ari=self._ari, dialled=address, caller=caller)
        self._legs[leg.id] = leg
        body = {
            "endpoint": f"PJSIP/sut/{address}", "channelId": leg.id, "callerId": f'"{caller}" <{caller}>',
            "context": "placed", "extension": "listened" if listen else "call", "priority": 1,
            "timeout": RING_SECONDS_MAX, "formats": "ulaw", "variables": {"LISTEN": str(listen)} if listen else {},
        }  # fmt: skip
        try:
            answer = msgspec.json.decode(await self._ari.request("POST", "channels", body=body))
        except MarkazError:
            del self._legs[leg.id]
            raise
        leg.began_at = _moment(answer["creationtime"])
        return leg

    async def register(
        self,
        phone: str,
        *,
        username: str,
        password: str,
        host: str,
        port: int,
        seconds_max: float = REGISTER_SECONDS_MAX,
    ) -> None:
        """Register the phone as `username` at the registrar and wait until it is. Raises `PhoneNotRegistered`."""
        auth = {"auth_type": "userpass", "username": username, "password": password}
        registration = {
            "server_uri": f"sip:{host}:{port}", "client_uri": f"sip:{username}@{host}:{port}", "contact_user": phone,
            "outbound_auth": phone, "transport": "udp", "expiration": str(REGISTRATION_EXPIRY_SECONDS),
            "retry_interval": "1", "forbidden_retry_interval": "1", "fatal_retry_interval": "1", "max_retries": "60",
            "auth_rejection_permanent": "no", "max_random_initial_delay": "0",
        }  # fmt: skip
        await self._push("auth", phone, auth)
        await self._push("registration", phone, registration)
        try:
            async with asyncio.timeout(seconds_max):
                while not await self._is_registered(phone):
                    await asyncio.sleep(REGISTRATION_POLL_SECONDS)
        except TimeoutError:
            raise PhoneNotRegistered(phone, seconds_max) from None

    async def unregister(self, phone: str) -> None:
        """Take the phone's registration back, so that the registrar forgets it. Safe to repeat.

        Its credentials stay: the registrar asks for them once more.
        """
        try:
            await self._ari.request("DELETE", f"asterisk/config/dynamic/res_pjsip/registration/{phone}")
        except AriRefused as refused:
            if refused.status != NOT_FOUND:
                raise

    async def _push(self, kind: str, name: str, fields: dict[str, str]) -> None:
        body = {"fields": [{"attribute": attribute, "value": value} for attribute, value in fields.items()]}
        await self._ari.request("PUT", f"asterisk/config/dynamic/res_pjsip/{kind}/{name}", body=body)

    async def _is_registered(self, phone: str) -> bool:
        """Phones that register at once share one look at the table: each look is a process of its own."""
        clock = asyncio.get_running_loop()
        asked_at = clock.time()
        async with self._looking:
            if self._looked_at < asked_at:
                self._looked_at = clock.time()
                self._table = await self.server.cli("pjsip show registrations")
        lines = self._table.splitlines()
        return any(line.split("/")[0].strip() == phone and " Registered" in line for line in lines)

    def _on_event(self, event: Event) -> None:
        channel = event.get("channel") or {}
        leg = self._legs.get(channel.get("id", ""))
        at = _moment(event["timestamp"])
        match event["type"]:
            case "StasisStart" if leg is None and event["args"] == ["incoming"]:
                self._take(channel, at)
            case "ChannelStateChange" if leg is not None and channel["state"] == "Up":
                leg.answered_at = leg.answered_at or at
                _up_when_ours(leg)
            case "StasisStart" if leg is not None:
                leg.ours = True
                _up_when_ours(leg)
                if leg.refer_status is not None:
                    leg.referred.set()
            case "ChannelDtmfReceived" if leg is not None:
                leg.digits_heard.append(event["digit"])
            case "ChannelUserevent" if leg is not None and event["eventname"] == "LegCounted":
                leg.rtp = _count(event["userevent"])
                if leg.refer_asked:  # the channel itself lives on until the REFER's subscription ends
                    leg.ended_at = at
                    leg.gone.set()
            case "ChannelUserevent" if leg is not None and event["eventname"] == "LegReferred":
                leg.refer_status = event["userevent"]["status"]
                if leg.refer_status == "SUCCESS":
                    leg.ended_by_us = True
                    leg.referred.set()
            case "ChannelDestroyed" if leg is not None:
                leg.cause, leg.ended_at = event["cause"] or None, leg.ended_at or at
                del self._legs[leg.id]
                leg.gone.set()
            case _:
                pass

    def _lose_legs(self) -> None:
        """Nobody will tell us any more how our legs end: whoever waits for that goes on."""
        for leg in self._legs.values():
            leg.gone.set()
        self._legs.clear()

    def _take(self, channel: Event, at: datetime) -> None:
        leg = Leg(
            id=channel["id"], ari=self._ari, dialled=channel["dialplan"]["exten"],
            caller=channel["caller"]["number"],
        )  # fmt: skip
        leg.began_at, leg.ours = at, True
        self._legs[leg.id] = leg
        self._on_incoming(leg)


def _up_when_ours(leg: Leg) -> None:
    """A leg can be spoken on once it is answered and back from the dialplan: ARI refuses in between."""
    if leg.ours and leg.answered_at is not None:
        leg.up.set()


def _count(fields: Event) -> RtpCount:
    sent, received, lost = (int(fields.get(name) or 0) for name in ("sent", "received", "lost"))
    return RtpCount(sent=sent, received=received, lost=lost)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
