"""Tables of what the web API keeps: what agents enter about contacts, answers to repeated requests, and webhooks.

They stand with the floor's because the worker delivers what the web subscribes to.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSON, TIMESTAMP

from markaz.runtime.tables import metadata

_moment = TIMESTAMP(timezone=True)


def _now(name: str) -> Column[object]:
    return Column(name, _moment, nullable=False, server_default=text("now()"))


def _version() -> Column[int]:
    """Counts changes, from 1."""
    return Column("version", Integer, nullable=False, server_default=text("1"))


contact_form = Table(
    "contact_form",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("contact", Text, primary_key=True),
    Column("values", JSON, nullable=False),
    Column("author", Text, nullable=False),
    Column("saved_by", Text, nullable=False),
    _now("saved_at"),
    _version(),
)
"""What an agent has typed into the project's form, as far as it has come; `author` is an account or key, by its id."""

contact_note = Table(
    "contact_note",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("contact", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    _now("written_at"),
)

wrap_up = Table(
    "wrap_up",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("offer", Text, primary_key=True),
    Column("contact", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("next_action", Text, nullable=False),
    Column("disposition", Text),
    Column("callback", Text),
    Column("callback_at", _moment),
    Column("callback_number", Text),
    _version(),
    Column("author", Text, nullable=False),
    Column("saved_by", Text, nullable=False),
    _now("saved_at"),
)
"""What an agent has entered about how a contact ends; `callback` is the contact by which it is promised, if any."""

Index("wrap_up_contact", wrap_up.c.floor, wrap_up.c.contact)
Index("wrap_up_callback", wrap_up.c.floor, wrap_up.c.callback, postgresql_where=wrap_up.c.callback.isnot(None))

kept_answer = Table(
    "kept_answer",
    metadata,
    Column("asker", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("media_type", Text),
    Column("expires_at", _moment, nullable=False),
    Index("kept_answer_expires", "expires_at"),
)
"""The answer that a repeated request gets: `asker` is the account or key, `fingerprint` the hash of method, path and
body."""

webhook = Table(
    "webhook",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("project", Text),
    Column("secret", Text, nullable=False),
    Column("secret_before", Text),
    Column("secret_before_until", _moment),
    Column("number", BigInteger, nullable=False),
    _now("made_at"),
    Column("removed_at", _moment),
)
"""A subscription; facts of journal rows after `number` are not delivered yet. While the secret is being changed both
sign."""

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("floor", Text, nullable=False),
    Column("webhook", Text, nullable=False),
    Column("fact", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'pending'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_at", _moment),
    _now("made_at"),
    Column("ended_at", _moment),
    ForeignKeyConstraint(["floor", "webhook"], ["webhook.floor", "webhook.id"], name="webhook_delivery_webhook"),
    Index("webhook_delivery_fact", "floor", "webhook", "fact", unique=True),
    Index("webhook_delivery_due", "next_at", postgresql_where=text("state = 'pending'")),
)
"""A fact for one subscription. `state`: pending, delivered or failed; `next_at` is when it is tried next."""

webhook_attempt = Table(
    "webhook_attempt",
    metadata,
    Column("delivery", BigInteger, primary_key=True),
    Column("n", Integer, primary_key=True),
    _now("at"),
    Column("status", Integer),
    Column("problem", Text),
    Column("milliseconds", Integer, nullable=False),
    ForeignKeyConstraint(["delivery"], ["webhook_delivery.id"], name="webhook_attempt_delivery", ondelete="CASCADE"),
)
