"""Contacts found by how a customer's number ends, as the web's role under its policies: `python bench/contacts.py`.

A real PostgreSQL with `CONTACTS` contacts, half of them of another centre. The migration that keeps the numbers
backwards is timed over them; then the list is asked as `/api/contacts` asks it, and with `LIKE` instead. `RUNS`,
`OUT=FILE`.
"""

import json
import os
import re
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, LiteralString

import psycopg

from markaz.bootstrap import Settings, ensure_web_role, web_database_url
from markaz.identity import new_token, token_hash
from markaz.kit.postgres import PostgresServer
from markaz.runtime import migrate
from markaz.web.contacts import LIST

CONTACTS = int(os.environ.get("CONTACTS", 1_000_000))
RUNS = int(os.environ.get("RUNS", 7))
_ENDS = """customer_reversed >= reverse(%(customer_ends)s)
        AND customer_reversed < reverse(%(customer_ends)s) || chr(1114111)"""
LIKE = LIST.replace(_ENDS, "customer LIKE '%%' || %(customer_ends)s")
ROWS: LiteralString = """
INSERT INTO contact (floor, contact, channel, project, customer, state, arrived_at)
SELECT CASE n %% 2 WHEN 0 THEN 'main' ELSE 'other' END, 'c' || n, 'voice', 'p',
    '+49' || 10000000000 + n::bigint * 7919 * 104729 %% 89999999999, 'closed',
    '2026-01-01'::timestamptz + n * interval '30 s'
FROM generate_series(1, %(contacts)s::int) AS n
"""
UNDO: tuple[LiteralString, ...] = (
    "DROP INDEX contact_customer_reversed",
    "ALTER TABLE contact DROP COLUMN customer_reversed",
)
REDO: LiteralString = "UPDATE alembic_version SET version_num = '0019'"


def main() -> None:
    """Fill, migrate, ask both ways, print."""
    assert LIKE != LIST, "the list's condition has changed"
    with tempfile.TemporaryDirectory(prefix="markaz-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = PostgresServer(folder / "postgres")
        try:
            result = measure(server.start(), Settings(home=folder))
        finally:
            server.stop()
    print(json.dumps(result, indent=2))
    if out := os.environ.get("OUT"):
        Path(out).write_text(json.dumps(result, indent=2))


def measure(url: str, settings: Settings) -> dict[str, Any]:
    migrate(url)
    ensure_web_role(settings, url)
    token = new_token()
    with psycopg.connect(url, autocommit=True) as owner:
        for centre, floor in (("c", "main"), ("d", "other")):
            owner.execute("INSERT INTO centre (id, name) VALUES (%s, 'C')", (centre,))
            owner.execute("INSERT INTO floor (id, centre) VALUES (%s, %s)", (floor, centre))
        owner.execute("INSERT INTO account (id, centre, name, roles) VALUES ('u', 'c', 'U', '{supervisor}')")
        owner.execute(
            "INSERT INTO session (id, token, account, how, address, browser, ends_at) "
            "VALUES ('s', %s, 'u', 'password', '', '', now() + interval '1 day')",
            (token_hash(token),),
        )
        for statement in (*UNDO, REDO):
            owner.execute(statement)
        owner.execute(ROWS, {"contacts": CONTACTS})
        began = perf_counter()
        migrate(url)
        migrated = perf_counter() - began
        owner.execute("VACUUM ANALYZE contact")
        size = owner.execute("SELECT pg_relation_size('contact_customer_reversed')").fetchone()
        (customer,) = owner.execute("SELECT customer FROM contact WHERE contact = 'c500'").fetchone() or ("",)
    with psycopg.connect(web_database_url(settings, url)) as web:
        web.execute("SELECT enter_session(%s)::text", (token,))
        assert web.execute("SELECT current_user").fetchone() == ("markaz_web",)
        endings = {"whole": customer[1:], "last_4": customer[-4:], "last_3": customer[-3:], "nobody": "0" * 12}
        asked = {name: {way: ask(web, query, digits) for way, query in (("like", LIKE), ("range", LIST))}
                 for name, digits in endings.items()}  # fmt: skip
    return {"contacts": CONTACTS, "migration_s": round(migrated, 1), "index_bytes": size and size[0], "asked": asked}


def ask(web: psycopg.Connection[Any], query: Any, digits: str) -> dict[str, Any]:
    """The median milliseconds of `RUNS`, how many were found, and the plan's ways into the table."""
    given = dict.fromkeys(re.findall(r"%\((\w+)\)s", LIST))
    given |= {"floor": "main", "limit": 51, "customer_ends": digits}
    taken: list[float] = []
    found = 0
    for _ in range(RUNS):
        began = perf_counter()
        found = len(web.execute(query, given).fetchall())
        taken.append((perf_counter() - began) * 1_000)
    plan = [line for (line,) in web.execute("EXPLAIN " + query, given).fetchall()]
    return {
        "ms": round(median(taken), 2),
        "found": found,
        "plan": [line.strip() for line in plan if " on contact" in line],
    }


if __name__ == "__main__":
    main()
