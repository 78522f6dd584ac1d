"""A simulated PostgreSQL: sessions, transactions and the advisory lock as the floor uses them, and ways to be away.

It knows the floor's statements by their text, and nothing else. What was committed outlives every kill; a commit whose
answer is lost was made. Each statement takes its way there and its way back, and may be cut on either.
"""

import asyncio
import errno
import types
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import numpy as np
import psycopg

from markaz.bootstrap import floor_process
from markaz.runtime import inbox, journal
from markaz.telephony import ledger
from tests.faults.process import CURRENT, Process

LATENCY_SECONDS = 0.0004
"""One way, on average."""


class Statements:
    """What is compared with the statement that comes, as it was before anybody patched it."""

    APPEND = journal._APPEND
    APPEND_ALONE = journal._APPEND.replace("DELETE FROM inbox WHERE", "SELECT FROM inbox WHERE")
    """For a floor that forgets to take its messages from the inbox."""


class _Told(msgspec.Struct):
    """A row of the journal as it is appended; JSON to the byte."""

    number: int
    at: int
    stimulus: msgspec.Raw
    outputs: msgspec.Raw


@dataclass
class Session:
    """A backend of the server. `process` is the client's; None: a desk."""

    pid: int
    process: Process | None
    is_cut: bool = False
    """The client's end is gone, or the server's: every further statement fails."""
    is_ended: bool = False
    """The server knows it, so that locks are free."""
    writes: list[Callable[[], object]] = field(default_factory=list)
    cut: asyncio.Future[None] | None = None


