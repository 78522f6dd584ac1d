"""The text of Asterisk's configuration files, from plain data: only what is used is loaded, only loopback is managed.

What changes while calls run (phones, further trunks) is pushed through ARI into memory (`provision`); what is written
here is what a freshly started Asterisk must know by itself, so that it treats callers kindly before we are there.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from markaz.kit.errors import MarkazError

APPLICATION: Final = "markaz"
"""The name of our ARI application."""

PHONES_APPLICATION: Final = "markaz-phones"
"""A second one on the same connection that watches phones: subscribed to an endpoint, the first would be told of
everything on the phones' channels twice."""

TRANSPORT: Final = "sip-udp"
SOCKET_TRANSPORT: Final = "sip-ws"
"""For browsers, whose SIP comes through the web process to Asterisk's own http server."""
BROWSER_PHONE: Final = "browser-"
"""Begins the user name of an agent's phone that is a page; who reads the name knows how to treat it."""
SOCKET_PATH: Final = "/ws"
"""Where that serves it."""
TRUNK_CONTEXT: Final = "from-trunk"
PHONE_CONTEXT: Final = "from-phone"
TEST_CONTEXT: Final = "phone-test"
"""Where a phone that is tested hears itself."""
TEST_EXTENSION: Final = "echo"
TEST_SECONDS_MAX: Final = 60
UNATTENDED: Final = "unattended"
"""The folder, below that of recordings, of messages that Asterisk took while we were away."""
FALLBACK_AGAIN: Final = "try"
"""The label in the dialplan from which a caller who waits there comes to us."""
FALLBACK_WAITING: Final = frozenset({"Answer", "Playback", "MusicOnHold"})
TRUNK_SILENT_SECONDS_MAX: Final = 120
PHONE_SILENT_SECONDS_MAX: Final = 20
HELD_SILENT_SECONDS_MAX: Final = 3_600
QUALIFY_SECONDS: Final = 30

MODULES: Final = (
    "res_timing_timerfd", "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb", "res_pjproject",
    "res_pjsip", "res_pjsip_session", "res_pjsip_pubsub", "res_rtp_asterisk", "res_pjsip_sdp_rtp", "chan_pjsip",
    "res_pjsip_registrar", "res_pjsip_authenticator_digest", "res_pjsip_outbound_authenticator_digest",
    "res_pjsip_endpoint_identifier_user", "res_pjsip_endpoint_identifier_ip", "res_pjsip_nat", "res_pjsip_refer",
    "res_pjsip_caller_id", "res_pjsip_dtmf_info", "res_pjsip_rfc3326", "res_pjsip_header_funcs",
    "res_srtp", "res_http_websocket", "res_pjsip_transport_websocket", "res_websocket_client", "res_ari_model",
    "res_ari", "res_ari_applications", "res_ari_asterisk", "res_ari_bridges", "res_ari_channels", "res_ari_endpoints",
    "res_ari_events", "res_ari_playbacks", "res_ari_recordings", "res_stasis", "res_stasis_answer",
    "res_stasis_playback", "res_stasis_recording", "res_stasis_snoop", "app_stasis", "bridge_simple",
    "bridge_holding", "bridge_softmix", "res_musiconhold", "codec_ulaw", "codec_alaw", "codec_resample",
    "res_format_attr_opus", "codec_opus_open_source", "format_pcm", "format_sln", "format_wav", "pbx_config",
    "app_playback", "app_record", "app_mixmonitor", "app_echo", "func_callerid", "func_channel", "func_strings",
    "func_timeout",
)  # fmt: skip


PLAIN: Final = re.compile(r"[A-Za-z0-9._:/\[\]-]{1,100}")
"""Names and addresses that mean nothing else to Asterisk."""


@dataclass(eq=False)
class TrunkInvalid(MarkazError):
    """The trunk {id!r} has an id, address or credential with characters that Asterisk would misread; correct it."""

    code = "trunk_invalid"
    id: str


