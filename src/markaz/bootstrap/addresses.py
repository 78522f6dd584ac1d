"""Where the parts of a running installation listen: chosen once by `serve`, read by everybody else."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import msgspec

from markaz.bootstrap.settings import Settings
from markaz.kit.errors import MarkazError
from markaz.kit.postgres import PostgresServer


@dataclass(eq=False)
class NothingRuns(MarkazError):
    """Nothing runs under {home}: start it with `markaz serve` (or look elsewhere with --home)."""

    code: ClassVar[str] = "nothing_runs"
    home: Path


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


def choose_addresses(settings: Settings) -> Addresses:
    """The configured ports, a free one for each 0; remembered for the other processes."""
    with ExitStack() as stack:

        def free(port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
            if port:
                return port
            probe = stack.enter_context(socket.socket(socket.AF_INET, kind))
            probe.bind((settings.host, 0))
            chosen: int = probe.getsockname()[1]
            return chosen

        addresses = Addresses(
            host=settings.host,
            sip_port=free(settings.sip_port, socket.SOCK_DGRAM),
            http_port=free(settings.http_port),
            manager_port=free(settings.manager_port),
            web_port=free(settings.web_port),
            rtp_ports=settings.rtp_ports,
        )
    settings.run.mkdir(parents=True, exist_ok=True)
    _path(settings).write_bytes(msgspec.json.format(msgspec.json.encode(addresses)))
    return addresses


def read_addresses(settings: Settings) -> Addresses:
    """Where the installation listens: as `serve` chose here, else (a part alone on another machine) as configured.

    Raises `NothingRuns` when nothing was ever started here and a port is left to be chosen.
    """
    ports = (settings.sip_port, settings.http_port, settings.manager_port, settings.web_port)
    if not _path(settings).exists():
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
    return msgspec.json.decode(_path(settings).read_bytes(), type=Addresses)


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
