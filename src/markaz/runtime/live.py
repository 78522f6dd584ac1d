"""The live driver: stimuli as they come, journalled in groups, then performed.

While one group is being committed the next one gathers, so that a busy floor makes larger groups instead of a longer
wait, and no stimulus waits for more than one commit before its own.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from markaz.kit.time import SECOND, Instant
from markaz.routing import TimePassed
from markaz.runtime.core import Core, Output, Stimulus
from markaz.runtime.journal import Checkpoint, Journal
from markaz.runtime.rows import Row, handled

logger = logging.getLogger(__name__)

GROUP_MAX = 512
"""Stimuli in one commit."""
STIMULI_WAITING_MAX = 100_000
"""Stimuli that wait to be handled; a further one is dropped and counted, and the reconciler repairs what it meant."""
CHECKPOINT_ROWS = 20_000
"""Rows after which a checkpoint bounds the next recovery."""
CATCH_UP_SECONDS = 0.5
"""How often an idle floor looks whether the database is back."""
LATENCIES_KEPT = 4_096

Perform = Callable[[Sequence[Output]], None]
Clock = Callable[[], Instant]


@dataclass(slots=True)
class Pace:
    """How the loop keeps up: microseconds from a stimulus' stamp to its effects being handed over, the latest ones."""

    stimuli: int = 0
    groups: int = 0
    dropped: int = 0
    latencies: deque[Instant] = field(default_factory=lambda: deque[Instant](maxlen=LATENCIES_KEPT))

    def percentile(self, share: float) -> Instant:
        """The latency that `share` (0 to 1) of the latest stimuli did not exceed; 0 when there were none."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0


class LiveFloor:
    """A core, its journal and its performer, in one task. `tell` may be called from the same event loop only."""

    def __init__(self, core: Core, journal: Journal, perform: Perform, clock: Clock) -> None:
        """`clock` never goes back, and is not before the journal's last stamp."""
        self.core = core
        self.journal = journal
        self.pace = Pace()
        self._perform = perform
        self._clock = clock
        self._waiting: deque[tuple[Instant, Stimulus, int | None]] = deque()
        self._told = asyncio.Event()
        self._checkpoint_after = journal.number + CHECKPOINT_ROWS

    def tell(self, stimulus: Stimulus, *, inbox: int | None = None) -> bool:
        """Stamp a stimulus and let it wait for the next group; False when it was dropped. Never blocks or raises."""
        if len(self._waiting) >= STIMULI_WAITING_MAX:
            self.pace.dropped += 1
            logger.critical("The floor is overrun: %s stimuli dropped so far.", self.pace.dropped)
            return False
        self._waiting.append((self._clock(), stimulus, inbox))
        self._told.set()
        return True

    async def run(self) -> None:
        """Handle stimuli until cancelled. Raises what the journal raises: then nothing more may be acted on."""
        while True:
            await self._next()
            group = [self._waiting.popleft() for _ in range(min(GROUP_MAX, len(self._waiting)))]
            await self._handle(group)

    async def _next(self) -> None:
        """Wait until a stimulus has come or a deadline has passed."""
        while not self._waiting:
            self._told.clear()
            due = self.core.deadline()
            seconds = None if due is None else max(0.0, (due - self._clock()) / SECOND)
            if self.journal.is_spooling:
                seconds = min(CATCH_UP_SECONDS, CATCH_UP_SECONDS if seconds is None else seconds)
            try:
                async with asyncio.timeout(seconds):
                    await self._told.wait()
            except TimeoutError:
                if due is not None and self._clock() >= due:
                    self.tell(TimePassed())
                else:
                    await self.journal.catch_up()

    async def _handle(self, group: list[tuple[Instant, Stimulus, int | None]]) -> None:
        rows: list[Row] = []
        outputs: list[Output] = []
        number = self.journal.number
        for at, stimulus, inbox in group:
            number += 1
            row, said = handled(self.core, number, at, stimulus, inbox)
            rows.append(row)
            outputs.extend(said)
        await self.journal.append(rows)
        self._perform(outputs)
        done = self._clock()
        self.pace.stimuli += len(group)
        self.pace.groups += 1
        self.pace.latencies.extend(done - at for at, _, _ in group)
        if number >= self._checkpoint_after:
            self._checkpoint_after = number + CHECKPOINT_ROWS
            await self.journal.save_checkpoint(Checkpoint(number, rows[-1].at, self.core.snapshot()))
