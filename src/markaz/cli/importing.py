"""`markaz import`: what an existing centre has of its past."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import IO, TYPE_CHECKING

import click
import msgspec

from markaz.cli.invocation import DatabaseUnreachable, Invocation, examples, pass_invocation
from markaz.cli.moments import zone_named

if TYPE_CHECKING:
    from markaz.bootstrap import Settings
    from markaz.imports import Result, Store

TERMINAL_SECONDS = 0.2
OTHERWISE_SECONDS = 10.0
"""Between two words on progress, on a terminal and where it is written into a file."""


@click.group(name="import", epilog=examples("markaz import queue-log /var/log/asterisk/queue_log --dry-run"))
def command() -> None:
    """Bring in what an existing centre has of its past, so that figures and stories begin on the first day."""


@command.command(
    name="queue-log",
    epilog=examples(
        "markaz import queue-log /var/log/asterisk/queue_log --dry-run",
        "markaz import queue-log queue_log queue_log.1 queue_log.2.gz",
        "markaz import queue-log export.log --zone Asia/Tehran --into tehran --unused unused.txt",
        "markaz --floor imported report --from 2026-10-01 --to 2026-10-31",
    ),
)
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)  # fmt: skip
@click.option("--into", "floor", default="imported", show_default=True, metavar="NAME", help="The floor to fill.")
@click.option("--project", default="imported", show_default=True, metavar="NAME", help="The project of its contacts.")
@click.option(
    "--zone", default="UTC", show_default=True,
    help="IANA time zone of dates and times; seconds since 1970 need none.",
)  # fmt: skip
@click.option(
    "--agent", "agents", multiple=True, metavar="INTERFACE=NAME",
    help="An agent that the log calls by both; may be repeated.",
)  # fmt: skip
@click.option("--replace", is_flag=True, help="Drop what was imported into the floor, and import anew.")
@click.option("--dry-run", is_flag=True, help="Read everything and say what would be imported; write nothing.")
@click.option(
    "--unused", type=click.File("w", encoding="utf-8"), metavar="FILE",
    help="Write there each line that is not used, with its number and why.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_invocation
def queue_log(
    invocation: Invocation, *, files: tuple[Path, ...], floor: str, project: str, zone: str,
    agents: tuple[str, ...], replace: bool, dry_run: bool, unused: IO[str] | None, as_json: bool,
) -> None:  # fmt: skip
    """Make contacts of Asterisk's queue_log FILEs: plain or gzipped, rotated ones in any order.

    They fill a floor of their own, which `markaz --floor imported report` and `explain` then read. What was imported
    before is passed over, whatever the file is called now; of a file that has grown, the new lines are taken. Every
    line is used, left aside for a reason that is counted, or malformed and shown with its number.
    """
    place, names = zone_named(zone), _names(agents)
    settings = Invocation(invocation.home, floor).settings()
    with _store(settings, project=project, dry_run=dry_run) as store, Progress(sys.stderr) as progress:
        from markaz.imports import Import

        began = monotonic()
        result = Import(
            store, floor=settings.floor, zone=place, names=names, replace=replace, dry_run=dry_run, unused=unused,
            progress=progress,
        ).run(files)  # fmt: skip
        seconds = monotonic() - began
    if as_json:
        figures = {**msgspec.to_builtins(result), "seconds": round(seconds, 3)}
        click.echo(msgspec.json.format(msgspec.json.encode(figures)).decode())
    else:
        for line in told(result, seconds=seconds, has_list=unused is not None):
            click.echo(line)


def _names(pairs: Sequence[str]) -> dict[str, str]:
    """Interface -> name. Raises `click.BadParameter`."""
    names: dict[str, str] = {}
    for pair in pairs:
        interface, equals, name = pair.partition("=")
        if not (interface and equals and name):
            raise click.BadParameter(f"{pair!r} is not INTERFACE=NAME, such as PJSIP/1001=Anna.")
        names[interface] = name
    return names


@contextmanager
def _store(settings: "Settings", *, project: str, dry_run: bool) -> "Iterator[Store | None]":
    """The floor's place in the database, which is made when there is none yet; None for a dry run without one."""
    import psycopg

    from markaz.bootstrap import NothingRuns, open_database
    from markaz.imports import Store
    from markaz.runtime import migrate

    with ExitStack() as stack:
        try:
            url = stack.enter_context(open_database(settings, create=not dry_run))
        except NothingRuns:
            yield None
            return
        try:
            if not dry_run:
                migrate(url)
            store = stack.enter_context(Store(url, floor=settings.floor, project=project))
            store.claim()
            yield store
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable) as error:
            raise DatabaseUnreachable(str(error).splitlines()[0]) from error


