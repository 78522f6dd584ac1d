"""How a simulated Asterisk tells: events travel to whoever holds the application, and `mood` makes them late or double.

What one channel does is told in order, different channels overtake each other (telephony.md: merge and transfer events
come by another way).
"""

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.faults.exchange import Observer
from tests.faults.wire import Line, Network, encode


@dataclass
class Mood:
    """How events travel: the longest delay, and the shares that come twice and never."""

    late_seconds_max: float = 0.0
    twice: float = 0.0
    lost: float = 0.0


class News:
    """`is_up` and `starts` tell whether Asterisk lives, and its how manyeth life it is."""

    def __init__(self, chance: np.random.Generator, network: Network, trace: Callable[..., None]) -> None:
        self.chance = chance
        self.network = network
        self.trace = trace
        self.context = copy_context()
        self.observer: Observer
        self.mood = Mood()
        self.is_up = True
        self.starts = 1
        self.applications: dict[str, Line] = {}
        self._told_at: dict[str, float] = {}

    def forget(self) -> None:
        self.applications.clear()
        self._told_at.clear()

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def tell(self, application: str, event: dict[str, Any], channel: str) -> None:
        """Send an event on its way; who is not connected now never hears of it."""
        line = self.applications.get(application)
        if line is None or not self.is_up:
            return
        mood = self.mood
        if mood.lost and self.chance.random() < mood.lost:
            self.observer.lost(channel)
            return
        late = mood.late_seconds_max * float(self.chance.random()) ** 3 if mood.late_seconds_max else 0.0
        at = max(self.now + self.network.way() + late, self._told_at.get(channel, 0.0) + 1e-6)
        self._told_at[channel] = at
        text = encode({**event, "application": application, "timestamp": f"{self.now:.3f}"}).decode()
        self.later(at - self.now, self.push, line, text)
        if mood.twice and self.chance.random() < mood.twice:
            self.later(at - self.now + float(self.chance.exponential(0.5)), self.push, line, text)

    def respond(self, line: Line, number: str, status: int, body: Any) -> None:
        message = {"type": "RESTResponse", "request_id": number, "status_code": status}
        if body is not None:
            message["message_body"] = encode(body).decode()
        self.later(self.network.way(), self.push, line, encode(message).decode())

    def push(self, line: Line, text: str) -> None:
        if self.is_up:
            line.push(text)

    def later(self, seconds: float, work: Callable[..., None], *args: Any) -> None:
        """Unless Asterisk has died meanwhile."""
        asyncio.get_running_loop().call_later(seconds, self._if_alive, self.starts, work, args, context=self.context)

    def _if_alive(self, start: int, work: Callable[..., None], args: tuple[Any, ...]) -> None:
        if self.is_up and start == self.starts:
            work(*args)
