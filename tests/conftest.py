"""What tests of every part share: one PostgreSQL for the session, a migrated database each, Asterisk, and a guard.

Everything is real. Nothing that a test starts may outlive the session: the guard names what did, ends it, and fails.
"""

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from hypothesis import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from markaz.kit.postgres import PostgresServer
from markaz.telephony.asterisk.program import AsteriskProgram, find_program

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "markaz_template"
LEFTOVER_SECONDS_MAX = 15.0
SESSION_MARK = f"MARKAZ_TEST_SESSION_{secrets.token_hex(8)}"

# A shared, slow machine must not turn a slow example into a failure; the session's time limit stays.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that other users may walk through, as PostgreSQL's user must when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="markaz-tests-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_url(open_folder: Path) -> Iterator[str]:
    """The URL of an empty database on the session's own server, as its superuser."""
    server = PostgresServer(open_folder / "postgres")
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> str:
    """The name of a migrated database that is only ever copied."""
    from markaz.runtime.database import migrate

    _run(postgres_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    migrate(make_conninfo(postgres_url, dbname=TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database(postgres_url: str, template_database: str) -> Iterator[str]:
    """The conninfo of a freshly migrated database of the test's own."""
    with copied_database(postgres_url, template_database) as url:
        yield url


@contextlib.contextmanager
def copied_database(postgres_url: str, template: str) -> Iterator[str]:
    """The conninfo of a copy of `template`, dropped at the end whoever is still connected."""
    name = f"test_{secrets.token_hex(6)}"
    created, copied = sql.Identifier(name), sql.Identifier(template)
    _run(postgres_url, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(created, copied))
    try:
        yield make_conninfo(postgres_url, dbname=name)
    finally:
        _run(postgres_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(created))


@pytest.fixture(scope="session")
def asterisk_program() -> AsteriskProgram:
    """The Asterisk that `make setup` found or built. Missing is a failure, not a skip: telephony is what is sold."""
    return find_program(Path(os.environ.get("MARKAZ_HOME") or ROOT / ".markaz"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets beside the repository; tests of figures against them are skipped without it."""
    folder = Path(os.environ.get("MARKAZ_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the public data sets are not in {folder}; name their folder in MARKAZ_SHARED_DATA")
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None]:
    os.environ[SESSION_MARK] = "1"
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    _, left = psutil.wait_procs(_leftovers(), timeout=LEFTOVER_SECONDS_MAX)
    if left:
        names = [f"{process.pid} ({_command(process)})" for process in left]
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print(f"\n\nFAILED: processes that the tests started were still running: {'; '.join(names)}")
    yield


def _leftovers() -> list[psutil.Process]:
    """Our descendants, and those that lost their parent but still carry this session's mark in their environment."""
    found = {process.pid: process for process in psutil.Process().children(recursive=True)}
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and SESSION_MARK in process.environ():
                found[process.pid] = process
        except (psutil.Error, OSError):
            continue
    return list(found.values())


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())[:200]
    except psutil.Error:
        return "gone by now"


def _run(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
