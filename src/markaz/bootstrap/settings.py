"""One installation's settings: its home folder, and what differs from the defaults in `markaz.toml` there."""

import contextlib
import ipaddress
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import msgspec

from markaz.kit.errors import MarkazError

HOME_VARIABLE = "MARKAZ_HOME"
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(eq=False)
class SettingsUnreadable(MarkazError):
    """The settings in {path} can't be used: {problem}."""

    code: ClassVar[str] = "settings_unreadable"
    path: Path
    problem: str


class OpenIdSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider that may vouch for people. `id` stands in addresses, `name` on the button of the sign-in page."""

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str

    def __post_init__(self) -> None:
        if not self.id or not all(c.isascii() and (c.isalnum() or c in "-_") for c in self.id):
            raise ValueError("a provider's `id` takes letters, digits, - and _")
        address = urlsplit(self.issuer)
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOCAL):
            raise ValueError(f"the issuer {self.issuer} of the provider {self.id} is not https")

    def __repr__(self) -> str:
        return f"OpenIdSettings(id={self.id!r}, issuer={self.issuer!r})"


class MailSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where mail goes out. With `starttls` it is encrypted or not sent; without, only on this machine."""

    host: str
    sender: str
    port: int = 587
    user: str | None = None
    password: str | None = None
    starttls: bool = True

    def __post_init__(self) -> None:
        if not self.starttls and self.host not in _LOCAL:
            raise ValueError(f"mail to {self.host} would go out in the open: leave `starttls` on")
        if "@" not in self.sender:
            raise ValueError(f"`sender` of [mail] is no address: {self.sender}")

    def __repr__(self) -> str:
        return f"MailSettings(host={self.host!r}, port={self.port})"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `markaz.toml` may say. Ports are on `host`; 0 takes a free one, which `run/` then records.

    `database_url`: a PostgreSQL of your own (None: Markaz runs one under `home`). `sip_port` and `rtp_ports`: where
    Asterisk listens for trunks and phones; `sip_host`: where phones reach it when web runs on another machine.
    `floor`: the shard that this installation runs. `public_url`: where browsers reach the web process when something
    stands before it that speaks TLS. `openid`: who else may vouch for people. `webhook_networks`: private networks
    ("10.1.0.0/16") to which webhooks may be sent, also without TLS; public addresses always may, with it. `mail`: the
    server that sends reports to those who were agreed on; None: nothing is mailed.
    """

    home: Path = Path(".markaz")
    floor: str = "main"
    database_url: str | None = None
    host: str = "127.0.0.1"
    web_port: int = 8420
    sip_host: str | None = None
    sip_port: int = 5060
    http_port: int = 8088
    manager_port: int = 5038
    rtp_ports: tuple[int, int] = (20_000, 29_999)
    public_url: str | None = None
    openid: tuple[OpenIdSettings, ...] = ()
    webhook_networks: tuple[str, ...] = ()
    mail: MailSettings | None = None

    def __post_init__(self) -> None:
        if not self.floor or not all(c.isascii() and (c.islower() or c.isdigit() or c in "-_") for c in self.floor):
            raise ValueError("`floor` takes small letters, digits, - and _")
        for network in self.webhook_networks:
            ipaddress.ip_network(network)

    @property
    def run(self) -> Path:
        """Addresses and process ids of what runs now."""
        return self.home / "run"

    @property
    def recordings(self) -> Path:
        return self.home / "recordings"

    @property
    def prompts(self) -> Path:
        return self.home / "prompts"


def load_settings(home: Path | None = None, *, floor: str | None = None, serving: bool = False) -> Settings:
    """The settings of `home` (else of $MARKAZ_HOME, else of ./.markaz), for `floor` when one is named.

    Who only reads, and names no floor, gets the one that was served last; `serving` gets the configured one.
    Raises `SettingsUnreadable`.
    """
    home = (home or Path(os.environ.get(HOME_VARIABLE, ".markaz"))).resolve()
    path = home / "markaz.toml"
    try:
        text = path.read_bytes() if path.exists() else b""
        settings = msgspec.structs.replace(msgspec.toml.decode(text, type=Settings), home=home)
        last = settings.run / "floor"
        if floor is None and not serving and last.exists():
            floor = last.read_text()
        return settings if floor is None else msgspec.structs.replace(settings, floor=floor)
    except RecursionError as error:
        raise SettingsUnreadable(path, "it is nested too deeply") from error
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise SettingsUnreadable(path, str(error)) from error


def secret(settings: Settings, name: str) -> str:
    """A secret of this installation, made at first use and kept under `secrets/` for its owner alone."""
    path = settings.home / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.chmod(0o700)
        mine = path.with_name(f".{name}.{os.getpid()}")
        descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))
        with contextlib.suppress(FileExistsError):  # another process was first: its secret counts
            os.link(mine, path)
        mine.unlink()
    return path.read_text()
