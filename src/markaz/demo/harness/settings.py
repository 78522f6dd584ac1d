"""The configuration of the outside world's own Asterisk: as few modules as real calls with u-law audio need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markaz.demo.harness.audio import voice_name

APPLICATION = "outside"
RTP_PORTS = (26_000, 27_999)  # Asterisk draws a port here and tries the next when it is taken

MODULES = (
    "res_timing_timerfd", "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb", "res_pjproject", "res_pjsip",
    "res_pjsip_session", "res_pjsip_pubsub", "res_pjsip_refer", "res_pjsip_caller_id", "res_pjsip_rfc3326",
    "res_pjsip_endpoint_identifier_ip", "res_pjsip_authenticator_digest", "res_pjsip_outbound_authenticator_digest",
    "res_pjsip_outbound_registration", "res_pjsip_sdp_rtp", "res_rtp_asterisk", "chan_pjsip",
    "codec_ulaw", "format_pcm", "res_musiconhold", "pbx_config", "func_channel", "app_userevent",
    "app_mixmonitor", "app_transfer",
    "res_http_websocket", "res_websocket_client", "res_stasis", "res_stasis_answer", "res_stasis_recording",
    "res_stasis_playback", "res_stasis_snoop", "app_stasis",
    "res_ari_model", "res_ari", "res_ari_events", "res_ari_channels", "res_ari_asterisk",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the outside world listens on 127.0.0.1."""

    sip: int
    http: int


def settings(*, ports: Ports, password: str, voices: Path, tones_hz: Sequence[int]) -> Mapping[str, str]:
    """The texts of the configuration files by name."""
    return {
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in MODULES),
        "http.conf": f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={ports.http}\n",
        "ari.conf": (
            f"[general]\nenabled=yes\npretty=no\n[{APPLICATION}]\ntype=user\nread_only=no\npassword={password}\n"
        ),
        "rtp.conf": f"[general]\nrtpstart={RTP_PORTS[0]}\nrtpend={RTP_PORTS[1]}\nicesupport=no\n",
        "sorcery.conf": _SORCERY,
        "pjsip.conf": _PJSIP.format(port=ports.sip),
        "extensions.conf": _DIALPLAN,
        "websocket_client.conf": "",
        "musiconhold.conf": "".join(
            f"[{voice_name(tone)}]\nmode=files\ndirectory={voices / voice_name(tone)}\n" for tone in tones_hz
        ),
    }


# Phones register as objects in memory, pushed while calls go on; the rest of SIP is one static endpoint.
_SORCERY = """[res_pjsip]
auth/pushed=memory
auth=config,pjsip.conf,criteria=type=auth
endpoint=config,pjsip.conf,criteria=type=endpoint
[res_pjsip_outbound_registration]
registration/pushed=memory
registration=config,pjsip.conf,criteria=type=registration
"""

# Whoever calls us from 127.0.0.1 is the system under test; whom it calls stands in the request's address.
_PJSIP = """[global]
type=global
user_agent=Outside world
[udp]
type=transport
protocol=udp
bind=127.0.0.1:{port}
[sut]
type=endpoint
transport=udp
context=incoming
disallow=all
allow=ulaw
media_address=127.0.0.1
bind_rtp_to_media_address=yes
direct_media=no
dtmf_mode=rfc4733
moh_passthrough=yes
rtp_symmetric=no
trust_id_inbound=yes
trust_id_outbound=yes
send_pai=no
timers=no
[from-sut]
type=identify
endpoint=sut
match=127.0.0.1
"""

# The h extension is the last moment at which a leg's RTP can still be counted, whoever hung up.
_COUNT = (
    'exten => h,1,GotoIf($["${CHANNEL(state)}" = "Up"]?count)\nsame => n,Hangup()\n'
    "same => n(count),UserEvent(LegCounted,sent: ${CHANNEL(rtcp,txcount)},received: ${CHANNEL(rtcp,rxcount)},"
    "lost: ${CHANNEL(rtcp,rxploss)})\n"
)
_DIALPLAN = (
    "[placed]\n"
    "exten => listened,1,MixMonitor(${LISTEN}.both.ulaw,r(${LISTEN}.heard.ulaw))\n"
    "same => n,Goto(call,1)\n"
    f"exten => call,1,Stasis({APPLICATION},placed)\nsame => n,Hangup()\n{_COUNT}"
    "[incoming]\n"
    f"exten => _[+a-zA-Z0-9].,1,Stasis({APPLICATION},incoming)\nsame => n,Hangup()\n{_COUNT}"
    "[refer]\n"
    "exten => refer,1,Transfer(PJSIP/${REFER_TO})\n"
    "same => n,UserEvent(LegReferred,status: ${TRANSFERSTATUS})\n"
    'same => n,GotoIf($["${TRANSFERSTATUS}" = "SUCCESS"]?done)\n'
    f"same => n,Stasis({APPLICATION},back)\nsame => n(done),Hangup()\n{_COUNT}"
)
