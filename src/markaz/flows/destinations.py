"""Where the last node of a way hands the contact over to."""

from markaz.flows.events import AnyHandover, Finished, ToCallback, ToNumber, ToQueue, ToVoicemail
from markaz.flows.nodes import Callback, Dial, Disconnect, Queue, Voicemail

NUMBERS_WITHHELD = frozenset({"", "anonymous", "restricted", "unavailable", "unknown", "withheld"})
"""What a caller who hides the number shows: nobody can be called back there."""

Ending = Queue | Voicemail | Callback | Dial | Disconnect
"""Nodes that hand the contact over."""


def is_withheld(customer: str) -> bool:
    return customer.lower() in NUMBERS_WITHHELD


def destination_of(node: Ending, customer: str) -> AnyHandover:
    match node:
        case Queue():
            return ToQueue(queue=node.queue, skills=node.skills, priority=node.priority, named_agent=node.named_agent)
        case Voicemail():
            return ToVoicemail(seconds_max=node.seconds_max)
        case Callback() if is_withheld(customer):
            return ToVoicemail(seconds_max=Voicemail().seconds_max)
        case Callback():
            return ToCallback(queue=node.queue, number=customer)
        case Dial():
            return ToNumber(number=node.number)
        case Disconnect():
            return Finished(result=node.result)
