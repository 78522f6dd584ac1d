"""Webhooks and their deliveries."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class WebhookUnknown(MarkazError):
    """There is no webhook "{webhook}": check the id."""

    code: ClassVar[str] = "webhook_unknown"
    webhook: str


@dataclass(eq=False)
class DeliveryUnknown(MarkazError):
    """Delivery {delivery} is none of the webhook's: check the number."""

    code: ClassVar[str] = "delivery_unknown"
    delivery: int


@dataclass(eq=False)
class WebhookDestination(MarkazError):
    """The subscription is not possible: {why}."""

    code: ClassVar[str] = "webhook_destination"
    why: str


@dataclass(eq=False)
class TooManyWebhooks(MarkazError):
    """There are {webhooks_max} webhooks already: remove one first."""

    code: ClassVar[str] = "too_many_webhooks"
    webhooks_max: int
