"""Tables of identity: accounts, what they sign in with, sessions, keys, invitations, and the audit trail.

Tokens are kept as their SHA-256 alone. What decides about them stands in SQL (`migrations/identity`), so that the web's
role can call it without being able to read or choose. They share the organisation's metadata, whose rows they name.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP

from markaz.organisation import metadata

_moment = TIMESTAMP(timezone=True)


def _centre(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["centre"], ["centre.id"], name=f"{table}_centre", onupdate="CASCADE")


def _of_centre(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["centre", column], [f"{column}.centre", f"{column}.id"], name=f"{table}_{column}")


def _account(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["account"], ["account.id"], name=f"{table}_account")


def _now(name: str) -> Column[object]:
    return Column(name, _moment, nullable=False, server_default=text("now()"))


account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("centre", Text, nullable=False),
    Column("client", Text),
    Column("agent", Text),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("roles", ARRAY(Text), nullable=False),
    Column("locale", Text, nullable=False, server_default=text("'en'")),
    Column("calendar", Text, nullable=False, server_default=text("'gregory'")),
    Column("digits", Text, nullable=False, server_default=text("'latn'")),
    Column("theme", Text, nullable=False, server_default=text("'auto'")),
    _now("made_at"),
    Column("password_set_at", _moment),
    Column("second_factor_at", _moment),
    Column("signed_in_at", _moment),
    Column("disabled_at", _moment),
    Column("removed_at", _moment),
    _centre("account"),
    _of_centre("account", "client"),
    _of_centre("account", "agent"),
    Index("account_email", "centre", "email", unique=True, postgresql_where=text("removed_at IS NULL")),
    Index("account_of_agent", "centre", "agent"),
)
"""A person who signs in. `client`: who works for one and sees its alone. `agent`: who takes contacts as that agent.
One that was removed keeps its name, which the audit trail shows."""

credential = Table(
    "credential",
    metadata,
    Column("account", Text, primary_key=True),
    Column("salt", LargeBinary),
    Column("passes", Integer),
    Column("memory_kib", Integer),
    Column("lanes", Integer),
    Column("verifier", LargeBinary),
    Column("totp_secret", LargeBinary),
    Column("totp_step", BigInteger),
    _account("credential"),
)
"""`verifier`: SHA-256 of what argon2id makes of the password. `totp_step`: the last time step whose code counted."""

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("account", Text, primary_key=True),
    Column("code", LargeBinary, primary_key=True),
    Column("used_at", _moment),
    _account("recovery_code"),
)

account_identity = Table(
    "account_identity",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("account", Text, nullable=False),
    _centre("account_identity"),
    _account("account_identity"),
)
"""Whom an OpenID provider vouches for."""

session = Table(
    "session",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("id", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
    _now("began_at"),
    _now("seen_at"),
    Column("ends_at", _moment, nullable=False),
    _account("session"),
    UniqueConstraint("id", name="session_id"),
    Index("session_of_account", "account"),
)
"""`how`: password, link, invitation or provider. A session that ends is deleted."""

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token", LargeBinary, nullable=False),
    Column("centre", Text, nullable=False),
    Column("client", Text),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("installation", Boolean, nullable=False, server_default=text("false")),
    Column("made_by", Text),
    _now("made_at"),
    Column("used_at", _moment),
    Column("expires_at", _moment),
    Column("revoked_at", _moment),
    _centre("api_key"),
    _of_centre("api_key", "client"),
    UniqueConstraint("token", name="api_key_token"),
    Index("api_key_of_centre", "centre"),
)
"""`installation`: a key that bootstrap made for a part of Markaz itself."""

invitation = Table(
    "invitation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token", LargeBinary, nullable=False),
    Column("centre", Text, nullable=False),
    Column("client", Text),
    Column("agent", Text),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("invited_by", Text, nullable=False),
    _now("made_at"),
    Column("expires_at", _moment, nullable=False),
    Column("accepted_at", _moment),
    Column("withdrawn_at", _moment),
    _centre("invitation"),
    _of_centre("invitation", "client"),
    _of_centre("invitation", "agent"),
    UniqueConstraint("token", name="invitation_token"),
    Index("invitation_of_centre", "centre"),
)

one_time_link = Table(
    "one_time_link",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("account", Text, nullable=False),
    _now("made_at"),
    Column("expires_at", _moment, nullable=False),
    Column("used_at", _moment),
    _account("one_time_link"),
)

known_device = Table(
    "known_device",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("account", Text, primary_key=True),
    _now("seen_at"),
    _account("known_device"),
)
"""Browsers that signed in before: guesses from elsewhere never use up their attempts."""

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text),
    Column("budgets", ARRAY(Text), nullable=False),
    _now("began_at"),
    _account("sign_in_attempt"),
)

second_factor_challenge = Table(
    "second_factor_challenge",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("account", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("expires_at", _moment, nullable=False),
    _account("second_factor_challenge"),
)

embed_token = Table(
    "embed_token",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("floor", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("origin", Text, nullable=False),
    _now("made_at"),
    Column("expires_at", _moment, nullable=False),
    Index("embed_token_contact", "floor", "contact", "made_at"),
    Index("embed_token_expires", "expires_at"),
)
"""With which a client's page of this `origin` follows one contact."""

throttle = Table(
    "throttle",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    _now("since"),
    Index("throttle_since", "since"),
)

permission = Table(
    "permission",
    metadata,
    Column("permission", Text, primary_key=True),
    Column("holder", Text, primary_key=True),
)
"""The table of `permissions.py` as the policies read it, written after each migration. `holder`: role:x or scope:x."""

seal = Table(
    "seal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("inner_pad", LargeBinary, nullable=False),
    Column("outer_pad", LargeBinary, nullable=False),
    Column("salt_key", LargeBinary, nullable=False),
)
"""What the database alone knows: who is asking is sealed with it."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    _centre("audit_head"),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("at", _moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("client", Text),
    Column("details", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    _centre("audit_entry"),
    Index("audit_entry_subject", "centre", "subject"),
)
"""`hash` covers the entry and the hash before it. `client`: whose matter it was, so that the client sees it too."""
