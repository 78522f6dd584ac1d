"""Where the parts of a running installation listen: chosen once by `serve`, read by everybody else."""

import errno
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeVar

import msgspec

from markaz.bootstrap.settings import Settings
from markaz.kit.errors import MarkazError
from markaz.kit.ports import Transport, hold_port, port_of
from markaz.kit.postgres import PostgresServer

Known = TypeVar("Known")


@dataclass(eq=False)
class NothingRuns(MarkazError):
    """Nothing runs under {home}: start it with `markaz serve` (or look elsewhere with --home)."""

    code: ClassVar[str] = "nothing_runs"
    home: Path


@dataclass(eq=False)
class RunFileDamaged(MarkazError):
    """{path} says what runs, and can't be read ({problem}): stop Markaz if it runs, delete it, start it again."""

    code: ClassVar[str] = "run_file_damaged"
    path: Path
    problem: str


@dataclass(eq=False)
class PortTaken(MarkazError):
    """Another program already listens on {host}:{port}, which {name} in {settings} wants: stop that, or change it."""

    code: ClassVar[str] = "port_taken"
    host: str
    port: int
    name: str
    settings: Path


class Addresses(msgspec.Struct, frozen=True, kw_only=True):
    """Ports in use, all on `host`."""

    host: str
    sip_port: int
    http_port: int
    manager_port: int
    web_port: int
    rtp_ports: tuple[int, int]

    @property
    def web_url(self) -> str:
        return f"http://{self.host}:{self.web_port}"


def choose_addresses(settings: Settings, holding: ExitStack | None = None) -> Addresses:
    """The configured ports, a free one for each 0; remembered for the other processes. Raises `PortTaken`.

    Until `holding` closes, the TCP ports are given to nobody else, so that a part can be started there again at any
    time (see `hold_port`).
    """
    with ExitStack() as stack:

        def free(name: str, transport: Transport = "tcp") -> int:
            port: int = getattr(settings, name)
            try:
                held = hold_port(transport, host=settings.host, port=port)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                raise PortTaken(settings.host, port, name, settings.home / "markaz.toml") from error
            return port_of((holding if holding is not None and transport == "tcp" else stack).enter_context(held))

        addresses = Addresses(
            host=settings.host,
            sip_port=free("sip_port", "udp"),
            http_port=free("http_port"),
            manager_port=free("manager_port"),
            web_port=free("web_port"),
            rtp_ports=settings.rtp_ports,
        )
    write_run_file(_path(settings), msgspec.json.format(msgspec.json.encode(addresses)))
    return addresses


def read_addresses(settings: Settings) -> Addresses:
    """Where the installation listens: as `serve` chose here, else (a part alone on another machine) as configured.

    Raises `NothingRuns` when nothing was ever started here and a port is left to be chosen, `RunFileDamaged`.
    """
    ports = (settings.sip_port, settings.http_port, settings.manager_port, settings.web_port)
    known = read_run_file(_path(settings), Addresses)
    if known is None:
        if 0 in ports:
            raise NothingRuns(settings.home)
        return Addresses(
            host=settings.host,
            sip_port=settings.sip_port,
            http_port=settings.http_port,
            manager_port=settings.manager_port,
            web_port=settings.web_port,
            rtp_ports=settings.rtp_ports,
        )
    return known


def read_run_file(path: Path, kind: type[Known]) -> Known | None:
    """What a file under `run/` says; None when there is none. Raises `RunFileDamaged`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RunFileDamaged(path, str(error)) from error


def write_run_file(path: Path, content: bytes) -> None:
    """Whole or not at all: others read it at any moment, and the disk may be full."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(path)


def managed_postgres(settings: Settings) -> PostgresServer:
    """The PostgreSQL that Markaz runs itself when none is configured."""
    return PostgresServer(settings.home / "postgres")


def database_url(settings: Settings) -> str:
    """The configured database, or the one that runs under the home folder. Raises `NothingRuns`."""
    if settings.database_url is not None:
        return settings.database_url
    server = managed_postgres(settings)
    if not (settings.home / "postgres").exists() or server.pid is None:
        raise NothingRuns(settings.home)
    return server.start()  # it runs already: this only learns its address


@contextmanager
def open_database(settings: Settings, *, create: bool = False) -> Iterator[str]:
    """The database for a command of its own: when ours does not run, it runs for as long as the command.

    Raises `NothingRuns` when there has never been one, unless that is a reason to `create` it.
    """
    server = managed_postgres(settings) if settings.database_url is None else None
    is_ours = server is not None and server.pid is None and (create or (settings.home / "postgres").exists())
    if is_ours and server is not None:
        server.start()
    try:
        yield database_url(settings)
    finally:
        if is_ours and server is not None:
            server.stop()


def _path(settings: Settings) -> Path:
    return settings.run / "addresses.json"
