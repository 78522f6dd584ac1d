"""The other side of the line: a second Asterisk that plays a carrier's customers and the agents' phones."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markaz.telephony import AsteriskProgram, AsteriskServer
from markaz.telephony.asterisk.client import AriAddress, AriClient, Event
from markaz.telephony.asterisk.configuration import MODULES
from markaz.telephony.asterisk.manager import ManagerAddress, ManagerClient
from tests.telephony.centre import named_ports

APPLICATION = "peer"


@dataclass(eq=False)
class Call:
    """One leg at the peer: a customer's outgoing one, or a phone's incoming one."""

    peer: "Peer"
    channel: str
    dialled: str = ""
    caller: str = ""
    name: str = ""
    answered: bool = False
    held: bool = False
    cause: int | None = None
    progress: list[str] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        return self.cause is not None

    async def ask(self, method: str, *path: str, **query: object) -> Any:
        answer = await self.peer.ari.request(method, "channels", self.channel, *path, query=query)
        assert answer.ok, answer.message
        return answer.body

    async def answer(self) -> None:
        await self.ask("POST", "answer")

    async def hang_up(self, reason: str = "normal") -> None:
        await self.ask("DELETE", reason=reason)

    async def press(self, digits: str) -> None:
        await self.ask("POST", "dtmf", dtmf=digits)

    async def sing(self, tone: str) -> None:
        """Play a tone ("440" Hz, or two with a plus) until `hush`."""
        await self.ask("POST", "play", media=f"tone:{tone}", playbackId=f"{self.channel}-tone")

    async def hum(self, tone: str) -> None:
        """Play a tone for as long as the call lasts, and go on hearing: whoever sings loses what comes in meanwhile."""
        room = f"{self.channel}-room"
        for path, query in (
            (("bridges",), {"type": "mixing", "bridgeId": room}),
            (("bridges", room, "addChannel"), {"channel": self.channel}),
            (("bridges", room, "play"), {"media": f"tone:{tone}"}),
        ):
            answer = await self.peer.ari.request("POST", *path, query=query)
            assert answer.ok, answer.message

    async def hush(self) -> None:
        await self.peer.ari.request("DELETE", "playbacks", f"{self.channel}-tone")

    async def refer(self, target: str) -> None:
        """Send a REFER: pass the other side on to `target`."""
        await self.ask("POST", "redirect", endpoint=f"PJSIP/sip:{target}@{self.peer.markaz}")

    async def rtp_received(self) -> int:
        return int((await self.ask("GET", "rtp_statistics"))["rxcount"])

    async def rtp_sent(self) -> int:
        return int((await self.ask("GET", "rtp_statistics"))["txcount"])

    async def monitor(self, file: Path) -> None:
        """Write what this leg hears and says, interleaved, to `file` (.raw)."""
        await self.peer.manager.action("MixMonitor", Channel=self.name, File=str(file), Options="D")


class Peer:
    """`folder` holds the instance; ports are ours to give."""

    def __init__(self, program: AsteriskProgram, folder: Path, *, ports: dict[str, int], markaz_sip_port: int) -> None:
        self.sip_port = ports["sip"]
        self.markaz = f"127.0.0.1:{markaz_sip_port}"
        listens = [ports[name] for name in ("sip", "http", "manager")]
        self.server = AsteriskServer(program, folder, _files(ports, self.markaz), ports=listens)
        self.ari = AriClient(
            AriAddress(port=ports["http"], user=APPLICATION, password="peer", applications=APPLICATION),
            on_event=self._heard,
            on_connected=self._nothing,
            on_lost=lambda: None,
        )
        self.manager = ManagerClient(ManagerAddress(port=ports["manager"], user=APPLICATION, secret="peer"))
        self.calls: dict[str, Call] = {}
        self.incoming: deque[Call] = deque()
        self._changed = asyncio.Condition()
        self._numbers = iter(range(1, 1_000_000))

    async def start(self) -> None:
        await self.server.start()
        await self.ari.start()
        async with asyncio.timeout(10):
            await self.ari.connected.wait()

    async def stop(self) -> None:
        await self.ari.stop()
        await self.manager.stop()
        await self.server.stop()

    async def until(self, condition: Callable[[], Any], *, seconds: float = 10) -> Any:
        """Wait for events until `condition()` is true."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(condition)
        return condition()

    async def call(self, number: str, caller: str) -> Call:
        """A customer dials `number`."""
        call = Call(self, f"call-{next(self._numbers)}", dialled=number, caller=caller)
        self.calls[call.channel] = call
        answer = await self.ari.request(
            "POST",
            "channels",
            body={
                "endpoint": f"PJSIP/{number}@markaz",
                "app": APPLICATION,
                "channelId": call.channel,
                "callerId": caller,
                "timeout": 60,
            },
        )
        assert answer.ok, answer.message
        call.name = answer.body["name"]
        return call

    async def rings(self, user: str, *, seconds: float = 10) -> Call:
        """The next call to come in for `user`."""
        await self.until(lambda: any(call.dialled == user for call in self.incoming), seconds=seconds)
        call = next(call for call in self.incoming if call.dialled == user)
        self.incoming.remove(call)
        return call

    async def register(self, username: str, password: str) -> None:
        """A phone signs in at Markaz and keeps its registration."""
        auth = {"auth_type": "userpass", "username": username, "password": password}
        registration = {
            "server_uri": f"sip:{self.markaz}",
            "client_uri": f"sip:{username}@{self.markaz}",
            "contact_user": username,
            "outbound_auth": username,
            "transport": "sip-udp",
            "retry_interval": "1",
            "max_random_initial_delay": "0",
            "auth_rejection_permanent": "no",
        }
        for kind, fields in (("auth", auth), ("registration", registration)):
            answer = await self.ari.request(
                "PUT", "asterisk", "config", "dynamic", "res_pjsip", kind, username,
                body={"fields": [{"attribute": name, "value": value} for name, value in fields.items()]},
            )  # fmt: skip
            assert answer.ok, answer.message

    async def registered(self, username: str) -> None:
        """Wait until the phone itself knows that it is registered."""
        async with asyncio.timeout(10):
            while True:
                shown = await self.server.cli("pjsip show registrations")
                if any(username in line and "Registered" in line for line in shown.splitlines()):
                    return

    async def unregister(self, username: str) -> None:
        """Sign off; the credentials stay, the registrar asks for them once more."""
        await self.ari.request("DELETE", "asterisk", "config", "dynamic", "res_pjsip", "registration", username)

    async def _nothing(self) -> None:
        return

    def _heard(self, event: Event) -> None:
        channel = event.get("channel", {})
        call = self.calls.get(channel.get("id", ""))
        match event["type"]:
            case "StasisStart" if call is None:
                call = Call(
                    self,
                    channel["id"],
                    dialled=channel["dialplan"]["exten"],
                    caller=channel["caller"]["number"],
                    name=channel["name"],
                )
                self.calls[call.channel] = call
                self.incoming.append(call)
            case "StasisStart" if call is not None:
                call.answered = True
            case "ChannelHold" if call is not None:
                call.held = True
            case "ChannelUnhold" if call is not None:
                call.held = False
            case "ChannelDestroyed" if call is not None:
                call.cause = event["cause"]
            case "StasisEnd" if call is not None and call.cause is None:
                call.cause = 16
            case _:
                pass
        asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@asynccontextmanager
