"""What happened, told to other systems: facts out of the journal, signed, delivered until they are taken."""

from markaz.webhooks.delivering import Deliverer
from markaz.webhooks.destination import DestinationRefused, Networks, check_url, networks_of
from markaz.webhooks.facts import KINDS, Fact, Kind, facts_of
from markaz.webhooks.feeding import Feeder
from markaz.webhooks.signing import new_secret, sign

__all__ = [
    "KINDS",
    "Deliverer",
    "DestinationRefused",
    "Fact",
    "Feeder",
    "Kind",
    "Networks",
    "check_url",
    "facts_of",
    "networks_of",
    "new_secret",
    "sign",
]
