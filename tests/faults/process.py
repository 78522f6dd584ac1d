"""Simulated operating-system processes on one event loop: what a process started dies with it, at once and unheard.

A process is a context variable, so each task, callback and log line knows whose it is. A killed process' tasks are
cancelled, and the edges of the world (disk, database, network) do nothing for the dead: its `finally` clauses run, as
they would not after SIGKILL, but reach nobody.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any

CURRENT: ContextVar["Process | None"] = ContextVar("process", default=None)


class Process:
    """One run of a floor; `on_death` are called when it dies, however it does."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_dead = False
        self.on_death: list[Callable[[], None]] = []
        self.tasks: dict[asyncio.Task[Any], None] = {}

    def start(self, main: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `main` as this process; when it ends, the process ends."""
        context = copy_context()
        context.run(CURRENT.set, self)
        task = asyncio.get_running_loop().create_task(main, context=context)
        task.add_done_callback(lambda _: self.die(), context=copy_context())
        return task

    def die(self) -> None:
        """SIGKILL."""
        if self.is_dead:
            return
        self.is_dead = True
        for tell in self.on_death:
            tell()
        for task in list(self.tasks):
            task.cancel()


def current() -> Process | None:
    return CURRENT.get()


def alive() -> Process:
    """The process that asks; who is dead does not get this far unnoticed."""
    process = CURRENT.get()
    assert process is not None, "only a floor process comes here"
    return process


def make_task(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], context: Context | None = None
) -> asyncio.Task[Any]:
    """The loop's task factory: it notes whose task it is."""
    task = asyncio.Task(work, loop=loop, context=context)
    process = CURRENT.get() if context is None else context.get(CURRENT)
    if process is not None:
        process.tasks[task] = None
        task.add_done_callback(lambda done: process.tasks.pop(done, None))
        if process.is_dead:
            task.cancel()
    return task