class Database:
    """`committed` are told the rows of each commit to the journal, in order."""

    def __init__(self, chance: np.random.Generator, trace: Callable[..., None]) -> None:
        self._chance = chance
        self._trace = trace
        self.state: Literal["up", "down", "hung"] = "up"
        self.loses_answer = False
        """The next commit to the journal is made, and its answer lost."""
        self.rows: dict[int, tuple[int, str, str]] = {}
        self.inbox: dict[int, str] = {}
        self.checkpoints: dict[int, tuple[int, bytes]] = {}
        self.phones: dict[str, tuple[str, str]] = {}
        self.live: bytes = b""
        self.recordings: dict[str, dict[str, Any]] = {}
        self.pauses: dict[str, dict[Any, Any]] = {}
        """Recording -> when each of its pauses began and ended."""
        self.holder: Session | None = None
        self.sessions: list[Session] = []
        self.committed: list[Callable[[list[tuple[int, int, str, str]]], None]] = []
        self._pids = 0
        self._messages = 0
        self._changed = asyncio.Event()
        self.inbox_news = asyncio.Event()

    # Faults

    def go(self, state: Literal["up", "down", "hung"]) -> None:
        """Down ends every session; hung leaves them, and their locks, without an answer."""
        self.state = state
        for session in list(self.sessions):
            if state == "down" or (state == "up" and session.is_cut):  # a hung server sees who has gone when it thaws
                self.end(session)
        self._changed.set()
        self._changed = asyncio.Event()

    def end(self, session: Session) -> None:
        session.is_cut = session.is_ended = True
        if self.holder is session:
            self.holder = None
        if session in self.sessions:
            self.sessions.remove(session)
        if session.cut is not None and not session.cut.done():
            session.cut.set_result(None)

    # The wire

    async def connect(self, url: str) -> "Connection":
        await self._way(None)
        if self.state == "hung":
            await self._until(lambda: self.state != "hung")
        if self.state == "down":
            raise psycopg.OperationalError("connection refused")
        self._pids += 1
        process = CURRENT.get()
        if process is not None and process.is_dead:
            raise psycopg.OperationalError("the process is dead")
        session = Session(self._pids, process)
        self.sessions.append(session)
        if process is not None:
            process.on_death.append(lambda: self._client_died(session))
        return Connection(self, session)

    def _client_died(self, session: Session) -> None:
        """The kernel closes a dead client's connection; a hung server sees that once it runs again."""
        session.is_cut = True
        if self.state != "hung":
            self.end(session)

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await self._changed.wait()

    async def _way(self, session: Session | None) -> None:
        await asyncio.sleep(LATENCY_SECONDS * float(self._chance.exponential()))
        if session is not None:
            if self.state == "hung" and not session.is_cut:
                session.cut = asyncio.get_running_loop().create_future()
                thaw = asyncio.ensure_future(self._until(lambda: self.state != "hung"))
                await asyncio.wait([thaw, session.cut], return_when=asyncio.FIRST_COMPLETED)
                thaw.cancel()
                if self.state != "hung" and session.is_cut:
                    self.end(session)
            if session.is_cut:
                raise psycopg.OperationalError("the connection is closed")

    async def ask(self, session: Session, work: Callable[[], Any]) -> Any:
        """Do `work` on the server, between the way there and the way back."""
        await self._way(session)
        answer = work()
        await self._way(session)
        return answer

    async def commit(self, session: Session) -> None:
        writes, session.writes = session.writes, []
        is_journal = any(getattr(write, "is_journal", False) for write in writes)

        def apply() -> None:
            for write in writes:
                write()
            if is_journal and self.loses_answer:
                self.loses_answer = False
                self._trace("database", "the answer to a commit is lost")
                self.end(session)

        await self.ask(session, apply)

    # Statements

    def append(self, handled: list[int], rows: list[_Told]) -> None:
        told = [(row.number, row.at, bytes(row.stimulus).decode(), bytes(row.outputs).decode()) for row in rows]
        if any(number in self.rows for number, *_ in told):
            raise psycopg.errors.UniqueViolation("duplicate key in the journal")
        self.rows.update({number: (at, stimulus, outputs) for number, at, stimulus, outputs in told})
        for number in handled:
            self.inbox.pop(number, None)
        for listener in self.committed:
            listener(told)

    def put_message(self, text: str) -> None:
        self._messages += 1
        self.inbox[self._messages] = text
        self.inbox_news.set()
        self.inbox_news = asyncio.Event()

    def do(self, session: Session, statement: str, values: Any) -> list[tuple[Any, ...]]:
        """One statement; what it answers."""
        match statement:
            case journal._LAST_NUMBER:
                return [(max(self.rows, default=0),)]
            case journal._ROWS:
                _, after, until, limit = values
                return [(number, *self.rows[number]) for number in range(after + 1, after + limit + 1)
                         if number in self.rows and self.rows[number][0] <= until]  # fmt: skip
            case journal._CHECKPOINTS:
                return [(number, *self.checkpoints[number]) for number in sorted(self.checkpoints, reverse=True)]
            case journal._SAVE_CHECKPOINT:
                _, number, at, state = values
                session.writes.append(lambda: self.checkpoints.setdefault(number, (at, state)) and None)
            case journal._DROP_CHECKPOINTS:
                session.writes.append(lambda: self._drop_checkpoints(values["kept"]))
            case journal._HOLDER:
                return [(self.holder.pid,)] if self.holder is not None else []
            case "SELECT pg_try_advisory_lock(%s)":
                if self.holder is None:
                    self.holder = session
                return [(self.holder is session,)]
            case "SELECT pg_terminate_backend(%s)":
                for other in [one for one in self.sessions if one.pid == values[0]]:
                    self.end(other)
            case Statements.APPEND | Statements.APPEND_ALONE:
                handled: list[int] = values[0] if statement == Statements.APPEND else []
                rows = msgspec.json.decode(values[2], type=list[_Told])
                session.writes.append(_Append(self, handled, rows))
            case inbox._FETCH:
                _, after, limit = values
                return [(number, text) for number, text in sorted(self.inbox.items()) if number > after][:limit]
            case inbox._DELETE:
                self.inbox.pop(values[0], None)
            case floor_process._PHONES:
                return [(agent, *phone) for agent, phone in self.phones.items()]
            case floor_process._PHONE:
                return [(values[1], *self.phones[values[1]])] if values[1] in self.phones else []
            case floor_process._IS_CONFIGURED:
                return [(any('Configured"' in text for text in self.inbox.values()),)]
            case floor_process._PUBLISH:
                self.live = values[2].encode()
            case "SELECT pg_notify(%s, '')":
                return []
            case ledger._EXPECT:
                _, recording, contact, _, _, path, _ = values
                row = {"contact": contact, "path": path, "ended_at": None}
                session.writes.append(lambda: self.recordings.setdefault(recording, row) and None)
            case ledger._END:
                session.writes.append(lambda: self._end_recording(values[2], values[0]))
            case ledger._PAUSE:
                session.writes.append(lambda: self._pause(values[2], values[0]))
            case ledger._RESUME:
                session.writes.append(lambda: self._resume(values[2], values[0]))
            case ledger._WITHDRAW:
                session.writes.append(lambda: self.recordings.pop(values[1], None) and None)
            case inbox._SEND:
                session.writes.append(lambda: self.put_message(values[1]))
            case _:
                raise AssertionError(f"the simulated database does not know: {statement}")
        return []

    def _end_recording(self, recording: str, at: Any) -> None:
        self._resume(recording, at)
        row = self.recordings.get(recording)
        if row is not None and row["ended_at"] is None:
            row["ended_at"] = at

    def _pause(self, recording: str, at: Any) -> None:
        pauses = self.pauses.setdefault(recording, {})
        if None not in pauses.values():
            pauses.setdefault(at, None)

    def _resume(self, recording: str, at: Any) -> None:
        pauses = self.pauses.get(recording, {})
        pauses.update({began: at for began, ended in pauses.items() if ended is None})

    def _drop_checkpoints(self, kept: int) -> None:
        for number in sorted(self.checkpoints, reverse=True)[kept:]:
            del self.checkpoints[number]


