"""Agents' presence from the lines about queue members: ready, not ready with a reason, signed out. Pure.

The log speaks of an agent queue by queue. An agent is signed in while member of a queue (ADDMEMBER to REMOVEMEMBER) or
logged in (AGENTLOGIN to AGENTLOGOFF), and not ready when paused in every queue it is known in. Members that stand in
Asterisk's configuration are never logged as added: of those nothing is known until they pause or unpause.
"""

import msgspec

from markaz.imports.lines import Line
from markaz.kit.time import Instant


class Activity(msgspec.Struct, array_like=True, gc=False):
    agent: str
    n: int
    presence: str
    reason: str | None
    began_at: Instant
    ended_at: Instant | None = None


class Agent(msgspec.Struct):
    """`queues`: the queues it is a member of -> why it is paused there; None when it is not."""

    queues: dict[str, str | None] = {}
    logged_in: bool = False
    paused: str | None = None
    """Why it is paused everywhere, where no queue is known to be paused in."""
    activity: Activity | None = None


UNNAMED = "paused"
"""The reason of a pause that was given none."""


class Agents:
    """What is known of each agent; `finished` are the activities that have ended."""

    def __init__(self, known: dict[str, Agent]) -> None:
        self.known = known
        self.finished: list[Activity] = []

    def tell(self, line: Line) -> None:
        """Fold one line of `lines.OF_AGENTS`."""
        name = line.agent or ""
        agent = self.known.get(name)
        if agent is None:
            agent = self.known[name] = Agent(queues={})
        _change(agent, line)
        presence, reason = _presence(agent)
        before = agent.activity
        if before is None:
            agent.activity = Activity(name, 1, presence, reason, line.at)
        elif (before.presence, before.reason) != (presence, reason):
            at = max(line.at, before.began_at)  # a clock that goes back does not turn an activity round
            if at == before.began_at:  # passed through within a second, as when it pauses in one queue after another
                agent.activity = Activity(name, before.n, presence, reason, at)
            else:
                before.ended_at = at
                self.finished.append(before)
                agent.activity = Activity(name, before.n + 1, presence, reason, at)

    def open(self) -> list[Activity]:
        """The activities that go on."""
        return [agent.activity for agent in self.known.values() if agent.activity is not None]

    def take_finished(self) -> list[Activity]:
        finished, self.finished = self.finished, []
        return finished


def _change(agent: Agent, line: Line) -> None:
    queue = line.queue
    why = line.word(0) or UNNAMED
    match line.event:
        case "ADDMEMBER" if queue is not None:
            agent.queues[queue] = UNNAMED if line.word(0) == "PAUSED" else None
        case "REMOVEMEMBER" if queue is not None:
            agent.queues.pop(queue, None)
        case "PAUSE" if queue is not None:
            agent.queues[queue] = why
        case "UNPAUSE" if queue is not None:
            agent.queues[queue] = agent.paused = None
        case "PAUSE" | "PAUSEALL":
            agent.paused = why
            agent.queues = dict.fromkeys(agent.queues, why)
        case "UNPAUSE" | "UNPAUSEALL":
            agent.paused = None
            agent.queues = dict.fromkeys(agent.queues)
        case "AGENTLOGIN" | "AGENTCALLBACKLOGIN":
            agent.logged_in = True
        case "AGENTLOGOFF" | "AGENTCALLBACKLOGOFF":
            agent.logged_in, agent.paused = False, None
            agent.queues = {}
        case _:  # a member added to no queue
            pass


def _presence(agent: Agent) -> tuple[str, str | None]:
    if agent.queues:
        free = [queue for queue, why in agent.queues.items() if why is None]
        return ("ready", None) if free else ("not_ready", next(iter(agent.queues.values())))
    if agent.logged_in or agent.paused is not None:
        return ("ready", None) if agent.paused is None else ("not_ready", agent.paused)
    return "signed_out", None
