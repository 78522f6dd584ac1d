"""Centres and what they are made of: clients, projects, queues, agents, numbers, flows; kept and told to the floor."""

from markaz.organisation.change import Changes, Stimulus, changes_between, stimuli_between, stimuli_of
from markaz.organisation.document import parse_document, read_document
from markaz.organisation.errors import DocumentRefused, FloorTaken
from markaz.organisation.floors import centre_of, open_floor
from markaz.organisation.model import (
    Agent,
    Centre,
    Client,
    Document,
    Number,
    Project,
    Prompt,
    Queue,
    Skill,
    Team,
    Trunk,
)
from markaz.organisation.service import apply, load, prompts, retire, stimuli, trunks
from markaz.organisation.tables import metadata

__all__ = [
    "Agent",
    "Centre",
    "Changes",
    "Client",
    "Document",
    "DocumentRefused",
    "FloorTaken",
    "Number",
    "Project",
    "Prompt",
    "Queue",
    "Skill",
    "Stimulus",
    "Team",
    "Trunk",
    "apply",
    "centre_of",
    "changes_between",
    "load",
    "metadata",
    "open_floor",
    "parse_document",
    "prompts",
    "read_document",
    "retire",
    "stimuli",
    "stimuli_between",
    "stimuli_of",
    "trunks",
]
