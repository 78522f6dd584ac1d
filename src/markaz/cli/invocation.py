"""What every command shares: the settings it is called for, its database, and how it fails."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ClassVar

import click

from markaz.kit.errors import MarkazError

if TYPE_CHECKING:  # what a command needs of these it imports when it runs, so that help is quick
    import psycopg
    from psycopg.rows import TupleRow

    from markaz.bootstrap import Settings


@dataclass(eq=False)
class DatabaseUnreachable(MarkazError):
    """The database does not answer ({problem}): check that it runs, and `database_url` in markaz.toml."""

    code: ClassVar[str] = "database_unreachable"
    problem: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """The options that stand before the command."""

    home: Path | None
    floor: str | None

    def settings(self, *, serving: bool = False) -> "Settings":
        """Raises `SettingsUnreadable`."""
        from markaz.bootstrap import load_settings

        return load_settings(self.home, floor=self.floor, serving=serving)


pass_invocation = click.make_pass_decorator(Invocation)
Asked = Callable[["psycopg.AsyncConnection[TupleRow]"], Coroutine[Any, Any, Any]]


def ask(settings: "Settings", question: Asked) -> Any:
    """The answer of `question`, run on a connection to the installation's database, whether it is served or not.

    Raises `NothingRuns` when there has never been a database, `DatabaseUnreachable`.
    """
    from markaz.bootstrap import open_database

    async def run(url: str) -> Any:
        async with connected(url) as connection:
            return await question(connection)

    with open_database(settings) as url:
        return asyncio.run(run(url))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["psycopg.AsyncConnection[TupleRow]"]:
    """A connection to a migrated database. Raises `DatabaseUnreachable`, also when the connection is lost."""
    import psycopg

    from markaz.runtime import connect

    try:
        async with await connect(url) as connection:
            yield connection
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable) as error:
        raise DatabaseUnreachable(str(error).splitlines()[0]) from error


def examples(*lines: str) -> str:
    """What stands at the end of a command's help, each example on a line of its own."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


class Failed(click.ClickException):
    """A command's failure: one sentence on standard error."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"markaz: {self.message}", file=file, err=file is None)


@contextmanager
def plainly(*, debug: bool) -> Iterator[None]:
    """Turn errors into sentences, unless somebody debugs."""
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:
        if debug:
            raise
        raise Failed(_sentence(error)) from error


def _sentence(error: BaseException) -> str:
    """What a person can do something with; of several errors at once, the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, MarkazError):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    return (
        f"this should not have happened ({type(error).__name__}: {error}); run it with `markaz --debug` to see where."
    )
