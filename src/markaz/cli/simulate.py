"""`markaz simulate`."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar

import click

from markaz.cli.invocation import Invocation, examples, pass_invocation
from markaz.kit.errors import MarkazError

if TYPE_CHECKING:
    from markaz.runtime.simulated import Result

PROGRESS_STEPS = 1_000


@dataclass(eq=False)
class ScenarioMissing(MarkazError):
    """There is no scenario file {name}, and no example of that name: see `markaz simulate --list`."""

    code: ClassVar[str] = "scenario_missing"
    name: str


@click.command(
    name="simulate",
    epilog=examples(
        "markaz simulate --list",
        "markaz simulate bank",
        "markaz simulate mine.toml --seed 7 --replications 30 --json result.json",
    ),
)
@click.argument("scenario", required=False)
@click.option("--seed", type=click.IntRange(0), help="Instead of the scenario's own.")
@click.option("--replications", type=click.IntRange(1), help="Instead of the scenario's own.")
@click.option(
    "--json", "json_file", type=click.File("w", encoding="utf-8", atomic=True), metavar="FILE",
    help="Write the result there as JSON (- for standard output, without the table).",
)  # fmt: skip
@click.option("--list", "lists", is_flag=True, help="List the examples that come with Markaz.")
@pass_invocation
def command(
    invocation: Invocation, scenario: str | None, *, seed: int | None, replications: int | None,
    json_file: IO[str] | None, lists: bool,
) -> None:  # fmt: skip
    """Run SCENARIO on the floor that runs live, under a virtual clock.

    SCENARIO is a TOML file or the name of an example: queues and agents as live, and what customers and agents do,
    from rates and distributions or from recorded calls. Each figure comes with its confidence interval. The same seed
    gives the same figures.
    """
    if lists:
        _list()
        return
    if scenario is None:
        raise click.UsageError("Missing argument 'SCENARIO': a TOML file, or an example of --list.")
    from markaz.runtime.simulated import render_result, render_result_json, run_scenario

    path = _path(scenario)
    result = _with_progress(lambda tell: run_scenario(path, seed=seed, replications=replications, progress=tell))
    if json_file is not None:
        json_file.write(render_result_json(result) + "\n")
    if json_file is None or json_file.name != "<stdout>":
        click.echo(render_result(result), nl=False)


def _examples() -> dict[str, Path]:
    """The shipped scenarios by name."""
    folder = Path(str(files("markaz.runtime.simulated"))) / "scenarios"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def _path(scenario: str) -> Path:
    path = Path(scenario)
    if path.exists():
        return path
    example = _examples().get(scenario)
    if example is None:
        raise ScenarioMissing(scenario)
    return example


def _list() -> None:
    from markaz.runtime.simulated import load_scenario

    for name, path in _examples().items():
        click.echo(f"{name:<12} {load_scenario(path).name}")
        click.echo(f"{'':<12} {path}")


def _with_progress(run: "Callable[[Callable[[float], None]], Result]") -> "Result":
    """Run with a bar on standard error, when that is a terminal."""
    with click.progressbar(
        length=PROGRESS_STEPS, label="simulating", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def tell(done: float) -> None:
            bar.update(int(done * PROGRESS_STEPS) - bar.pos)

        return run(tell)