class Connection:
    """The few methods of psycopg's AsyncConnection and AsyncCursor that the floor calls; one object is both."""

    def __init__(self, database: Database, session: Session) -> None:
        self._database = database
        self.session = session
        self._answer: list[tuple[Any, ...]] = []
        self._in_transaction = False

    @property
    def info(self) -> Any:
        return types.SimpleNamespace(backend_pid=self.session.pid)

    def fileno(self) -> int:
        """Whoever asks for the descriptor means to cut the connection."""
        self.session.is_cut = True
        if self.session.cut is not None and not self.session.cut.done():
            self.session.cut.set_result(None)
        raise OSError(errno.EBADF, "a simulated connection has no descriptor")

    async def close(self) -> None:
        self.session.is_cut = True
        if self._database.state != "hung":
            self._database.end(self.session)

    async def __aenter__(self) -> "Connection":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def execute(self, statement: Any, values: Any = (), *, prepare: bool = False) -> "Connection":
        if not isinstance(statement, str):  # LISTEN
            return self
        self._answer = await self._database.ask(
            self.session, lambda: self._database.do(self.session, statement, values)
        )
        if not self._in_transaction and self.session.writes:
            await self._database.commit(self.session)
        return self

    async def executemany(self, statement: str, all_values: list[Any]) -> None:
        for values in all_values:
            await self.execute(statement, values)

    async def fetchone(self) -> tuple[Any, ...] | None:
        return self._answer[0] if self._answer else None

    async def fetchall(self) -> list[tuple[Any, ...]]:
        return self._answer

    @asynccontextmanager
    async def cursor(self) -> AsyncIterator["Connection"]:
        yield self

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        self._in_transaction = True
        try:
            yield
            await self._database.commit(self.session)
        finally:
            self._in_transaction = False
            self.session.writes.clear()

    async def notifies(self, *, timeout: float, stop_after: int) -> AsyncIterator[None]:
        """Wakes for each message, or after `timeout`."""
        news = self._database.inbox_news
        try:
            async with asyncio.timeout(timeout):
                await news.wait()
        except TimeoutError:
            pass
        if self.session.is_cut:
            raise psycopg.OperationalError("the connection is closed")
        return
        yield


@dataclass
class _Append:
    database: Database
    handled: list[int]
    rows: list[_Told]
    is_journal: bool = True

    def __call__(self) -> None:
        self.database.append(self.handled, self.rows)
