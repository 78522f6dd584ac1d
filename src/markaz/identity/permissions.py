"""The one table of who may do what; everything that asks for a permission asks for one of these.

The web asks by `Principal.may`, the database's policies by `context_may()`: `write_permissions` gives them the same
table. `docs/permissions.md` is generated from here, and a test walks every endpoint and every table as every role.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

import psycopg

Role = Literal[
    "administrator", "manager", "supervisor", "planner", "quality_analyst", "agent", "client_owner", "client_viewer"
]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
CLIENT_ROLES: Final[tuple[Role, ...]] = ("client_owner", "client_viewer")
"""Of people who work for one client; all others are the centre's."""
STAFF_ROLES: Final[tuple[Role, ...]] = tuple(role for role in ROLES if role not in CLIENT_ROLES)

_LEADERS: Final[tuple[Role, ...]] = ("administrator", "manager", "supervisor")
_READERS: Final[tuple[Role, ...]] = (*_LEADERS, "planner", "quality_analyst")


@dataclass(frozen=True, slots=True)
class Permission:
    """`roles` have it, and so have API keys with one of `scopes`."""

    name: str
    meaning: str
    roles: tuple[Role, ...]
    scopes: tuple[str, ...] = ()


PERMISSIONS: Final[tuple[Permission, ...]] = (
    Permission("account.own", "change one's own name, language, password and second factor; end own sessions", ROLES),
    Permission(
        "users.manage", "invite, change, disable and remove people", ("administrator", "manager", "client_owner")
    ),
    Permission("administrators.manage", "the same of administrators", ("administrator",)),
    Permission("keys.manage", "make and revoke API keys", ("administrator",)),
    Permission(
        "audit.read", "read and check the audit trail", ("administrator", "manager", "client_owner"), ("audit.read",)
    ),
    Permission(
        "organisation.read",
        "see queues, agents, projects and the like",
        STAFF_ROLES,
        ("organisation.read", "organisation.edit", "floor.replicate"),
    ),
    Permission("organisation.edit", "change them", ("administrator", "manager"), ("organisation.edit",)),
    Permission("projects.pause", "pause and resume a project", _LEADERS, ("projects.pause",)),
    Permission(
        "live.see", "follow what happens now, as far as one may see it", ROLES, ("floor.see", "floor.replicate")
    ),
    Permission("floor.see", "see the whole floor as it is now", _READERS, ("floor.see", "desk.act")),
    Permission("floor.replicate", "follow the journal, as the web process itself does", (), ("floor.replicate",)),
    Permission(
        "desk.use",
        "sign in to a desk as one's own agent, take contacts, note what they were about",
        ("agent", "supervisor", "manager", "quality_analyst"),
        ("desk.act",),
    ),
    Permission("desk.act", "act for agents other than oneself", ("supervisor",), ("desk.act",)),
    Permission(
        "conversations.supervise",
        "listen, whisper, barge in and take over",
        ("manager", "supervisor", "quality_analyst"),
        ("desk.act",),
    ),
    Permission(
        "contacts.read",
        "read all contacts: the centre's, or a client's own",
        (*_READERS, *CLIENT_ROLES),
        ("contacts.read",),
    ),
    Permission(
        "contacts.see",
        "find contacts and read them, as far as one may see them",
        (*_READERS, *CLIENT_ROLES, "agent"),
        ("contacts.read",),
    ),
    Permission("contacts.own", "read contacts of customers whom one was offered", ("agent",)),
    Permission("journal.read", "read why the floor decided as it did", _READERS, ("contacts.read", "floor.replicate")),
    Permission(
        "recordings.play",
        "listen to recordings",
        ("administrator", "manager", "supervisor", "quality_analyst", "client_owner"),
        ("recordings.play",),
    ),
    Permission("figures.read", "read reports", (*_READERS, *CLIENT_ROLES), ("figures.read",)),
    Permission("webhooks.manage", "tell other systems what happens", ("administrator",), ("webhooks.manage",)),
    Permission(
        "reports.agree",
        "propose reports, sign them or decline, want them corrected",
        ("administrator", "manager", "client_owner"),
    ),
    Permission("sample.agree", "say how much of a project its client hears", ("administrator", "manager")),
    Permission("sample.draw", "give the client's half of a sample's seed", ("client_owner",)),
    Permission("agents.move", "let agents serve other queues for now", _LEADERS, ("desk.act",)),
    Permission("requests.read", "read requests between the centre and a client", (*_READERS, *CLIENT_ROLES)),
    Permission("requests.act", "ask, answer, promise, escalate and accept there", (*_LEADERS, "client_owner")),
    Permission("requests.agree", "set the time within which requests are answered", ("administrator", "manager")),
    Permission("alarms.manage", "take alarms over, and change the rules by which they rise", _LEADERS, ("desk.act",)),
)

