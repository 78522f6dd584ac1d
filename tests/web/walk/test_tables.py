"""Every table as every role: the web's own role of the database sees and changes just what the one table says."""

import contextlib
from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql

from markaz.bootstrap import ensure_web_role, web_database_url
from markaz.bootstrap.settings import Settings
from markaz.identity import ROLES, TABLES, Role
from tests.web.people import account, session
from tests.web.walk import world

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_UNGUARDED = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND NOT relrowsecurity AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
"""
_SET = "SELECT set_config('markaz.context', %s, true), set_config('markaz.seal', %s, true)"
_COLUMN = """
SELECT column_name FROM information_schema.column_privileges
WHERE grantee = 'markaz_web' AND table_schema = 'public' AND table_name = %s AND privilege_type = %s
ORDER BY column_name LIMIT 1
"""
REFUSED = psycopg.errors.InsufficientPrivilege


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def web(database: str, settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    ensure_web_role(settings, database)
    with psycopg.connect(web_database_url(settings, database), autocommit=True) as connection:
        yield connection


def enter(web: psycopg.Connection[Any], token: str) -> None:
    assert web.execute("SELECT enter_session(%s)", (token,)).fetchone() != (None,)


def seen(web: psycopg.Connection[Any], table: str) -> set[str]:
    key = world.KEYS.get(table, "1")
    statement = sql.SQL("SELECT {} FROM {}").format(sql.SQL(key), sql.Identifier(table))  # pyright: ignore[reportArgumentType]
    try:
        with web.transaction():
            return {str(found) for (found,) in web.execute(statement)}
    except REFUSED:
        return set()


def changed(web: psycopg.Connection[Any], table: str, column: str, keys: set[str]) -> set[str]:
    """Which of the rows an update touches; it is undone."""
    key = sql.SQL(world.KEYS[table])  # pyright: ignore[reportArgumentType]
    statement = sql.SQL("UPDATE {0} SET {1} = {2} WHERE ({3})::text = %s").format(
        sql.Identifier(table), sql.Identifier(column), _same(table, column), key
    )
    return {one for one in keys if _touches(web, statement, one)}


def deleted(web: psycopg.Connection[Any], table: str, keys: set[str]) -> set[str]:
    key = sql.SQL(world.KEYS.get(table, "1"))  # pyright: ignore[reportArgumentType]
    statement = sql.SQL("DELETE FROM {0} WHERE ({1})::text = %s").format(sql.Identifier(table), key)
    return {one for one in keys if _touches(web, statement, one)}


def _same(table: str, column: str) -> sql.Composable:
    """What the column may be set to without any change of meaning, where the column itself cannot be read."""
    return sql.SQL("'x'") if (table, column) == ("phone", "secret") else sql.Identifier(column)


def _touches(web: psycopg.Connection[Any], statement: sql.Composed, key: str) -> bool:
    try:
        with web.transaction(force_rollback=True):
            return web.execute(statement, (key,)).rowcount > 0
    except REFUSED:
        return False


def test_every_table_is_in_the_table_of_permissions(owner: psycopg.Connection[Any]) -> None:
    assert {name for (name,) in owner.execute(_TABLES)} == set(TABLES)
    assert owner.execute(_UNGUARDED).fetchall() == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_what_is_its(owner: psycopg.Connection[Any], web: psycopg.Connection[Any], role: Role) -> None:
    labels = world.build(owner)
    labels["permission"] = dict.fromkeys(seen_by_owner(owner, "permission"), world.CENTRE)
    labels["seal"] = {"1": world.CENTRE}
    token = session(owner, role)
    labels["session"] |= {id_: {"centre", role} for id_ in seen_by_owner(owner, "session") - set(labels["session"])}
    assert set(labels) == set(TABLES), "the world has rows of every table"
    with web.transaction():
        enter(web, token)
        for table, visible in TABLES.items():
            rows = labels[table]
            if table == "invitation" and role == "manager":
                del rows["i administrator"]
            assert seen(web, table) == world.reached(rows, visible.read[role], role), f"{role} reads {table}"
            column = (owner.execute(_COLUMN, (table, "UPDATE")).fetchone() or (None,))[0]
            may_change = world.reached(rows, visible.change[role], role)
            if table == "account" and role == "manager":
                may_change -= {"administrator"}
            if column is None:
                assert not may_change, f"nobody changes {table}"
            else:
                assert changed(web, table, column, set(rows)) == may_change, f"{role} changes {table}"
            may_delete = world.reached(rows, visible.delete[role], role)
            assert deleted(web, table, set(rows)) == may_delete, f"{role} deletes {table}"


@pytest.mark.parametrize("token", ["", "nothing", "x" * 43])
def test_without_a_session_there_is_nothing(
    owner: psycopg.Connection[Any], web: psycopg.Connection[Any], token: str
) -> None:
    world.build(owner)
    with web.transaction():
        assert web.execute("SELECT enter_session(%s), enter_key(%s)", (token, token)).fetchone() == (None, None)
        for table in TABLES.keys() - {"permission"}:
            assert seen(web, table) == set(), table


def test_a_context_cannot_be_forged_or_kept(owner: psycopg.Connection[Any], web: psycopg.Connection[Any]) -> None:
    world.build(owner)
    token = session(owner, "client_viewer")
    ask = "SELECT (SELECT count(*) FROM project), context_centre(), context_client()"
    with web.transaction():
        enter(web, token)
        assert web.execute(ask).fetchone() == (1, "c", "bank")
        context, seal = web.execute(
            "SELECT current_setting('markaz.context'), current_setting('markaz.seal')"
        ).fetchone() or ("", "")
        # Another context under the same seal, and none at all.
        forged = context.replace('"client": "bank"', '"client": null')
        assert forged != context
        web.execute("SELECT set_config('markaz.context', %s, true)", (forged,))
        assert web.execute(ask).fetchone() == (0, None, None)
        web.execute("SELECT set_config('markaz.context', %s, true)", (context,))
        assert web.execute(ask).fetchone() == (1, "c", "bank")
    assert web.execute(ask).fetchone() == (0, None, None), "it ends with the transaction"
    with web.transaction():  # the true context with its true seal, but of an earlier transaction
        web.execute(_SET, (context, seal))
        assert web.execute(ask).fetchone() == (0, None, None)
    for forbidden in (
        "SELECT seal_of('{}')",
        "SELECT enter('{}')",
        "SELECT session_open('administrator', '\\x00', NULL, 'link', '', '')",
        "SELECT audit_append('c', '', '', '', '', '', NULL, '{}')",
        "SELECT account_of_invitation(NULL, '')",
        "SELECT throttle_give_back('{}')",
        "SET ROLE postgres",
        "ALTER TABLE contact DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE mine (x int)",
    ):
        with pytest.raises((REFUSED, psycopg.errors.UndefinedObject, psycopg.errors.InvalidParameterValue)):
            web.execute(forbidden)  # pyright: ignore[reportArgumentType]


def test_a_temporary_table_does_not_stand_in_for_ours(
    owner: psycopg.Connection[Any], web: psycopg.Connection[Any]
) -> None:
    """Functions of the owner look up their tables in our schema, whatever the web made under the same name."""
    world.build(owner)
    web.execute("CREATE TEMPORARY TABLE session (token bytea, id text, account text, how text, address text, "
                "browser text, began_at timestamptz DEFAULT now(), seen_at timestamptz DEFAULT now(), "
                "ends_at timestamptz)")  # fmt: skip
    web.execute("CREATE TEMPORARY TABLE seal (id int, inner_pad bytea, outer_pad bytea)")
    web.execute("INSERT INTO seal VALUES (1, '', '')")
    web.execute("INSERT INTO pg_temp.session (token, id, account, how, address, browser, ends_at) "
                "VALUES (sha256('t'), 'x', 'administrator', '', '', '', now() + interval '1 hour')")  # fmt: skip
    with web.transaction():
        assert web.execute("SELECT enter_session('t')").fetchone() == (None,)


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        # Another centre's, another client's, or more than one may give.
        ("administrator", "INSERT INTO client (centre, id, name, rules) VALUES ('d', 'x', 'x', '{}')"),
        ("administrator", "UPDATE client SET centre = 'd' WHERE id = 'bank'"),
        ("supervisor", "INSERT INTO team (centre, id, name, rules) VALUES ('c', 'x', 'x', '{}')"),
        ("supervisor", "INSERT INTO inbox (floor, message) VALUES ('foreign', '{}')"),
        ("planner", "INSERT INTO inbox (floor, message) VALUES ('main', '{}')"),
        ("client_owner", "INSERT INTO inbox (floor, message) VALUES ('main', '{}')"),
        ("agent", "INSERT INTO phone (floor, agent, username, secret) VALUES ('main', 'dana', 'u', 's')"),
        ("agent", "SELECT secret FROM phone"),
        ("agent", "UPDATE account SET roles = '{administrator}' WHERE id = 'agent'"),
        ("agent", "UPDATE account SET agent = 'cyrus' WHERE id = 'agent'"),
        ("agent", "SELECT token FROM session"),
        ("manager", "UPDATE account SET roles = '{administrator}' WHERE id = 'agent'"),
        ("manager", "UPDATE account SET roles = '{administrator}' WHERE id = context_user()"),
        ("manager", "UPDATE account SET roles = '{manager,administrator}' WHERE id = context_user()"),
        ("supervisor", "UPDATE account SET roles = '{manager}' WHERE id = context_user()"),
        ("client_owner", "UPDATE account SET client = 'shop' WHERE id = context_user()"),
        ("client_owner", "UPDATE account SET client = NULL, roles = '{administrator}' WHERE id = context_user()"),
        ("client_owner", "UPDATE account SET client = NULL, roles = '{planner}' WHERE id = context_user()"),
        ("manager", "SELECT token FROM invitation"),
        ("client_owner", "UPDATE account SET client = 'shop' WHERE id = 'client_viewer'"),
        ("client_owner", "UPDATE account SET client = NULL, roles = '{manager}' WHERE id = 'client_viewer'"),
        ("administrator", "SELECT token FROM api_key"),
        ("administrator", "UPDATE api_key SET scopes = '{floor.replicate}'"),
        ("administrator", "UPDATE audit_entry SET actor = 'x'"),
        ("administrator", "DELETE FROM audit_entry"),
        ("administrator", "INSERT INTO permission VALUES ('x', 'y')"),
        ("administrator", "SELECT verifier FROM credential"),
        ("administrator", "SELECT inner_pad FROM seal"),
    ],
)
def test_what_goes_too_far_is_refused(
    owner: psycopg.Connection[Any], web: psycopg.Connection[Any], role: Role, statement: LiteralString
) -> None:
    world.build(owner)
    with web.transaction():
        enter(web, session(owner, role))
        with pytest.raises(REFUSED), web.transaction():
            web.execute(statement)  # pyright: ignore[reportArgumentType, reportCallIssue]


# Every new version of an account: its role and client, as the database's own check lets them go together.
_VERSIONS = [
    *((role, None) for role in ROLES if not role.startswith("client_")),
    *((role, client) for role in ROLES if role.startswith("client_") for client in ("bank", "shop")),
]
_CHANGE = "UPDATE account SET roles = %s, client = %s WHERE id = %s"


def may_make(actor: str, target: str, role: str, client: str | None) -> bool:
    """The rule: who manages both what the target is and what it is to be; it makes no exception for oneself."""
    is_as_before = role == target and client == ("bank" if target.startswith("client_") else None)
    match actor:
        case "administrator":
            return True
        case "manager":
            return "administrator" not in (target, role)
        case "client_owner":
            return target.startswith("client_") and client == "bank"
        case _:
            return actor == target and is_as_before


@pytest.mark.parametrize("actor", ROLES)
def test_nobody_makes_anybody_more_than_is_theirs_to_give(
    owner: psycopg.Connection[Any], web: psycopg.Connection[Any], actor: Role
) -> None:
    world.build(owner)
    account(owner, "administrator", id="another-administrator")
    owner.execute("UPDATE account SET agent = NULL")  # a client's people are nobody's agents
    token = session(owner, actor)
    wrong: list[tuple[str, str, str | None]] = []
    for target in ROLES:
        for role, client in _VERSIONS:
            made = False
            with web.transaction(force_rollback=True):
                enter(web, token)
                with contextlib.suppress(REFUSED), web.transaction():
                    made = web.execute(_CHANGE, ([role], client, target)).rowcount == 1
            if made != may_make(actor, target, role, client):
                wrong.append((target, role, client))
    assert wrong == []


def seen_by_owner(owner: psycopg.Connection[Any], table: str) -> set[str]:
    key = sql.SQL(world.KEYS[table])  # pyright: ignore[reportArgumentType]
    return {str(one) for (one,) in owner.execute(sql.SQL("SELECT {} FROM {}").format(key, sql.Identifier(table)))}
