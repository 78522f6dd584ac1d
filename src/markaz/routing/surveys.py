"""A customer who is asked what the conversation was like, after the agent has ended it.

The agent is in wrap-up, or with the next customer, meanwhile: who is asked takes nobody's time, is in no queue, and
counts as answered however the survey ends. Called-back customers are asked too; not asked is whom a fault of ours cut.
"""

from markaz.routing.effects import EndContact, LeaveConversation, SurveyBegan
from markaz.routing.floor_state import FloorState
from markaz.routing.state import Contact, Engagement

SURVEY_SECONDS_MAX = 180
"""The longest that a survey may take; then the customer is released."""


def flow_for(floor: FloorState, contact: Contact) -> str | None:
    """The flow that is to ask the customer, now that the agent has left; None when nobody is asked."""
    project = floor.projects.get(contact.project)
    is_asked = contact.state == "in_conversation" and contact.leg and contact.channel == "voice" and contact.cuts == 0
    return project.rules.survey if project is not None and is_asked else None


def begin(floor: FloorState, contact: Contact, lead: Engagement, flow: str) -> None:
    """The agent's part is over and the customer goes into `flow`."""
    floor.end_pause(contact, "agent_left")
    contact.offer = None
    floor.unreserve(contact)
    floor.move_contact(contact, "surveyed", reason="agent_left")
    floor.after(("alive", contact.id), SURVEY_SECONDS_MAX)
    floor.out.append(LeaveConversation(contact.id))
    floor.out.append(SurveyBegan(contact.id, flow))
    floor.dismiss_guests(contact, "agent_left")
    floor.finish_engagement(lead, reason="agent_left", agent_leg=False)


def expired(floor: FloorState, contact: Contact) -> None:
    floor.out.append(EndContact(contact.id, "survey_limit"))
    floor.close_contact(contact, "answered", reason="survey_limit")
