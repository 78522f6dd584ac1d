"""Tables of the runtime: what the floor was told and decided, and the read models folded from it.

Instants in the journal are microseconds (bigint); read models use `timestamptz`. Every table names its `floor`, the
shard that wrote it.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSON, TIMESTAMP

metadata = MetaData()

_moment = TIMESTAMP(timezone=True)


def _now() -> Column[object]:
    return Column("written_at", _moment, nullable=False, server_default=text("now()"))


journal = Table(
    "journal",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("stimulus", JSON, nullable=False),
    Column("outputs", JSON, nullable=False),
    _now(),
)
"""One row per stimulus; `json`, not `jsonb`, keeps the exact bytes that replay is compared with."""

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False),
    _now(),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("floor", Text, nullable=False),
    Column("message", JSON, nullable=False),
    Column("problem", Text),
    _now(),
)
"""What other processes tell a floor; a row goes in the transaction that journals it, or keeps why it can't be read."""

floor_live = Table(
    "floor_live",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("incarnation", Text, nullable=False),
    Column("body", JSON, nullable=False),
    _now(),
)
"""The floor as it was a moment ago, for `markaz status`."""

projection = Table(
    "projection",
    metadata,
    Column("name", Text, primary_key=True),
    Column("floor", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)
"""How far each read model has come, moved in the transaction that writes it."""

contact = Table(
    "contact",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("contact", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("number", Text),
    Column("customer", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("queue", Text),
    Column("arrived_at", _moment, nullable=False),
    Column("queued_at", _moment),
    Column("answered_at", _moment),
    Column("closed_at", _moment),
    Column("outcome", Text),
    Column("reason", Text),
    Column("callback_promised", Boolean, nullable=False, server_default=text("false")),
    Column("agents", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("follows", Text),
    Column("promised_in", Text),
    Column("customer_reversed", Text(collation="C"), Computed("reverse(customer)", persisted=True)),
    Index("contact_arrived", "floor", "arrived_at"),
    Index("contact_customer", "floor", "customer", "arrived_at"),
    Index("contact_customer_reversed", "floor", "customer_reversed", "arrived_at"),
)
"""`follows` is the contact that a fault cut and that this one, a call back, makes good; `promised_in` the one in which
an agent promised this call back at a moment. `customer_reversed` is for finding customers by how their number ends."""

contact_segment = Table(
    "contact_segment",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("contact", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("queue", Text),
    Column("agent", Text),
    Column("began_at", _moment, nullable=False),
    Column("ended_at", _moment),
    Column("reason", Text),
)
"""A contact's life, one row per state it was in, from `ContactMoved`."""

queue_visit = Table(
    "queue_visit",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("contact", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("queue", Text, nullable=False),
    Column("entered_at", _moment, nullable=False),
    Column("left_at", _moment),
    Column("ended", Text),
    Column("agent", Text),
    Column("wait_seconds", Float),
    Column("centre", Text),
    Column("centre_answered_at", _moment),
    Index("queue_visit_entered", "floor", "entered_at"),
)
"""One stay of a contact in a queue, from entering to `ended`: answered, abandoned, overflowed, voicemail, callback,
transferred, refused or lost_to_fault. A contact that overflows or is transferred has several, so
that each queue is counted for what it did. `centre`: another centre that it was sent on to, and when that answered."""

engagement = Table(
    "engagement",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("offer", Text, primary_key=True),
    Column("contact", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("offered_at", _moment, nullable=False),
    Column("placed_at", _moment),
    Column("accepted_at", _moment),
    Column("connected_at", _moment),
    Column("wrap_up_at", _moment),
    Column("ended_at", _moment),
    Column("hold_seconds", Float, nullable=False, server_default=text("0")),
    Column("hold_began_at", _moment),
    Column("asked_as", Text, nullable=False, server_default=text("'lead'")),
    Column("part", Text, nullable=False, server_default=text("'lead'")),
    Column("lead_seconds", Float, nullable=False, server_default=text("0")),
    Column("lead_began_at", _moment),
    Column("consult_seconds", Float, nullable=False, server_default=text("0")),
    Column("supervise_seconds", Float, nullable=False, server_default=text("0")),
    Column("aside_seconds", Float, nullable=False, server_default=text("0")),
    Column("aside_began_at", _moment),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("disposition", Text),
    Index("engagement_offered", "floor", "offered_at"),
    Index("engagement_contact", "floor", "contact"),
    Index("engagement_agent", "agent", "floor", "contact"),
)
"""An agent's part in a contact. `offered_at` is when a waiting contact and a free able agent coexisted, `placed_at`
when the INVITE was out; talk is `connected_at` to `wrap_up_at` less `hold_seconds` and `aside_seconds` (consulting and
supervising after `connected_at`). `asked_as` is the part for which the phone rang, `part` the last one;
`lead_seconds` is how long the agent answered for the contact."""

feedback = Table(
    "feedback",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("contact", Text, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("answer", Integer, nullable=False),
    Column("project", Text, nullable=False),
    Column("queue", Text),
    Column("agent", Text),
    Column("offer", Text),
    Column("at", _moment, nullable=False),
    Index("feedback_at", "floor", "at"),
    Index("feedback_project", "floor", "project", "at"),
)
"""What a customer answered to a question of a survey: `answer` is the key, 1 to 9; `agent` had the conversation last,
by `offer`. Of a question that was answered twice the last answer counts."""

agent_activity = Table(
    "agent_activity",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("presence", Text, nullable=False),
    Column("reason", Text),
    Column("began_at", _moment, nullable=False),
    Column("ended_at", _moment),
)

recording = Table(
    "recording",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("recording", Text, primary_key=True),
    Column("contact", Text, nullable=False),
    Column("agent", Text),
    Column("queue", Text),
    Column("path", Text, nullable=False),
    Column("expected_at", _moment, nullable=False),
    Column("ended_at", _moment),
    Column("state", Text, nullable=False),
    Column("seconds", Float),
    Column("level_dbfs_customer", Float),
    Column("level_dbfs_agent", Float),
    Column("checked_at", _moment),
    Column("problem", Text),
    Index("recording_contact", "floor", "contact"),
)
"""The ledger: a row for each recording that must exist, written before it starts. `state`: expected, present,
missing or silent. `recording` is the offer's id (or the contact's for a message), with `~again<n>` for what followed
when the agent's phone came back to the conversation; `path` is relative to the folder of recordings."""

recording_pause = Table(
    "recording_pause",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("recording", Text, primary_key=True),
    Column("began_at", _moment, primary_key=True),
    Column("ended_at", _moment),
)
"""Where a recording holds silence because it was paused; written by the ledger."""

phone = Table(
    "phone",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("username", Text, nullable=False),
    Column("secret", Text, nullable=False),
    _now(),
)
"""SIP credentials of the agents signed in now, so that a restarted Asterisk knows their phones again. `secret` is the
password, random and new at each sign-in; the row goes at sign-out."""

journal_contact = Table(
    "journal_contact",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("contact", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Index("journal_contact_number", "floor", "number"),
)
"""Which journal rows speak of a contact, for its story."""

imported_floor = Table(
    "imported_floor",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("heard_at", _moment),
    Column("state", LargeBinary),
)
"""A floor that was imported: up to when, and what a later file goes on from."""

imported_file = Table(
    "imported_file",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("account", JSON, nullable=False),
    Column("imported_at", _moment, nullable=False, server_default=text("now()")),
)
"""`sha256` of the first `bytes` bytes, which are `lines` whole lines, unpacked: the content, whatever its name."""

imported_contact = Table(
    "imported_contact",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("contact", Text, primary_key=True),
    Column("record", Text, nullable=False),
)
"""The log's own words for a contact, a line each: the file's `n`, the line's number, the line."""
