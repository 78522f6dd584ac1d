"""The way to PostgreSQL: connections, migrations, and the proof that the migrations build the declared tables.

Alembic and SQLAlchemy are slow to load, and only who migrates or compares needs them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData

MIGRATIONS = Path(__file__).parent.parent / "migrations"
"""Inside the package, so that an installed Markaz carries them."""

MIGRATION_LOCK = 0x6D61726B617A
"""Advisory lock ("markaz" in ASCII) that lets one process migrate while others wait for it."""


async def connect(url: str) -> psycopg.AsyncConnection[TupleRow]:
    """A connection in autocommit (open transactions explicitly) whose timestamps are UTC; `url` is any conninfo."""
    return await psycopg.AsyncConnection.connect(make_conninfo(url, options="-c timezone=UTC"), autocommit=True)


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema and permissions in one transaction; several processes may."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import text

    from markaz.identity import write_permissions

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _transaction(url) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        driver = connection.connection.driver_connection
        assert driver is not None
        write_permissions(driver)


def schema_drift(url: str, *, also: "Sequence[MetaData]" = ()) -> list[str]:
    """Differences between the migrated database at `url` and the declared tables, one sentence each; empty is good.

    The tables of organisation, identity and runtime are compared, and those in `also`.
    """
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from markaz.identity import metadata as organisation_metadata  # the organisation's, and who may see it
    from markaz.runtime import agreed, listened, requested  # noqa: F401  their tables are in the runtime's metadata
    from markaz.runtime.entered import metadata as runtime_metadata  # the floor's tables, and what is entered

    declared = [organisation_metadata, runtime_metadata, *also]
    with _transaction(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, declared)  # pyright: ignore[reportArgumentType]  several are allowed
        return [str(difference) for difference in differences]


@contextmanager
def _transaction(url: str) -> "Iterator[Connection]":
    from sqlalchemy import NullPool, create_engine

    def dial() -> Any:
        return psycopg.connect(make_conninfo(url, options="-c timezone=UTC"))

    engine = create_engine("postgresql+psycopg://", creator=dial, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
