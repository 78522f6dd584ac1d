"""The group of commands. Each is imported when it is called, so that `markaz --help` answers at once."""

import os
from importlib import import_module
from pathlib import Path

import click

from markaz.cli.invocation import Invocation, plainly

SUMMARIES = {
    "demo": "Take real calls through a whole centre for a minute, and prove it.",
    "serve": "Run a centre: floor, worker and web, until Ctrl-C.",
    "status": "Show the floor as it is this second.",
    "apply": "Set up the organisation from a file: queues, agents, flows, numbers.",
    "link": "Make a one-time link that signs somebody in.",
    "explain": "Tell the whole story of a contact, every decision with its reasons.",
    "report": "Report half hours or days: service level, waits, handle time, occupancy.",
    "replay": "Decide the journal's day again and compare.",
    "simulate": "Try a scenario on the same floor under a virtual clock.",
    "rebuild": "Fold the journal into the read models anew.",
    "import": "Bring in an existing centre's past: Asterisk's queue_log.",
}
"""In the order in which a newcomer needs them; the command `x` is `command` in `markaz.cli.x`."""

MODULES = {"import": "importing"}
"""But for those whose names Python keeps for itself."""


class Commands(click.Group):
    """Commands by name; whatever goes wrong in one ends as one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUMMARIES:
            return None
        command: click.Command = import_module(f"markaz.cli.{MODULES.get(cmd_name, cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def invoke(self, ctx: click.Context) -> object:
        with plainly(debug=bool(ctx.params.get("debug"))):
            return super().invoke(ctx)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="See `markaz demo` first; `markaz COMMAND --help` explains a command, with examples.",
)
@click.version_option(package_name="markaz", message="markaz %(version)s")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="MARKAZ_HOME",
    show_envvar=True,
    help="The installation's folder.  [default: .markaz]",
)
@click.option("--floor", metavar="NAME", help="The floor meant.  [default: the one served last]")
@click.option("--debug", is_flag=True, help="Show where in the code an error came from.")
@click.pass_context
def main(context: click.Context, home: Path | None, floor: str | None, debug: bool) -> None:
    """Markaz, the operating system of an outsourced contact centre."""
    if home is not None:
        os.environ["MARKAZ_HOME"] = str(home)  # for the processes that a command starts
    context.obj = Invocation(home, floor)
