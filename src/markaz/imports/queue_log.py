"""The import of queue_log files: survey all, then file by file in the order of their time, each in a transaction."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from types import MappingProxyType
from typing import IO
from zoneinfo import ZoneInfo

import msgspec

from markaz.imports.agents import Activity
from markaz.imports.calls import Call
from markaz.imports.errors import LogTooOld
from markaz.imports.files import Survey, new_lines, survey
from markaz.imports.history import NUMBER_IN_VAIN, Account, History, State
from markaz.imports.lines import Line, Malformed, Reader
from markaz.imports.store import Store
from markaz.kit.time import SECOND, Instant, moment

EMPTY = "an empty line"
BATCH_CALLS = 5_000
"""Finished calls that are written together."""
SHOWN_MAX = 10
"""Malformed lines that a result carries in full."""
SHOWN_LETTERS_MAX = 120
OLDER_SECONDS_MAX = 60
"""How far before the end of what is imported a further file may begin."""

Progress = Callable[[str, int, int, int], None]
"""Told what is done ("reading" or "importing"), bytes done and to do of all files, and the lines imported."""


class BadLine(msgspec.Struct, frozen=True):
    """A malformed line: where it stands, why it is refused, and its beginning."""

    file: str
    line: int
    why: str
    text: str


class FileResult(msgspec.Struct, kw_only=True):
    """One file: `lines` = `known_lines` (imported before) + `used` + the sums of `left_aside` and `malformed`."""

    file: str
    sha256: str
    bytes: int
    lines: int
    known_lines: int = 0
    used: int = 0
    left_aside: dict[str, int] = {}
    malformed: dict[str, int] = {}
    unfinished_bytes: int = 0


class Result(msgspec.Struct, kw_only=True):
    """What an import did. `lines` were new: `used` + the sums of `left_aside` and `malformed` (why -> how many).

    `contacts` were finished or changed, `open` of them have no end yet. Of the lines used, `not_utf8` had bytes that
    are no UTF-8; `went_back` lines were stamped before an earlier one by more than seconds; for `assumed` contacts
    something the log lacks was worked out; for `disagree` Asterisk's seconds are not those between the lines' stamps.
    """

    floor: str
    dry_run: bool
    files: list[FileResult] = []
    lines: int = 0
    used: int = 0
    left_aside: dict[str, int] = {}
    malformed: dict[str, int] = {}
    malformed_first: list[BadLine] = []
    contacts: int = 0
    open: int = 0
    agents: int = 0
    assumed: int = 0
    disagree: int = 0
    went_back: int = 0
    not_utf8: int = 0


class Import:
    """`store` None: nothing is known of before, and nothing is written. `unused`: where each unused line is told.

    `names`: agents' interfaces -> their names (see `lines.Reader`).
    """

    def __init__(
        self, store: Store | None, *, floor: str, zone: ZoneInfo, replace: bool = False, dry_run: bool = False,
        names: Mapping[str, str] = MappingProxyType({}), unused: IO[str] | None = None,
        progress: Progress = lambda *_: None,
    ) -> None:  # fmt: skip
        self._known = None if replace else store
        """What was imported before, where that counts."""
        self._sink = None if dry_run else store
        self._zone = zone
        self._names = names
        self._replace = replace
        self._unused = unused
        self._progress = progress
        self._result = Result(floor=floor, dry_run=dry_run, files=[], malformed_first=[])
        self._done = self._total = 0

    def run(self, paths: Sequence[Path]) -> Result:
        """Import the files; what was imported before is passed over. Raises the errors of `errors`."""
        surveys = self._survey(paths)
        history = History(State() if self._known is None else self._known.state())
        with ExitStack() as stack:
            if self._replace and self._sink is not None:  # the old goes and the new comes together, or neither
                stack.enter_context(self._sink.transaction())
                self._sink.clear()
            for surveyed in surveys:
                if surveyed.is_known:
                    self._pass_over(surveyed)
                    continue
                with self._sink.transaction() if self._sink is not None else nullcontext():
                    self._import(surveyed, history)
        self._result.open = len(history.open)
        self._result.agents = len(history.agents.known)
        return self._result

    def _survey(self, paths: Sequence[Path]) -> list[Survey]:
        """Each file read once, in the order of their first lines; a content that is given twice is taken once."""
        known = self._known.known() if self._known is not None else {}
        sizes = [path.stat().st_size for path in paths]
        surveys: dict[str, Survey] = {}
        for number, path in enumerate(paths):
            self._progress("reading", sum(sizes[:number]), sum(sizes), 0)
            found = survey(path, zone=self._zone, known=known)
            if found.sha256 in surveys:
                found.known_bytes, found.known_lines = found.bytes, found.lines
                self._pass_over(found)
            else:
                surveys[found.sha256] = found
        self._total = sum(found.bytes - found.known_bytes for found in surveys.values())
        return sorted(surveys.values(), key=lambda found: (found.begins or 0, found.bytes))

    def _pass_over(self, surveyed: Survey) -> None:
        self._result.files.append(
            FileResult(
                file=str(surveyed.path), sha256=surveyed.sha256, bytes=surveyed.bytes, lines=surveyed.lines,
                known_lines=surveyed.lines, unfinished_bytes=surveyed.unfinished,
            )
        )  # fmt: skip

    def _import(self, surveyed: Survey, history: History) -> None:
        history.account = account = Account()
        reader, malformed = Reader(self._zone, self._names), Counter[str]()
        n = len(self._result.files) + 1 if self._sink is None else self._sink.begin_file()
        began = self._done
        for number, lines in new_lines(surveyed, lambda _: None):
            self._tell(surveyed, history, reader, malformed, n, number, lines)
            self._done += sum(map(len, lines)) + len(lines)
            self._progress("importing", self._done, self._total, self._result.lines + number + len(lines) - 1)
            if len(history.finished) >= BATCH_CALLS:
                self._write(history.take_finished(), history.take_activities())
        self._done = began + surveyed.bytes - surveyed.known_bytes
        for place, text in history.close_file():
            self._tell_unused(surveyed.path, place, NUMBER_IN_VAIN, text)
        unfinished = history.unfinished()
        self._write(history.take_finished(), history.take_activities())
        self._write(unfinished, history.agents.open())
        found = FileResult(
            file=str(surveyed.path), sha256=surveyed.sha256, bytes=surveyed.bytes, lines=surveyed.lines,
            known_lines=surveyed.known_lines, used=account.used, left_aside=dict(account.left_aside),
            malformed=dict(malformed), unfinished_bytes=surveyed.unfinished,
        )  # fmt: skip
        self._count(found, account, reader)
        if self._sink is not None:
            self._sink.end_file(surveyed, msgspec.to_builtins(found), history.state())

    def _tell(
        self, surveyed: Survey, history: History, reader: Reader, malformed: Counter[str], n: int, first: int,
        lines: list[bytes],
    ) -> None:  # fmt: skip
        """Fold lines, the first of which has the number `first`, of the file with number `n`."""
        path, account = surveyed.path, history.account
        for number, raw in enumerate(lines, first):
            line = reader.read(raw)
            if isinstance(line, Line):
                if not account.used and not account.left_aside:
                    self._refuse_older(path, history, line.at)
                why = history.tell(line, f"{n} {number}")
                if why is not None and self._unused is not None:
                    self._tell_unused(path, number, why, line.text)
            elif isinstance(line, Malformed):
                malformed[line.why] += 1
                if len(self._result.malformed_first) < SHOWN_MAX:
                    shown = line.text[:SHOWN_LETTERS_MAX]
                    self._result.malformed_first.append(BadLine(str(path), number, line.why, shown))
                self._tell_unused(path, number, line.why, line.text)
            else:
                account.left_aside[EMPTY] += 1
                self._tell_unused(path, number, EMPTY, "")

    def _refuse_older(self, path: Path, history: History, begins: Instant) -> None:
        """The first line of a file may not lie before what is in already: the order would be another's."""
        if begins < history.heard_at - OLDER_SECONDS_MAX * SECOND:
            raise LogTooOld(path, self._result.floor, moment(begins), moment(history.heard_at))

    def _write(self, calls: list[Call], activities: list[Activity]) -> None:
        self._result.contacts += len(calls)
        if self._sink is not None:
            self._sink.write(calls, activities)

    def _tell_unused(self, path: Path, number: int, why: str, text: str) -> None:
        if self._unused is not None:
            shown = text if text.isprintable() else text.encode("unicode_escape").decode()
            self._unused.write(f"{path}:{number}: {why}: {shown}\n")

    def _count(self, found: FileResult, account: Account, reader: Reader) -> None:
        result = self._result
        result.files.append(found)
        result.lines += found.lines - found.known_lines
        result.used += found.used
        result.left_aside = dict(Counter(result.left_aside) + account.left_aside)
        result.malformed = dict(Counter(result.malformed) + Counter(found.malformed))
        result.assumed += account.assumed
        result.disagree += account.disagree
        result.went_back += account.went_back
        result.not_utf8 += reader.not_utf8