BY_NAME: Final[Mapping[str, Permission]] = {permission.name: permission for permission in PERMISSIONS}
SCOPES: Final[frozenset[str]] = frozenset(scope for permission in PERMISSIONS for scope in permission.scopes)
INSTALLATION_SCOPES: Final[frozenset[str]] = frozenset({"floor.replicate"})
"""For Markaz' own parts; nobody can make a key with one."""


Reach = Literal["centre", "client", "own", "none"]
"""Whose rows: the whole centre's, one client's, what is one's own, or nobody's."""


def _reach(
    centre: tuple[Role, ...] = (), client: tuple[Role, ...] = (), own: tuple[Role, ...] = ()
) -> dict[Role, Reach]:
    reach: dict[Role, Reach] = dict.fromkeys(ROLES, "none")
    steps: tuple[tuple[tuple[Role, ...], Reach], ...] = ((own, "own"), (client, "client"), (centre, "centre"))
    for roles, how_far in steps:
        for role in roles:
            reach[role] = how_far
    return reach


_NOBODY: Final = _reach()


@dataclass(frozen=True, slots=True)
class Visible:
    """Which rows of a table a role sees, may change and may delete, when the web asks."""

    read: Mapping[Role, Reach] = field(default_factory=lambda: _NOBODY)
    change: Mapping[Role, Reach] = field(default_factory=lambda: _NOBODY)
    delete: Mapping[Role, Reach] = field(default_factory=lambda: _NOBODY)


_EDITED: Final = _reach(BY_NAME["organisation.edit"].roles)
_OF_STAFF: Final = Visible(_reach(STAFF_ROLES), _EDITED)
_SHARED: Final = Visible(_reach(STAFF_ROLES, CLIENT_ROLES), _EDITED)
_CONTACTS: Final = Visible(_reach(_READERS, CLIENT_ROLES, ("agent",)))
_RECORDINGS: Final = Visible(_reach(("administrator", "manager", "supervisor", "quality_analyst"), ("client_owner",)))
_IMPORTED: Final = Visible(_reach(_READERS))
_ENTERED: Final = Visible(_reach(_READERS, CLIENT_ROLES, ("agent",)))
"""Changed in one's own name alone, which no row of somebody else's shows."""
_FIGURES: Final = _reach(_READERS, CLIENT_ROLES)
_WEBHOOKS: Final = Visible(_reach(("administrator",)), _reach(("administrator",)))
_REQUESTS: Final = Visible(_reach(_READERS, CLIENT_ROLES), _reach(_LEADERS, ("client_owner",)))
_RESPONSE_TIMES: Final = Visible(_reach(_READERS, CLIENT_ROLES), _EDITED)
_HIDDEN: Final = Visible()
_MANAGED: Final = _reach(("administrator", "manager"), ("client_owner",))
_ACCOUNTS: Final = _reach(("administrator", "manager"), ("client_owner",), ROLES)