class Progress:
    """Says on `out` how far an import is: rewriting one line on a terminal, now and then a line elsewhere."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._is_terminal = out.isatty()
        self._began = self._said = monotonic()
        self._phase = ""

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_terminal and self._phase:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def __call__(self, phase: str, done: int, total: int, lines: int) -> None:
        now = monotonic()
        if phase != self._phase:
            self._phase, self._began, self._said = phase, now, now
        if now - self._said < (TERMINAL_SECONDS if self._is_terminal else OTHERWISE_SECONDS):
            return
        self._said = now
        text = _progress_text(phase, done, total, lines, now - self._began)
        self._out.write(f"\r\x1b[K{text}" if self._is_terminal else f"{text}\n")
        self._out.flush()


def _progress_text(phase: str, done: int, total: int, lines: int, seconds: float) -> str:
    share = done / total if total else 1.0
    text = f"{phase}: {share:.0%} of {total / 1e6:,.1f} MB"
    if lines and seconds:
        left = int(seconds / share - seconds) if share else 0
        text += f", {lines:,} lines, {lines / seconds:,.0f} lines/s, {left // 60}:{left % 60:02d} left"
    return text


def told(result: "Result", *, seconds: float, has_list: bool) -> Sequence[str]:
    """A result for people, a line each."""
    lines = [_file_text(file.file, file.lines, file.known_lines, file.unfinished_bytes) for file in result.files]
    rate = f", {result.lines / seconds:,.0f} lines/s" if result.lines and seconds else ""
    lines.append(
        f"{result.lines:,} lines read in {seconds:.1f} s{rate}: {result.used:,} used, "
        f"{sum(result.left_aside.values()):,} left aside, {sum(result.malformed.values()):,} malformed."
    )
    for title, whys in (("left aside", result.left_aside), ("malformed", result.malformed)):
        lines += [f"  {title}: {count:,} × {why}" for why, count in sorted(whys.items(), key=lambda one: -one[1])]
    lines += [f"  {bad.file}:{bad.line}: {bad.why}: {bad.text!r}" for bad in result.malformed_first]
    if sum(result.malformed.values()) > len(result.malformed_first) and not has_list:
        lines.append("  (more; --unused FILE writes them all)")
    lines += [
        f"  noticed: {count:,} × {text}"
        for count, text in (
            (result.assumed, "a contact with something worked out that the log lacks"),
            (result.disagree, "a contact whose seconds in the log are not those between its stamps"),
            (result.went_back, "a line stamped before earlier ones: the clock went back"),
            (result.not_utf8, "a line with bytes that are not UTF-8, kept as \\xNN"),
        )
        if count
    ]
    if not result.lines:
        lines.append(f"Nothing new: floor {result.floor} has it all already.")
        return lines
    verb = "would be" if result.dry_run else "are"
    lines.append(f"{result.contacts:,} contacts {verb} in floor {result.floor}; {result.open:,} still open at the end.")
    if not result.dry_run:
        lines.append(f"See them: markaz --floor {result.floor} report --from DAY --to DAY")
    return lines


def _file_text(name: str, lines: int, known: int, unfinished: int) -> str:
    if known == lines:
        text = f"{name}: {lines:,} lines, all imported before"
    elif known:
        text = f"{name}: {lines:,} lines, the first {known:,} imported before"
    else:
        text = f"{name}: {lines:,} lines"
    if unfinished:
        text += f"; the last line has no end ({unfinished:,} bytes) and is left for a later import"
    return f"{text}."
