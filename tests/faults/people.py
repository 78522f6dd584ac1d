"""Customers and people outside: what they do with their telephones, drawn from the seed.

They know nothing of the floor; agents are in `tests.faults.agents`.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.faults.asterisk import Asterisk
from tests.faults.exchange import CAUSE_BUSY, Channel, others
from tests.faults.house import ANSWERS
from tests.faults.surveys import is_of_survey

PATIENCE_SECONDS = 75.0
TALK_SECONDS = 30.0


class Person:
    """Somebody with a telephone and a mind: `chance` decides."""

    def __init__(self, name: str, number: str, asterisk: Asterisk, chance: np.random.Generator) -> None:
        self.name = name
        self.number = number
        self._asterisk = asterisk
        self._chance = chance
        self.has_vanished = False

    def invited(self, channel: Channel) -> None: ...
    def answered(self, channel: Channel) -> None: ...
    def joined(self, channel: Channel) -> None: ...
    def played(self, channel: Channel, playback: str) -> None: ...
    def recorded(self, channel: Channel) -> None: ...
    def ended(self, channel: Channel, by: str) -> None: ...

    def _about(self, seconds: float) -> float:
        return 0.5 + float(self._chance.exponential(seconds))

    def _maybe(self, share: float) -> bool:
        return bool(self._chance.random() < share)

    def _soon(self, seconds: float, act: Callable[..., None], *args: Any) -> None:
        asyncio.get_running_loop().call_later(seconds, self._act, act, args)

    def _act(self, act: Callable[..., None], args: tuple[Any, ...]) -> None:
        if not self.has_vanished:
            act(*args)


class Customer(Person):
    """Calls, keys, waits, talks, says what it was like, gives up; answers when called back, more often than not."""

    def __init__(
        self, name: str, number: str, asterisk: Asterisk, chance: np.random.Generator, *, dials: str, key: str
    ) -> None:
        super().__init__(name, number, asterisk, chance)
        self._dials = dials
        self._key = key
        self.is_calm = False
        """Speaks little, waits for nobody for long: the day is over."""
        self._laid_aside: set[Channel] = set()
        """Telephones to which nobody listens any more, without having hung up."""

    def call(self) -> None:
        channel = self._asterisk.call(self, self._dials)
        if channel is not None:
            self._soon(self._about(PATIENCE_SECONDS), self._lose_patience, channel)
            if self._maybe(0.12):
                self._soon(25 + self._about(10), self._asterisk.press, channel, "1" if self._maybe(0.6) else "2")

    def invited(self, channel: Channel) -> None:
        """Called back."""
        if self.has_vanished or self._maybe(0.15):
            return
        if self._maybe(0.12):
            self._soon(2, self._asterisk.hang_up, channel, CAUSE_BUSY)
        else:
            self._soon(self._about(3), self._asterisk.answer, channel)
            self._soon(20 + self._about(PATIENCE_SECONDS), self._lose_patience, channel)

    def played(self, channel: Channel, playback: str) -> None:
        if playback.endswith(".p2"):
            self._soon(self._about(0.5), self._asterisk.press, channel, self._key)
        elif is_of_survey(playback) and channel not in self._laid_aside:
            self._be_asked(channel)

    def _be_asked(self, channel: Channel) -> None:
        """What was it like? Some answer, some with a key that is none of the answers, some say nothing."""
        dice = float(self._chance.random())
        if dice < 0.55:
            self._soon(self._about(1), self._asterisk.press, channel, ANSWERS[int(self._chance.integers(5))])
        elif dice < 0.7:
            self._soon(self._about(1), self._asterisk.press, channel, "9" if self._maybe(0.5) else "#")
        elif dice < 0.8:
            self._soon(self._about(0.5), self._asterisk.hang_up, channel)
        elif dice < 0.85:
            self._laid_aside.add(channel)

    def joined(self, channel: Channel) -> None:
        if others(channel) and self._maybe(0.4):
            self._soon(self._about(TALK_SECONDS), self._say_goodbye, channel)

    def recorded(self, channel: Channel) -> None:
        seconds = float(self._chance.uniform(0.2, 15))
        if self._maybe(0.5):
            self._soon(seconds, self._asterisk.hang_up, channel)
        else:
            self._soon(seconds, self._asterisk.press, channel, "#")

    def _say_goodbye(self, channel: Channel) -> None:
        if others(channel):
            self._asterisk.hang_up(channel)

    def _lose_patience(self, channel: Channel) -> None:
        if channel.is_over or channel in self._laid_aside:
            return
        if others(channel) or channel.recording is not None:
            self._soon(20, self._lose_patience, channel)
        else:
            self._asterisk.hang_up(channel)


class Outsider(Person):
    """A number outside: another centre, a department."""

    def invited(self, channel: Channel) -> None:
        if self._maybe(0.7):
            self._soon(self._about(3), self._asterisk.answer, channel)
            self._soon(15 + self._about(TALK_SECONDS), self._asterisk.hang_up, channel)
        elif self._maybe(0.5):
            self._soon(1, self._asterisk.hang_up, channel, CAUSE_BUSY)
