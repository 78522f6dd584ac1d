"""A far end that knows nothing of the harness: an Asterisk with a plain dialplan, a registrar, and a SIP trace."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from markaz.demo.harness import Credentials
from markaz.kit.ports import free_ports
from markaz.telephony import AsteriskProgram, AsteriskServer

AGENTS = tuple(f"agent-{number}" for number in range(10))
PASSWORD = "secret of the far end"
MODULES = (
    "res_timing_timerfd", "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb", "res_pjproject",
    "res_pjsip", "res_pjsip_session", "res_pjsip_pubsub", "res_pjsip_refer", "res_pjsip_caller_id", "res_pjsip_rfc3326",
    "res_pjsip_endpoint_identifier_ip", "res_pjsip_endpoint_identifier_user", "res_pjsip_authenticator_digest",
    "res_pjsip_registrar", "res_pjsip_logger", "res_pjsip_sdp_rtp", "res_rtp_asterisk", "chan_pjsip",
    "codec_ulaw", "format_pcm", "res_musiconhold", "pbx_config", "bridge_simple", "bridge_softmix",
    "app_dial", "app_echo", "app_read", "app_verbose", "app_mixmonitor", "res_clioriginate", "func_callerid",
)  # fmt: skip


class FarEnd:
    """Number +180055500NA reads N digits, then rings agent-A for 3 seconds at most, recording both directions."""

    def __init__(self, program: AsteriskProgram, folder: Path) -> None:
        (self.port,) = free_ports("udp")
        self.folder = folder
        self.server = AsteriskServer(program, folder, _files(self.port, folder), ports=(self.port,))

    async def start(self) -> None:
        await self.server.start()
        await self.server.cli("core set verbose 3")
        await self.server.cli("pjsip set logger on")

    async def stop(self) -> None:
        await self.server.stop()

    @property
    def trace(self) -> str:
        """Everything that was logged: NOTICE lines of the dialplan and all SIP messages."""
        return (self.folder / "log" / "full.log").read_text(errors="replace")

    def messages(self, start: str, *, containing: str = "") -> list[str]:
        """SIP messages received from the harness whose first line begins with `start`."""
        received = re.split(r"<--- (?:Received|Transmitting) SIP", self.trace)
        return [text for text in received if f"\n{start}" in text and containing in text]

    async def notices(self, expected: str, *, seconds_max: float = 15) -> None:
        """Wait until the dialplan has logged `expected`."""
        await eventually(lambda: expected in self.trace, seconds_max=seconds_max, what=f"notice {expected!r}")

    def recording(self, customer: str, direction: str) -> bytes:
        """u-law received from ("in") or sent to ("out") the customer."""
        return (self.folder / f"{customer}.{direction}.ulaw").read_bytes()


class StaticDesk:
    """The desk of a centre that never says no: credentials of the far end, and a list of what was asked."""

    def __init__(self, far_end: FarEnd) -> None:
        self._far_end = far_end
        self.asked: list[tuple[str, ...]] = []

    async def sign_in(self, agent: str) -> Credentials:
        return Credentials(username=agent, password=PASSWORD, host="127.0.0.1", port=self._far_end.port)

    async def ready(self, agent: str) -> None:
        self.asked.append(("ready", agent))

    async def not_ready(self, agent: str, reason: str) -> None:
        self.asked.append(("not_ready", agent, reason))

    async def wrap_up(self, agent: str, disposition: str) -> None:
        self.asked.append(("wrap_up", agent, disposition))

    async def sign_out(self, agent: str) -> None:
        self.asked.append(("sign_out", agent))


async def eventually(holds: Callable[[], bool], *, seconds_max: float, what: str) -> None:
    """Wait until `holds()`; fails with `what` after `seconds_max`."""
    try:
        async with asyncio.timeout(seconds_max):
            while not holds():
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"did not happen within {seconds_max} s: {what}") from None


def _files(port: int, folder: Path) -> dict[str, str]:
    return {
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in MODULES),
        "logger.conf": "[general]\n[logfiles]\nfull.log => notice,warning,error,verbose\n",
        "rtp.conf": "[general]\nrtpstart=28000\nrtpend=29999\n",
        "pjsip.conf": _pjsip(port),
        "extensions.conf": _dialplan(folder),
    }


def _pjsip(port: int) -> str:
    media = "disallow=all\nallow=ulaw\nmedia_address=127.0.0.1\nbind_rtp_to_media_address=yes\ndirect_media=no\n"
    people = "".join(
        f"[{agent}]\ntype=endpoint\ncontext=calls\nauth={agent}\naors={agent}\nrefer_blind_progress=no\n{media}"
        f"[{agent}]\ntype=auth\nauth_type=userpass\nusername={agent}\npassword={PASSWORD}\n"
        f"[{agent}]\ntype=aor\nmax_contacts=1\nremove_existing=yes\n"
        for agent in AGENTS
    )
    return (
        "[global]\ntype=global\nendpoint_identifier_order=username,ip\n"
        f"[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{port}\n"
        f"[trunk]\ntype=endpoint\ncontext=calls\n{media}[trunk]\ntype=identify\nendpoint=trunk\nmatch=127.0.0.1\n{people}"
    )


def _dialplan(folder: Path) -> str:
    record = f"{folder}/${{CALLERID(num)}}"
    return (
        "[calls]\n"
        "exten => _+18005550XXX,1,Answer()\n"
        f"same => n,MixMonitor({record}.both.ulaw,r({record}.in.ulaw)t({record}.out.ulaw))\n"
        'same => n,GotoIf($["${EXTEN:10:1}" = "0"]?ring)\n'
        "same => n,Read(DIGITS,,${EXTEN:10:1},,1,10)\n"
        "same => n,Log(NOTICE,digits of ${CALLERID(num)}: ${DIGITS}.)\n"
        "same => n(ring),Dial(PJSIP/agent-${EXTEN:11},3)\n"
        "same => n,Log(NOTICE,offer of ${CALLERID(num)}: ${DIALSTATUS}.)\n"
        "same => n,Hangup()\n"
        "exten => 900,1,Log(NOTICE,arrived at 900: ${CALLERID(num)}.)\nsame => n,Echo()\n"
        "exten => 901,1,Wait(1)\nsame => n,Hangup()\n"
        "exten => 999,1,Hangup(21)\n"
    )
