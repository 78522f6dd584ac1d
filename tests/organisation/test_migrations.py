"""The migrations build exactly the declared tables, whoever runs them and however many at once."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from markaz import alarms
from markaz.runtime.database import migrate, schema_drift


@pytest.fixture
def empty_database(postgres_url: str) -> Iterator[str]:
    name = sql.Identifier(f"empty_{secrets.token_hex(6)}")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield make_conninfo(postgres_url, dbname=name.as_string().strip('"'))
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def test_migrated_database_is_the_declared_one(database: str) -> None:
    assert schema_drift(database, also=[alarms.metadata]) == []


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE contact DROP COLUMN agents",
        "ALTER TABLE contact ALTER state TYPE varchar(10)",
        "ALTER TABLE contact ALTER callback_promised SET DEFAULT true",
        "ALTER TABLE queue ALTER name DROP NOT NULL",
        "ALTER TABLE queue DROP CONSTRAINT queue_project",
        "DROP INDEX number_live",
        "CREATE TABLE stray (id int)",
    ],
)
def test_drift_is_seen(database: str, change: LiteralString) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(change)
    assert len(schema_drift(database, also=[alarms.metadata])) == 1


def test_many_may_migrate_at_once(empty_database: str) -> None:
    assert schema_drift(empty_database, also=[alarms.metadata])
    program = "import sys; from markaz.runtime.database import migrate; migrate(sys.argv[1])"
    processes = [subprocess.Popen([sys.executable, "-c", program, empty_database]) for _ in range(3)]
    try:
        assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert schema_drift(empty_database, also=[alarms.metadata]) == []
    migrate(empty_database)