def _has_control(text: str | None) -> bool:
    return any(ord(letter) < 32 for letter in text or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkSettings:
    """A carrier (or another exchange). `match`: addresses that calls come from; `username` and `password`: ours there.

    `prefixes`: numbers we may dial through it begin with one of these; () dials nothing (toll fraud).
    """

    id: str
    host: str
    port: int = 5060
    match: tuple[str, ...]
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    prefixes: tuple[str, ...] = ()
    caller: str | None = None
    """The number that people whom we call through it see."""

    def __post_init__(self) -> None:
        names = (self.id, self.host, *self.match)
        if not all(PLAIN.fullmatch(name) for name in names) or any(
            map(_has_control, (self.username, self.password, self.caller))
        ):
            raise TrunkInvalid(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskSettings:
    """How one Asterisk is set up: addresses, ports, secrets and folders (absolute paths)."""

    sip_address: str = "127.0.0.1"
    sip_port: int
    media_address: str = "127.0.0.1"
    other_addresses: tuple[str, ...] = ()
    """Further IPv4 addresses of the machine."""
    rtp_port_first: int
    rtp_port_last: int
    http_port: int
    manager_port: int
    ari_user: str = "markaz"
    ari_password: str = field(repr=False)
    manager_user: str = "markaz"
    manager_secret: str = field(repr=False)
    prompts: Path
    """Holds `system/` (what Asterisk says by itself) and `music/` (what plays on hold)."""
    recordings: Path
    trunks: tuple[TrunkSettings, ...] = ()
    fallback_retry_seconds: int = 5
    fallback_tries_max: int = 24
    fallback_message_seconds_max: int = 120


def asterisk_files(settings: AsteriskSettings) -> dict[str, str]:
    """The text of each file in Asterisk's etc folder by file name."""
    return {
        "modules.conf": _section("modules", ("autoload", "no"), *(("load", f"{name}.so") for name in MODULES)),
        "http.conf": _section(
            "general",
            ("enabled", "yes"),
            ("bindaddr", "127.0.0.1"),
            ("bindport", settings.http_port),
            ("servername", ""),
        ),
        "ari.conf": _section("general", ("enabled", "yes"), ("pretty", "no"), ("websocket_write_timeout", 1000))
        + _section(settings.ari_user, ("type", "user"), ("read_only", "no"), ("password", settings.ari_password)),
        "manager.conf": _manager(settings),
        "sorcery.conf": _SORCERY,
        "rtp.conf": _section(
            "general",
            ("rtpstart", settings.rtp_port_first),
            ("rtpend", settings.rtp_port_last),
            ("icesupport", "yes"),  # of browsers; other endpoints have it switched off
            ("strictrtp", "yes"),
        )
        # Sound is bound to one address: that is the only candidate worth trying, whatever others the machine has.
        # Asterisk looks for candidates among all but the loopback, and would offer browsers none of a centre on it.
        + _section("ice_host_candidates", *((one, settings.media_address) for one in settings.other_addresses)),
        "musiconhold.conf": _section("default", ("mode", "files"), ("directory", settings.prompts / "music")),
        "pjsip.conf": _pjsip(settings),
        "extensions.conf": _extensions(settings),
    }


def trunk_objects(trunk: TrunkSettings, media_address: str) -> dict[tuple[str, str], dict[str, str]]:
    """A trunk's SIP objects: (object type, id) -> its fields, in the order in which they must come to be."""
    name = trunk_endpoint(trunk.id)
    objects: dict[tuple[str, str], dict[str, str]] = {}
    if trunk.username is not None:
        objects["auth", name] = {
            "auth_type": "userpass",
            "username": trunk.username,
            "password": trunk.password or "",
        }
    objects["aor", name] = {"contact": f"sip:{trunk.host}:{trunk.port}", "qualify_frequency": "0"}
    objects["endpoint", name] = {
        **_media(media_address),
        "context": TRUNK_CONTEXT,
        "aors": name,
        **({"outbound_auth": name} if trunk.username is not None else {}),
        "identify_by": "ip",
        "trust_id_inbound": "yes",
        "allow_transfer": "no",
        "rtp_timeout": str(TRUNK_SILENT_SECONDS_MAX),
        "rtp_timeout_hold": str(HELD_SILENT_SECONDS_MAX),
    }
    objects["identify", name] = {"endpoint": name, "match": ",".join(trunk.match)}
    return objects


def phone_objects(
    username: str, password: str, media_address: str, *, is_browser: bool = False
) -> dict[tuple[str, str], dict[str, str]]:
    """An agent's phone: (object type, id) -> its fields, in the order in which they must come to be.

    One endpoint cannot suit both: what a browser insists on (DTLS, ICE, one port for all) plain phones do not know.
    """
    return {
        ("auth", username): {"auth_type": "userpass", "username": username, "password": password},
        ("aor", username): {
            "max_contacts": "1",
            "remove_existing": "yes",
            "qualify_frequency": str(QUALIFY_SECONDS),
            "minimum_expiration": "30",
            "default_expiration": "120",
        },
        ("endpoint", username): {
            **_media(media_address),
            "context": PHONE_CONTEXT,
            "auth": username,
            "aors": username,
            "identify_by": "username,auth_username",
            "moh_suggest": "default",
            "allow_subscribe": "no",
            "force_rport": "yes",
            "rewrite_contact": "yes",
            "rtp_timeout": str(PHONE_SILENT_SECONDS_MAX),
            "rtp_timeout_hold": str(HELD_SILENT_SECONDS_MAX),
            **(_BROWSER if is_browser else {}),
        },
    }


_BROWSER: Final = {
    "transport": SOCKET_TRANSPORT,
    "allow": "!all,opus,ulaw,alaw",
    "webrtc": "yes",
    "use_avpf": "yes",
    "media_encryption": "dtls",
    "dtls_auto_generate_cert": "yes",
    "dtls_verify": "fingerprint",
    "dtls_setup": "actpass",
    "ice_support": "yes",
    "rtcp_mux": "yes",
    "media_use_received_transport": "yes",
    "rtp_symmetric": "no",  # ICE finds where to send
    "timers": "no",  # a session's refresh that meets a lost socket would end the call, whose sound goes on
}


def trunk_endpoint(trunk: str) -> str:
    """The SIP endpoint's name of a trunk."""
    return f"trunk-{trunk}"


def _media(media_address: str) -> dict[str, str]:
    # `media_address` must be given: otherwise each call asks the name server for our own name, and waits for it.
    return {
        "transport": TRANSPORT,
        # An endpoint pushed through ARI gets each default as text; that of `callerid` names every caller "unknown".
        "callerid": "",
        "allow": "!all,ulaw,alaw",
        "direct_media": "no",
        "rtp_symmetric": "yes",
        "media_address": media_address,
        "bind_rtp_to_media_address": "yes",
        "dtmf_mode": "rfc4733",
    }


def _pjsip(settings: AsteriskSettings) -> str:
    text = _section(
        "global",
        ("type", "global"),
        ("user_agent", "Markaz"),
        ("endpoint_identifier_order", "username,auth_username,ip"),
    )
    text += _section(
        TRANSPORT, ("type", "transport"), ("protocol", "udp"), ("bind", f"{settings.sip_address}:{settings.sip_port}")
    )
    text += _section(
        SOCKET_TRANSPORT, ("type", "transport"), ("protocol", "ws"), ("bind", f"127.0.0.1:{settings.http_port}")
    )
    for trunk in settings.trunks:
        for (kind, name), fields in trunk_objects(trunk, settings.media_address).items():
            text += _section(name, ("type", kind), *fields.items())
    return text


def _manager(settings: AsteriskSettings) -> str:
    # What ARI cannot do: MixMonitor ("system"), and to fetch a caller who waits in the dialplan ("call"). This user
    # may do both, may originate nothing, and hears of nothing.
    return _section(
        "general",
        ("enabled", "yes"),
        ("webenabled", "no"),
        ("bindaddr", "127.0.0.1"),
        ("port", settings.manager_port),
        ("displayconnects", "no"),
    ) + _section(
        settings.manager_user,
        ("secret", settings.manager_secret),
        ("deny", "0.0.0.0/0.0.0.0"),
        ("permit", "127.0.0.1/255.255.255.255"),
        ("read", ""),
        ("write", "system,call"),
        ("writetimeout", 1000),
    )


def _extensions(settings: AsteriskSettings) -> str:
    """Calls go to us; while we are not there: a message, music, another try, at last a voicemail.

    Phones may dial nothing: what they do with a call reaches us through ARI. Unknown numbers are ours to refuse.
    """
    system = settings.prompts / "system"
    message = settings.recordings / UNATTENDED / f"{_digits('EXTEN')}_{_digits('CALLERID(num)')}_${{UNIQUEID}}.wav"
    steps = (
        "Set(TRIES=0)",
        f"({FALLBACK_AGAIN}),Stasis({APPLICATION})",
        'GotoIf($["${STASISSTATUS}"="SUCCESS"]?end)',
        "GotoIf($[${TRIES}>0]?hold)",
        "Answer()",
        f"Playback({system / 'please-wait'})",
        "(hold),Set(TRIES=$[${TRIES}+1])",
        f"GotoIf($[${{TRIES}}>{settings.fallback_tries_max}]?message)",
        f"MusicOnHold(default,{settings.fallback_retry_seconds})",
        f"Goto({FALLBACK_AGAIN})",
        f"(message),Playback({system / 'leave-message'}&{system / 'beep'})",
        f"Record({message},5,{settings.fallback_message_seconds_max},kq)",
        f"Playback({system / 'goodbye'})",
        "(end),Hangup()",
    )
    lines = [f"[{TRUNK_CONTEXT}]"]
    for pattern in ("_X!", "_+X!"):
        lines.append(f"exten => {pattern},1,{steps[0]}")
        lines += [f" same => n{step}" if step.startswith("(") else f" same => n,{step}" for step in steps[1:]]
    test = (
        f"[{TEST_CONTEXT}]",
        f"exten => {TEST_EXTENSION},1,Set(TIMEOUT(absolute)={TEST_SECONDS_MAX})",
        " same => n,Echo()",
        " same => n,Hangup()",
    )
    return "\n".join([*lines, f"[{PHONE_CONTEXT}]", *test, ""])


def _digits(variable: str) -> str:
    """What remains of a variable that the other side fills as it likes."""
    return f"${{FILTER(+0-9,${{{variable}}})}}"


def _section(name: str, *fields: tuple[str, object]) -> str:
    escaped = [f"{key}={str(value).replace(';', chr(92) + ';')}" for key, value in fields]  # `;` begins a comment
    return "\n".join([f"[{name}]", *escaped, "", ""])


_SORCERY: Final = _section(
    "res_pjsip",
    *(
        line
        for kind in ("auth", "aor", "endpoint")
        for line in ((f"{kind}/pushed", "memory"), (kind, f"config,pjsip.conf,criteria=type={kind}"))
    ),
) + _section(
    "res_pjsip_endpoint_identifier_ip",
    ("identify/pushed", "memory"),
    ("identify", "config,pjsip.conf,criteria=type=identify"),
)
