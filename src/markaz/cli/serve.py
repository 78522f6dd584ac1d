"""`markaz serve`."""

import logging

import click

from markaz.cli.invocation import Invocation, examples, pass_invocation


@click.command(
    name="serve",
    epilog=examples(
        "markaz serve                     everything, on this machine",
        "markaz --home /srv/bank serve    an installation elsewhere",
        "markaz serve --only web          the web process alone",
    ),
)
@click.option(
    "--only",
    type=click.Choice(["floor", "worker", "web", "asterisk"]),
    help="Run one part alone, beside a database and an Asterisk that run already.",
)
@click.option("--when-told", is_flag=True, hidden=True, help="Load, then wait for a line on standard input.")
@pass_invocation
def command(invocation: Invocation, only: str | None, *, when_told: bool) -> None:
    """Run a centre until Ctrl-C: PostgreSQL and Asterisk where they are ours, the floor, the worker, the web process.

    Each part is a process of its own and is started again when it ends; calls in progress go on meanwhile. Ports and
    the database come from markaz.toml in the installation's folder.
    """
    settings = invocation.settings(serving=True)
    if only == "web":
        from markaz.web import run_web

        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
        code = run_web(settings)
    else:
        from markaz.bootstrap import serve

        code = serve(settings, only, when_told=when_told)
    raise SystemExit(code)