async def running(
    program: AsteriskProgram, folder: Path, ports: dict[str, dict[str, int]], whose: str
) -> AsyncIterator[Peer]:
    """`whose` side of the line, while it is needed; `ports` are those of every Asterisk of the test."""
    peer = Peer(program, folder, ports=ports[whose], markaz_sip_port=ports["markaz"]["sip"])
    try:
        await peer.start()
        yield peer
    finally:
        await peer.stop()


def ports_of(rtp: dict[str, int]) -> dict[str, dict[str, int]]:
    """Free ports for each Asterisk of `rtp`, which says where its sound begins, and for a web process beside it."""
    names = ("sip", "http", "manager", "web")
    found = named_ports(*(f"{whose} {name}" for whose in rtp for name in names))
    return {whose: {name: found[f"{whose} {name}"] for name in names} | {"rtp": first} for whose, first in rtp.items()}


def _files(ports: dict[str, int], markaz: str) -> dict[str, str]:
    modules = [*MODULES, "res_pjsip_outbound_registration", "chan_bridge_media"]
    media = (
        "transport=sip-udp\nallow=!all,ulaw\ndirect_media=no\nmedia_address=127.0.0.1\n"
        "bind_rtp_to_media_address=yes\nmoh_passthrough=yes\n"
    )
    return {
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in modules),
        "http.conf": f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={ports['http']}\n",
        "ari.conf": f"[general]\nenabled=yes\n[{APPLICATION}]\ntype=user\npassword=peer\n",
        "manager.conf": f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nport={ports['manager']}\n"
        f"[{APPLICATION}]\nsecret=peer\nwrite=system\n",
        "rtp.conf": f"[general]\nrtpstart={ports['rtp']}\nrtpend={ports['rtp'] + 198}\n",
        "sorcery.conf": "[res_pjsip]\nauth/pushed=memory\nauth=config,pjsip.conf,criteria=type=auth\n"
        "[res_pjsip_outbound_registration]\nregistration/pushed=memory\n",
        "pjsip.conf": "[global]\ntype=global\nendpoint_identifier_order=ip\n"
        f"[sip-udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{ports['sip']}\n"
        f"[markaz]\ntype=aor\ncontact=sip:{markaz}\n"
        f"[markaz]\ntype=endpoint\naors=markaz\ncontext=incoming\n{media}"
        "[markaz]\ntype=identify\nendpoint=markaz\nmatch=127.0.0.1\n",
        "extensions.conf": f"[incoming]\nexten => _.,1,Stasis({APPLICATION})\n same => n,Hangup()\n",
    }
