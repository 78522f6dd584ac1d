"""What an organisation is made of, as its file says it and its tables keep it."""

from typing import dataclass_transform

import msgspec

from markaz import routing
from markaz.flows import Calendar, Flow
from markaz.scripts import Deviation, Language, Script


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something with an id of its own within a centre."""

    id: str


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Named(Entry):
    """`name` is what people see."""

    name: str


class Centre(Named, omit_defaults=False):
    """An outsourcer, the tenant. Its days begin at midnight in `zone`, an IANA name."""

    zone: str = "UTC"


class Client(Named):
    """A company that buys services from the centre."""


class Project(Named):
    """One line of work for a client. `callback_queue` calls back whom a failure of ours cut off in self-service.

    `survey` is the flow that asks a customer after the agent has ended the conversation.
    `script` leads its agents, who may deviate from it as `deviations` says. `screen_pop` is the address of a page of
    the client's own application, with variables in braces; `languages` are those that its customers speak.
    """

    client: str
    pause: routing.PauseRule = routing.PauseRule()
    callback_queue: str | None = None
    survey: str | None = None
    script: str | None = None
    deviations: tuple[Deviation, ...] = ()
    screen_pop: str | None = None
    languages: tuple[Language, ...] = ()

    def rules(self) -> routing.ProjectRules:
        return routing.ProjectRules(
            id=self.id, pause=self.pause, callback_queue=self.callback_queue, survey=self.survey
        )


class Skill(Named):
    """What agents can do and contacts may need."""


class Team(Named):
    """People who are led together."""


class Queue(routing.QueueRules, frozen=True, kw_only=True):
    """Where contacts of one kind wait; the fields of `routing.QueueRules` and a name."""

    name: str

    def rules(self) -> routing.QueueRules:
        fields = routing.QueueRules.__struct_fields__
        return routing.QueueRules(**{field: getattr(self, field) for field in fields})


class Agent(routing.AgentProfile, frozen=True, kw_only=True):
    """A person who serves contacts; the fields of `routing.AgentProfile`, a name and a team."""

    name: str
    team: str | None = None

    def rules(self) -> routing.AgentProfile:
        fields = routing.AgentProfile.__struct_fields__
        return routing.AgentProfile(**{field: getattr(self, field) for field in fields})


class Number(Entry):
    """A telephone number (written `number` in the file): contacts to it belong to `project` and start `flow`."""

    id: str = msgspec.field(name="number")
    project: str
    flow: str


class Trunk(Entry):
    """A carrier, or another exchange, reached by SIP.

    `prefixes`: numbers we may dial through it begin with one of these; () dials nothing (toll fraud). `username` and
    `password` are ours there. `caller`: the number that people whom we call through it see.
    """

    host: str
    port: int = 5060
    prefixes: tuple[str, ...] = ()
    username: str | None = None
    password: str | None = None
    caller: str | None = None

    def __repr__(self) -> str:
        return f"Trunk(id={self.id!r}, host={self.host!r}, port={self.port})"


class Prompt(Entry):
    """What customers hear: a `text` to be spoken in `language`, a sound `file`, or a `sound` that was uploaded."""

    text: str | None = None
    language: Language = "en"
    file: str | None = None
    sound: str | None = None


class Disposition(Entry):
    """A result that the agents of a project may record; `label` is what they see.

    With `needs_note` they write a note with it, with `needs_next_action` they say what has to be done next.
    """

    project: str
    label: str
    needs_note: bool = False
    needs_next_action: bool = False


class NotReadyReason(Entry):
    """Why an agent takes no contacts; `label` is what people see."""

    label: str


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole centre. Only a document without problems is built (`read_document`)."""

    centre: Centre
    clients: tuple[Client, ...] = ()
    projects: tuple[Project, ...] = ()
    skills: tuple[Skill, ...] = ()
    teams: tuple[Team, ...] = ()
    queues: tuple[Queue, ...] = ()
    agents: tuple[Agent, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    flows: tuple[Flow, ...] = ()
    numbers: tuple[Number, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    scripts: tuple[Script, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    not_ready_reasons: tuple[NotReadyReason, ...] = ()


AnyEntry = (
    Client | Script | Project | Skill | Team | Queue | Agent | Calendar | Prompt | Flow | Number | Trunk | Disposition
    | NotReadyReason
)  # fmt: skip

SECTIONS: dict[str, type[AnyEntry]] = {
    "clients": Client,
    "scripts": Script,
    "projects": Project,
    "skills": Skill,
    "teams": Team,
    "queues": Queue,
    "agents": Agent,
    "calendars": Calendar,
    "prompts": Prompt,
    "flows": Flow,
    "numbers": Number,
    "trunks": Trunk,
    "dispositions": Disposition,
    "not_ready_reasons": NotReadyReason,
}
"""A document's sections in the order in which they can be stored: what is named comes before what names it."""