TABLES: Final[Mapping[str, Visible]] = {
    "centre": Visible(_reach(ROLES), _EDITED),
    "client": _SHARED,
    "project": _SHARED,
    "queue": _SHARED,
    "number": _SHARED,
    "skill": _OF_STAFF,
    "team": _OF_STAFF,
    "agent": _OF_STAFF,
    "calendar": _OF_STAFF,
    "prompt": _OF_STAFF,
    "flow": _OF_STAFF,
    "script": _OF_STAFF,
    "script_version": Visible(_reach(STAFF_ROLES)),
    "disposition": _SHARED,
    "not_ready_reason": _OF_STAFF,
    "sound": Visible(_reach(STAFF_ROLES)),
    "trunk": Visible(_EDITED, _EDITED),
    "organisation_change": Visible(_EDITED),
    "floor": Visible(_reach(ROLES)),
    "floor_live": Visible(_reach(_READERS)),
    "inbox": _HIDDEN,
    "phone": Visible(
        _reach(("manager", "supervisor", "quality_analyst", "agent")),
        _reach(("supervisor",), own=("agent",)),
        _reach(("supervisor",), own=("agent",)),
    ),
    "projection": Visible(_reach(ROLES)),
    "contact": _CONTACTS,
    "contact_segment": _CONTACTS,
    "queue_visit": _CONTACTS,
    "engagement": _CONTACTS,
    "journal_contact": _CONTACTS,
    "recording": _RECORDINGS,
    "recording_pause": _RECORDINGS,
    "agent_activity": Visible(_reach(_READERS, own=("agent",))),
    "journal": Visible(_reach(_READERS, own=("agent",))),
    "checkpoint": _HIDDEN,
    "imported_floor": _IMPORTED,
    "imported_file": _IMPORTED,
    "imported_contact": _IMPORTED,
    "account": Visible(_ACCOUNTS, _ACCOUNTS),
    "session": Visible(_reach(own=ROLES), delete=_reach(own=ROLES)),
    "invitation": Visible(_MANAGED, _MANAGED),
    "api_key": Visible(_reach(("administrator",)), _reach(("administrator",))),
    "audit_entry": Visible(_reach(("administrator", "manager"), ("client_owner",))),
    "permission": Visible(_reach(ROLES)),
    "contact_form": _ENTERED,
    "contact_note": _ENTERED,
    "wrap_up": _ENTERED,
    "kept_answer": Visible(_reach(own=ROLES), _reach(own=ROLES), _reach(own=ROLES)),
    "webhook": _WEBHOOKS,
    "webhook_delivery": _WEBHOOKS,
    "webhook_attempt": Visible(_reach(("administrator",))),
    "credential": _HIDDEN,
    "recovery_code": _HIDDEN,
    "account_identity": _HIDDEN,
    "one_time_link": _HIDDEN,
    "known_device": _HIDDEN,
    "sign_in_attempt": _HIDDEN,
    "second_factor_challenge": _HIDDEN,
    "throttle": _HIDDEN,
    "embed_token": _HIDDEN,
    "seal": _HIDDEN,
    "audit_head": _HIDDEN,
    "report_version": Visible(_FIGURES, _reach(("administrator", "manager"), ("client_owner",))),
    "report_delivery": Visible(_FIGURES),
    "report_sending": Visible(_FIGURES),
    "report_wish": Visible(_FIGURES),
    "recording_play": _RECORDINGS,
    "recording_comment": _RECORDINGS,
    "sample_terms": _RECORDINGS,
    "sample_day": Visible(_RECORDINGS.read, _reach(client=("client_owner",))),
    "sample_contact": _RECORDINGS,
    "request": _REQUESTS,
    "request_entry": Visible(_reach(_READERS, CLIENT_ROLES)),
    "response_time": _RESPONSE_TIMES,
    "alarm": Visible(_reach(_READERS), _reach(_LEADERS)),
    "alarm_rule": Visible(_reach(_READERS), _reach(_LEADERS)),
}
"""Every table there is. A new one needs its row here, policies in its migration, and a row in the walk's world
(`tests/web/walk`). A manager changes everybody's account but administrators'."""


def permissions_of(roles: tuple[Role, ...]) -> frozenset[str]:
    return frozenset(permission.name for permission in PERMISSIONS if set(permission.roles) & set(roles))


def permissions_of_scopes(scopes: frozenset[str]) -> frozenset[str]:
    return frozenset(permission.name for permission in PERMISSIONS if scopes.intersection(permission.scopes))


def write_permissions(connection: psycopg.Connection[Any]) -> None:
    """Make the database's copy what this table says, within the caller's transaction."""
    wanted = {
        (permission.name, holder)
        for permission in PERMISSIONS
        for holder in (*(f"role:{role}" for role in permission.roles), *(f"scope:{one}" for one in permission.scopes))
    }
    known = {(name, holder) for name, holder in connection.execute("SELECT permission, holder FROM permission")}
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM permission WHERE (permission, holder) = (%s, %s)", sorted(known - wanted))
        cursor.executemany("INSERT INTO permission (permission, holder) VALUES (%s, %s)", sorted(wanted - known))
