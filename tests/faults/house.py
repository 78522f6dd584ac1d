"""The small centre that every seed runs: three queues with all their rules, a menu, and its people.

Five agents, two supervisors, two numbers outside. Whoever is left by the agent is asked two questions.
"""

from collections.abc import Sequence

from markaz import flows
from markaz.routing import (
    AgentConfigured,
    AgentProfile,
    Announcement,
    Overflow,
    ProjectConfigured,
    ProjectRules,
    QueueConfigured,
    QueueRules,
    Relaxation,
    Sticky,
    ToCallback,
    ToNumber,
    ToQueue,
    ToVoicemail,
)
from markaz.runtime import Stimulus

NUMBER = "4930100"
HUNTED = "4930999"
"""A number that nobody configured: it is refused."""
OUTSIDE = ("4940111", "4940222")
MENU_KEYS = ("1", "2", "3", "4", "5", "9")
PAUSE_SECONDS_MAX = 80
"""A recording that is paused goes on by itself after so long."""
RELAXED_SECONDS = 20
"""After so long in a queue every agent of the queue is fit."""

ANSWERS = "12345"
"""The keys that answer a question of the survey."""
QUESTIONS = {"ask-agent": "agent", "ask-matter": "matter"}
"""Prompt of the survey -> the question that it asks."""
QUESTION_SECONDS = 3.0
"""Somebody who is asked may think for so long after the prompt; it is asked twice."""

QUEUES = (
    QueueRules(
        id="sales", project="p", ring_seconds=10, wrap_up_seconds_max=10, callback_retry_seconds=30,
        recording_pause_seconds_max=PAUSE_SECONDS_MAX,
        callback_attempts_max=2, overflow=(Overflow(after_seconds=45, to=ToQueue(queue="support")),),
        announcement=Announcement(first_seconds=8, every_seconds=15),
    ),
    QueueRules(
        id="support", project="p", skills={"tech": 5}, ring_seconds=8, wrap_up_seconds_max=8, waiting_max=6,
        callback_retry_seconds=20, callback_attempts_max=2, when_full=ToCallback(),
        recording_pause_seconds_max=PAUSE_SECONDS_MAX,
        relaxation=(Relaxation(after_seconds=RELAXED_SECONDS, drop=("tech",)),),
        overflow=(Overflow(after_seconds=70, to=ToVoicemail(seconds_max=20)),), sticky=Sticky(agent="last"),
    ),
    QueueRules(
        id="night", project="p", priority=1, ring_seconds=10, wrap_up_seconds_max=0,
        recording_pause_seconds_max=PAUSE_SECONDS_MAX,
        overflow=(Overflow(after_seconds=30, to=ToNumber(number=OUTSIDE[0], centre="other")),),
    ),
)  # fmt: skip
AGENTS = tuple(
    AgentProfile(
        id=name, skills={"tech": level} if level else {}, queues=dict.fromkeys(queues, 1), no_answer_pause_seconds=pause
    )
    for name, level, queues, pause in (
        ("anna", 7, ("sales", "support"), None),
        ("bilal", 5, ("sales", "support", "night"), 15),
        ("chi", 2, ("support",), None),
        ("daria", 0, ("sales", "night"), 10),
        ("ehsan", 9, ("support", "night"), None),
    )
)
SUPERVISORS = tuple(AgentProfile(id=name, skills={}, queues={}) for name in ("sina", "tara"))
"""They serve no queue."""
_WAYS: dict[str, flows.AnyNode] = {
    "sales": flows.Queue(queue="sales", while_waiting={"1": "callback", "2": "voicemail"}),
    "support": flows.Queue(queue="support", while_waiting={"1": "callback"}),
    "night": flows.Queue(queue="night"),
    "again": flows.Callback(queue="sales"),
    "message": flows.Voicemail(prompt="leave", seconds_max=20),
    "outside": flows.Dial(number=OUTSIDE[1]),
    "bye": flows.Disconnect(prompt="bye"),
}
FLOW = flows.Flow(
    id="main",
    start="answer",
    nodes={
        "answer": flows.Answer(next="greet"),
        "greet": flows.Play(prompt="hello", next="menu"),
        "menu": flows.Menu(
            prompt="menu", timeout_seconds=3, attempts_max=2, otherwise="bye",
            choices={"1": "sales", "2": "support", "3": "night", "4": "again", "5": "message", "9": "outside"},
        ),
        **_WAYS,
    },
)  # fmt: skip
SURVEY = flows.Flow(
    id="survey",
    start="agent",
    nodes={
        "agent": flows.Rate(prompt="ask-agent", keys=ANSWERS, next="matter", timeout_seconds=QUESTION_SECONDS),
        "matter": flows.Rate(
            prompt="ask-matter", keys=ANSWERS, next="thanks", otherwise="thanks", timeout_seconds=QUESTION_SECONDS
        ),
        "thanks": flows.Disconnect(prompt="thanks"),
    },
)
PROMPTS = ("hello", "menu", "leave", "bye", *QUESTIONS, "thanks")


def configuration() -> Sequence[Stimulus]:
    """What the organisation tells a new floor."""
    return (
        ProjectConfigured(ProjectRules(id="p", survey="survey")),
        *map(QueueConfigured, QUEUES),
        *map(AgentConfigured, (*AGENTS, *SUPERVISORS)),
        flows.FlowConfigured(FLOW),
        flows.FlowConfigured(SURVEY),
        flows.NumberConfigured(NUMBER, "p", "main"),
    )


def is_fit(agent: str, queue: str) -> bool:
    """Whether the agent may serve who has waited for `RELAXED_SECONDS` in the queue."""
    return any(one.id == agent and queue in one.queues for one in AGENTS) and (
        queue != "night" or agent in ("bilal", "daria", "ehsan")
    )
