"""Where an import is kept: a floor's read models written by COPY, and what the next file goes on from.

One file is one transaction: a file that fails, or whose import is interrupted, leaves nothing behind.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import msgspec
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from markaz.imports.agents import Activity
from markaz.imports.calls import Call
from markaz.imports.errors import FloorIsLive, ImportRuns, StateUnreadable
from markaz.imports.files import Survey
from markaz.imports.history import State
from markaz.imports.rows import COLUMNS, rows_of
from markaz.kit.time import moment

_OF_CONTACTS = ("contact", "contact_segment", "queue_visit", "engagement", "imported_contact")
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('markaz import ' || %s, 0))"
_CLAIM = "INSERT INTO imported_floor (floor) VALUES (%s) ON CONFLICT (floor) DO NOTHING"
_STATE = "SELECT state FROM imported_floor WHERE floor = %s"
_KNOWN = "SELECT bytes, sha256, lines FROM imported_file WHERE floor = %s"
_IS_LIVE = """
SELECT EXISTS (SELECT FROM journal WHERE floor = %(floor)s)
    OR (EXISTS (SELECT FROM contact WHERE floor = %(floor)s)
        AND NOT EXISTS (SELECT FROM imported_floor WHERE floor = %(floor)s))
"""
_FILE = """
INSERT INTO imported_file (floor, n, name, sha256, bytes, lines, account) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


class Store:
    """One floor's place in the database, on a connection of its own; rows are written beside what the caller does."""

    def __init__(self, url: str, *, floor: str, project: str) -> None:
        self._floor = floor
        self._project = project
        self._connection: psycopg.Connection[TupleRow] = psycopg.connect(
            make_conninfo(url, options="-c timezone=UTC"), autocommit=True
        )
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="import-writer")
        self._n = 0
        self._writing: Future[None] | None = None
        """The batch that is being written: at most one, so that memory is bounded."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.shutdown(wait=True, cancel_futures=True)
        self._connection.close()

    def claim(self) -> None:
        """Keep other imports out until this is closed. Raises `FloorIsLive`, `ImportRuns`."""
        found = self._connection.execute(_IS_LIVE, {"floor": self._floor}).fetchone()
        if found is not None and found[0]:
            raise FloorIsLive(self._floor)
        found = self._connection.execute(_LOCK, (self._floor,)).fetchone()
        if found is None or not found[0]:
            raise ImportRuns(self._floor)

    def known(self) -> dict[int, dict[str, int]]:
        """How many bytes -> their sha256 -> how many lines, of each file that was imported."""
        known: dict[int, dict[str, int]] = {}
        for size, digest, lines in self._connection.execute(_KNOWN, (self._floor,)).fetchall():
            known.setdefault(size, {})[digest] = lines
        return known

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; what is still being written belongs to it."""
        with self._connection.transaction():
            self._connection.execute(_CLAIM, (self._floor,))
            # Tables that grow this fast have no statistics yet, and each look-up would read them whole.
            self._connection.execute("SET LOCAL enable_seqscan = off")
            try:
                yield
            finally:
                self._settle()

    def state(self) -> State:
        """What the last file left open. Raises `StateUnreadable`."""
        found = self._connection.execute(_STATE, (self._floor,)).fetchone()
        if found is None or found[0] is None:
            return State()
        try:
            return msgspec.msgpack.decode(found[0], type=State)
        except msgspec.MsgspecError as error:
            raise StateUnreadable(self._floor, str(error)) from error

    def clear(self) -> None:
        """Forget everything that was imported into the floor."""
        for table in (*COLUMNS, "imported_file", "imported_floor"):
            statement = sql.SQL("DELETE FROM {} WHERE floor = %s").format(sql.Identifier(table))
            self._connection.execute(statement, (self._floor,))
        self._connection.execute(_CLAIM, (self._floor,))

    def write(self, calls: list[Call], activities: list[Activity]) -> None:
        """Write rows in the background; waits for those before."""
        self._settle()
        self._writing = self._writer.submit(self._write, calls, activities)

    def begin_file(self) -> int:
        """The number that the next file gets. Activities that went on until now will be written anew."""
        self._connection.execute("DELETE FROM agent_activity WHERE floor = %s AND ended_at IS NULL", (self._floor,))
        query = "SELECT coalesce(max(n), 0) + 1 FROM imported_file WHERE floor = %s"
        found = self._connection.execute(query, (self._floor,)).fetchone()
        assert found is not None
        self._n = int(found[0])
        return self._n

    def end_file(self, surveyed: Survey, account: Any, state: State) -> None:
        """Note that the file is in, and what goes on."""
        self._settle()
        said = msgspec.json.encode(account).decode()
        name = str(surveyed.path)
        self._connection.execute(
            _FILE, (self._floor, self._n, name, surveyed.sha256, surveyed.bytes, surveyed.lines, said)
        )
        heard = moment(state.heard_at) if state.heard_at else None
        self._connection.execute(
            "UPDATE imported_floor SET heard_at = %s, state = %s WHERE floor = %s",
            (heard, msgspec.msgpack.encode(state), self._floor),
        )

    def _settle(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _write(self, calls: list[Call], activities: list[Activity]) -> None:
        stored = [call.contact for call in calls if call.contact is not None]
        if stored:
            for table in _OF_CONTACTS:
                statement = sql.SQL("DELETE FROM {} WHERE floor = %s AND contact = ANY(%s)")
                self._connection.execute(statement.format(sql.Identifier(table)), (self._floor, stored))
        self._name(calls)
        rows = rows_of(calls, activities, floor=self._floor, project=self._project)
        for table, lines in rows.items():
            if lines:
                columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table]))
                statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
                with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
                    copy.write("".join(lines))
        for call in calls:
            call.is_changed = False

    def _name(self, calls: list[Call]) -> None:
        """Give each new contact a name that no other has: ids come again when a clock does, or after a long time."""
        new = [call for call in calls if call.contact is None]
        query = "SELECT contact FROM contact WHERE floor = %s AND contact = ANY(%s)"
        names = [call.id for call in new]
        taken = {name for (name,) in self._connection.execute(query, (self._floor, names)).fetchall()}
        taken.update(call.contact for call in calls if call.contact is not None)
        for call in new:
            call.contact = call.id
            if call.id in taken:  # then where its first line stands tells it apart
                file, number = call.record[0].split(" ", 2)[:2]
                call.contact = f"{call.id}~{file}.{number}"
            taken.add(call.contact)
