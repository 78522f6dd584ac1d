"""What the demo shows while it runs and at its end."""

import time

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from markaz.bootstrap import Settings
from markaz.demo.figures import DemoReport, Figures
from markaz.demo.harness import OutsideWorld
from markaz.runtime import LiveView

TERMINAL_SECONDS = 1.0
LINE_SECONDS = 5.0
"""A terminal's last line is renewed; a log gets a line this often."""

ALWAYS_TOLD = ("arrived", "answered", "abandoned", "lost_to_fault", "unaccounted")


class Progress:
    """One line that says what goes on."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told_at = 0.0
        self._line_is_open = False

    def say(self, sentence: str) -> None:
        if self._line_is_open:
            self._console.print()
            self._line_is_open = False
        self._console.print(sentence, highlight=False)

    def update(self, live: LiveView, world: OutsideWorld, calls: int) -> None:
        now = time.monotonic()
        if now - self._told_at < (TERMINAL_SECONDS if self._console.is_terminal else LINE_SECONDS):
            return
        self._told_at = now
        waiting = live.contacts.get("waiting", 0)
        talking = sum(live.contacts.get(state, 0) for state in ("in_conversation", "on_hold"))
        done = sum(log.direction == "placed" for log in world.caller_logs)
        line = (
            f"{done} of {calls} done · {waiting} waiting · {live.contacts.get('offered', 0)} ringing · "
            f"{talking} talking · {sum(agent.state == 'ready' for agent in live.agents)} free · "
            f"row {live.journal_number}"
        )
        self._line_is_open = self._console.is_terminal
        if self._line_is_open:
            line = line[: self._console.width - 1].ljust(self._console.width - 1)
        self._console.print(line, end="\r" if self._line_is_open else "\n", highlight=False)


def show_report(console: Console, report: DemoReport, settings: Settings) -> None:
    """The report as tables, and whether everything is proved."""
    contacts = report.contacts
    console.print()
    counted = {name: getattr(contacts, name) for name in contacts.__struct_fields__}
    told = [f"{count} {name.replace('_', ' ')}" for name, count in counted.items() if count or name in ALWAYS_TOLD]
    console.print(f"Contacts: {', '.join(told)}.", highlight=False)
    parts = Table(box=SIMPLE)
    for title in ("", "offered", "answered", "left", "in 20 s", "wait", "p95", "to ring"):
        parts.add_column(title, justify="left" if not title else "right")
    whole = Figures(
        contacts=report.contacts, service_level=report.service_level, wait_seconds=report.wait_seconds,
        assign_milliseconds=report.assign_milliseconds, recordings=report.recordings, stuck=report.stuck,
    )  # fmt: skip
    rows = {"everybody": whole, **report.queues, **report.agents}
    for name, one in rows.items():
        parts.add_row(
            name, str(one.contacts.arrived), str(one.contacts.answered), str(one.contacts.abandoned),
            _share(one.service_level), _number(one.wait_seconds.mean, "s"), _number(one.wait_seconds.p95, "s"),
            _number(one.assign_milliseconds.p95, "ms"),
        )  # fmt: skip
    console.print(parts)
    kept = report.recordings
    heard = report.audio
    asked = report.feedback
    same = "identical to the byte" if report.replay.identical else "DIFFERENT"
    for line in (
        "In 20 s: answered within that, of all that reached a queue. Wait: mean and 95th",
        "percentile. To ring: from a customer and an able agent being free to the INVITE,",
        "95th percentile.",
        f"Recordings: {kept.expected} expected, {kept.present} present, {kept.missing} missing, {kept.silent} silent.",
        f"Heard at the customer's end: {heard.checked - heard.deaf} of {heard.checked} conversations listened to.",
        f"Survey: {asked.asked} asked, {asked.answered} answered, mean {_number(asked.mean, '')}.",
        f"Replay of {report.replay.rows} journal rows: {same}.",
    ):
        console.print(line, highlight=False)
    for fault in report.faults:
        away = "never came back" if fault.back_seconds is None else f"back in {fault.back_seconds:.1f} s"
        counts = f"{fault.calls_in_progress} calls in progress, {fault.cut} cut"
        console.print(f"Killed the {fault.part}: {away}, {counts},", highlight=False)
        console.print(f"  {fault.lost_to_fault} lost to it, {fault.called_back} called back.", highlight=False)
    if report.callers.get("faults"):
        console.print(f"Outside, {report.callers['faults']} things went wrong; see {settings.home}/log/outside.json.")
    for failure in report.failures:
        console.print(f"[red]Not proved:[/red] {failure}.", highlight=False)
    if not report.failures:
        console.print("Everything is accounted for, recorded and replayed alike.")
    console.print(f"Look closer with markaz report or explain (floor {settings.floor}).", highlight=False)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def _number(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:.1f} {unit}".strip()
