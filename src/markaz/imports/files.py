"""queue_log files as they lie on disk: plain or gzipped, growing, rotated, hostile. Read in blocks, never whole."""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo

import msgspec

from markaz.imports.errors import LogChanged, LogUnreadable, NoQueueLog
from markaz.imports.lines import LINE_BYTES_MAX, Line, Malformed, Reader
from markaz.kit.time import Instant

BLOCK_BYTES = 1 << 20
LINES_TRIED_MAX = 1_000
"""A file none of whose first lines can be read is no queue_log."""
_GZIP = b"\x1f\x8b"

Progress = Callable[[int], None]
"""Told how many bytes, unpacked, have been read."""


class Survey(msgspec.Struct):
    """What a file holds: `bytes` unpacked in `lines` whole lines, and `sha256` of those.

    `begins`: the time of its first line that can be read. `unfinished`: bytes after its last line's end, which belong
    to a line that is still being written. `known_bytes`, `known_lines`: its beginning that was imported before.
    """

    path: Path
    sha256: str
    bytes: int
    lines: int
    begins: Instant | None
    unfinished: int
    known_bytes: int = 0
    known_lines: int = 0

    @property
    def is_known(self) -> bool:
        return self.known_bytes == self.bytes


def survey(path: Path, *, zone: ZoneInfo, known: Mapping[int, Mapping[str, int]]) -> Survey:
    """Read `path` once. `known`: how many bytes -> their sha256 -> how many lines, of what was imported before.

    Raises `LogUnreadable`, `NoQueueLog`.
    """
    content = hashlib.sha256()
    whole = content.copy()
    whole_bytes = lines = total = known_bytes = known_lines = 0
    cuts = sorted(known)
    for block in _blocks(path):
        at = 0
        while at < len(block):
            stop = min(len(block), cuts[0] - total) if cuts else len(block)
            piece = block[at : at + stop]
            end = piece.rfind(b"\n") + 1
            content.update(piece[:end])
            if end:
                whole, whole_bytes = content.copy(), total + end
                lines += piece.count(b"\n")
            content.update(piece[end:])
            total += len(piece)
            at += len(piece)
            if cuts and total == cuts[0]:
                found = known[cuts.pop(0)].get(content.hexdigest())
                if found is not None:
                    known_bytes, known_lines = total, found
    begins = _first_time(path, zone) if whole_bytes else None
    return Survey(path, whole.hexdigest(), whole_bytes, lines, begins, total - whole_bytes, known_bytes, known_lines)


def new_lines(surveyed: Survey, progress: Progress) -> Iterator[tuple[int, list[bytes]]]:
    """The whole lines of the file that are not known, without their ends, in lists, each after its first's number.

    Of a line longer than `LINE_BYTES_MAX` one byte more than that comes. Raises `LogUnreadable`, and `LogChanged`
    when the file is no longer what was surveyed.
    """
    content = hashlib.sha256()
    total, number, rest = 0, surveyed.known_lines + 1, b""
    for block in _blocks(surveyed.path):
        wanted = block[: surveyed.bytes - total]
        content.update(wanted)
        new = wanted[max(0, surveyed.known_bytes - total) :]
        total += len(wanted)
        lines = new.split(b"\n")
        lines[0] = rest + lines[0]
        rest = lines.pop()[: LINE_BYTES_MAX + 1]
        yield number, lines
        number += len(lines)
        progress(total)
        if total >= surveyed.bytes:
            break
    if total < surveyed.bytes or content.hexdigest() != surveyed.sha256:
        raise LogChanged(surveyed.path)


def _first_time(path: Path, zone: ZoneInfo) -> Instant | None:
    """The time of the first line that can be read; None when there are only empty ones."""
    reader, why = Reader(zone), None
    tried = 0
    rest = b""
    for block in _blocks(path):
        lines = (rest + block).split(b"\n")
        rest = lines.pop()[: LINE_BYTES_MAX + 1]
        for raw in lines:
            match reader.read(raw):
                case Line(at=at):
                    return at
                case Malformed(why=reason):
                    why = why or reason
                    tried += 1
                case None:
                    pass
            if why is not None and tried >= LINES_TRIED_MAX:
                raise NoQueueLog(path, tried, why)
    if why is not None:
        raise NoQueueLog(path, tried, why)
    return None


def _blocks(path: Path) -> Iterator[bytes]:
    """The file unpacked, in blocks. Raises `LogUnreadable`."""
    try:
        with _opened(path) as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except (OSError, EOFError, zlib.error) as error:  # BadGzipFile is an OSError
        problem = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise LogUnreadable(path, problem) from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as plain:
        is_packed = plain.read(len(_GZIP)) == _GZIP
        plain.seek(0)
        if not is_packed:
            yield plain
            return
        with gzip.GzipFile(fileobj=plain) as unpacked:
            yield cast("BinaryIO", unpacked)
