"""`markaz link` lets somebody in who has no other way, and the first start prints one for the first administrator."""

from pathlib import Path
from typing import get_args

import psycopg
import pytest
from click.testing import CliRunner

from markaz import identity, organisation
from markaz.bootstrap import Settings, first_link
from markaz.bootstrap.addresses import choose_addresses
from markaz.cli import main
from markaz.cli.link import ROLES
from markaz.demo.centre import document
from markaz.runtime import connect


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    (tmp_path / "markaz.toml").write_text(f"database_url = {database!r}\n")
    free = Settings(home=tmp_path, database_url=database, sip_port=0, http_port=0, manager_port=0, web_port=0)
    choose_addresses(free)
    return free


async def applied(settings: Settings, database: str) -> None:
    bank = document(agents=1, trunk_host="127.0.0.1", trunk_port=5066)
    async with await connect(database) as connection:
        await organisation.apply(connection, bank, floor=settings.floor)


def link(settings: Settings, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--home", str(settings.home), "link", *arguments])
    return done.exit_code, done.output


async def used(database: str, where: str) -> bool:
    async with await connect(database) as connection:
        token = identity.token_hash(where.strip().rpartition("/")[2])
        found = await (
            await connection.execute("SELECT link_use(%s, %s, NULL, '::1', '')", (token, token + b"session"))
        ).fetchone()
    return found == (True,)


def test_the_roles_are_those_there_are() -> None:
    assert get_args(identity.Role) == ROLES


async def test_the_first_start_opens_a_centre_that_takes_the_first_ones_name(settings: Settings, database: str) -> None:
    async with await connect(database) as connection:
        first = await first_link(settings, connection)
        assert first is not None
        assert await organisation.centre_of(connection, settings.floor) == settings.floor
    await applied(settings, database)
    async with await connect(database) as connection:
        assert await organisation.centre_of(connection, settings.floor) == "demo"
        assert await first_link(settings, connection) is not None, "nobody has come in yet"
        assert await used(database, first)
        assert not await used(database, first), "once"
        assert await first_link(settings, connection) is None
        rows = await (await connection.execute("SELECT centre, roles FROM account")).fetchall()
    assert rows == [("demo", ["administrator"])], "one account, whose centre took the name"


async def test_a_floor_serves_one_centre(settings: Settings, database: str) -> None:
    await applied(settings, database)
    other = organisation.Document(centre=organisation.Centre(id="other", name="Other"))
    async with await connect(database) as connection:
        with pytest.raises(organisation.FloorTaken, match=r'"main" serves the centre "demo"'):
            await organisation.apply(connection, other, floor=settings.floor)
        await organisation.apply(connection, other, floor="second")
        assert await organisation.centre_of(connection, "second") == "other"


def test_before_there_is_a_centre_it_says_so(settings: Settings) -> None:
    code, said = link(settings)
    assert (code, "serves no centre yet" in said) == (1, True), said


def test_a_link_is_for_a_role_an_agent_or_a_clients(settings: Settings, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("INSERT INTO centre VALUES ('c', 'C'); INSERT INTO floor (id, centre) VALUES ('main', 'c')")
        connection.execute("INSERT INTO agent (centre, id, name, rules) VALUES ('c', 'amal', 'Amal', '{}')")
        connection.execute("INSERT INTO client (centre, id, name, rules) VALUES ('c', 'bank', 'Bank', '{}')")
        for arguments in (
            ("--role", "supervisor", "--name", "Noor"),
            ("--role", "supervisor", "--name", "Noor"),
            ("--role", "agent", "--agent", "amal"),
            ("--role", "client_owner", "--client", "bank"),
        ):
            code, said = link(settings, *arguments)
            assert code == 0, said
            assert "/enter/" in said
        rows = connection.execute("SELECT name, roles, agent, client FROM account ORDER BY name").fetchall()
        assert rows == [
            ("Agent", ["agent"], "amal", None), ("Client owner", ["client_owner"], None, "bank"),
            ("Noor", ["supervisor"], None, None),
        ]  # fmt: skip
    code, said = link(settings, "--role", "agent", "--agent", "nobody")
    assert (code, 'no agent "nobody"' in said) == (1, True), said
    assert link(settings, "--role", "client_owner")[0] == 2
