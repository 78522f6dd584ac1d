"""Two centres, one of them with two clients, and a row of each table for each of them.

A row's labels say whose it is: `centre` (the first one's), `client` (its client bank's), `own` (the agent amal's), a
role's name (the account that has it), or `foreign` (the other centre's). Texts of others say so, so that a leak shows.
"""

import json
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.types.json import Json

from markaz.identity import CLIENT_ROLES, ROLES, Role

Row = tuple[dict[str, Any], set[str]]
CENTRE, CLIENT, OWN, FOREIGN = {"centre"}, {"centre", "client"}, {"centre", "client", "own"}, {"foreign"}
MOMENT: Final = "2026-11-25T12:00:00Z"

KEYS: Final[dict[str, str]] = {
    "centre": "id", "floor": "id", "inbox": "id", "floor_live": "floor", "phone": "floor || agent",
    "projection": "floor", "contact": "floor || contact", "contact_segment": "floor || contact",
    "queue_visit": "floor || contact", "engagement": "floor || offer", "journal_contact": "floor || contact",
    "recording": "floor || recording", "recording_pause": "floor || recording", "agent_activity": "floor || agent",
    "journal": "floor || number", "checkpoint": "floor", "imported_floor": "floor", "imported_file": "floor",
    "imported_contact": "floor || contact", "account": "id", "session": "id", "invitation": "id", "api_key": "id",
    "audit_entry": "centre || number", "permission": "permission || holder",
    "contact_form": "floor || contact", "contact_note": "floor || contact", "kept_answer": "asker",
    "wrap_up": "floor || agent || offer",
    "report_version": "centre || report", "report_delivery": "centre || report", "report_sending": "centre || report",
    "report_wish": "id",
    "request": "id", "request_entry": "request || n", "response_time": "centre || project",
    "alarm": "floor || id", "alarm_rule": "centre || kind",
    "webhook": "floor || id", "webhook_delivery": "floor", "webhook_attempt": "delivery",
} | dict.fromkeys(
    ("client", "project", "skill", "team", "queue", "agent", "calendar", "prompt", "flow", "trunk", "number", "script",
     "disposition", "not_ready_reason", "sound"),
    "centre || ' ' || id",
) | {"script_version": "centre || script", "organisation_change": "centre || number"} | dict.fromkeys(
    ("recording_play", "recording_comment"), "floor || recording"
) | dict.fromkeys(("sample_terms", "sample_day"), "floor || project") | {
    "sample_contact": "floor || contact"
}  # fmt: skip
"""What tells a table's rows apart, of the columns that the web may read; of others it reads nothing at all."""


SCRIPT: Final[dict[str, Any]] = {"name": "A script", "start": "end", "steps": {"end": {"type": "end"}}}
RULES: Final[dict[str, dict[str, Any]]] = {
    "calendar": {"zone": "UTC", "weekly": []}, "prompt": {"text": "Hello."}, "trunk": {"host": "192.0.2.1"},
    "flow": {"start": "end", "nodes": {"end": {"type": "disconnect"}}}, "script": SCRIPT,
    "not_ready_reason": {"label": "Lunch"}, "disposition": {"label": "Solved"},
}  # fmt: skip
"""What entries say beside what their columns do."""


def whole(table: str, columns: dict[str, Any]) -> dict[str, Any]:
    """The columns of a row, with rules that an organisation may have."""
    if table == "script_version" or "rules" not in columns:
        return columns
    said = {key: value for key, value in columns.items() if key not in ("centre", "rules", "id")}
    key = "number" if table == "number" else "id"
    return {**columns, "rules": Json({key: columns["id"], **said, **RULES.get(table, {})})}


def things(name: str, **columns: str) -> list[Row]:
    """Rows of an organisation's table, one a centre."""
    more = {} if name in ("calendar", "prompt", "flow", "trunk", "not_ready_reason") else {"name": f"A {name}"}
    foreign = {key: f"foreign-{value}" for key, value in columns.items()}
    return [
        ({"centre": "c", "id": f"a-{name}", "rules": Json({}), **more, **columns}, CENTRE),
        ({"centre": "d", "id": f"foreign-a-{name}", "rules": Json({}), **more, **foreign}, FOREIGN),
    ]


def of_client(name: str, columns: dict[str, str], *, ids: tuple[str, str, str]) -> list[Row]:
    """The same of what belongs to a client's project."""
    rows: list[Row] = []
    for whose, (centre, id_, labels) in enumerate(zip("ccd", ids, (CLIENT, CENTRE, FOREIGN), strict=True)):
        named = {} if name in ("number", "disposition") else {"name": ("Bank's", "Shopkeeper's", "Foreign")[whose]}
        related = {key: value.split()[whose] for key, value in columns.items()}
        rows.append(({"centre": centre, "id": id_, "rules": Json({}), **named, **related}, labels))
    return rows


def contacts(*columns: str, **more: Any) -> list[Row]:
    """Rows about the four contacts: amal's own with the bank, another of the bank's, the shop's, the other centre's."""
    whose = (("main", "own", OWN), ("main", "bank", CLIENT), ("main", "shop", CENTRE), ("foreign", "x", FOREIGN))
    rows: list[Row] = []
    for number, (floor, id_, labels) in enumerate(whose, 1):
        named = {column: number if column == "number" else id_ for column in columns}
        rows.append(({"floor": floor, **named, **more}, labels))
    return rows


def floors(**more: Any) -> list[Row]:
    return [({"floor": "main", **more}, CENTRE), ({"floor": "foreign", **more}, FOREIGN)]


def reports(*, columns: tuple[str, ...], **more: Any) -> list[Row]:
    """Rows about a report of the bank's, one of the shop's and one of the other centre's."""
    rows: list[Row] = []
    for centre, report, client, project, labels in (
        ("c", "r", "bank", "hotline", CLIENT), ("c", "Shopkeeper", "shop", "shopline", CENTRE),
        ("d", "foreign", "foreign-client", "foreign-line", FOREIGN),
    ):  # fmt: skip
        terms = {
            "name": report,
            "projects": [project],
            "figures": [{"figure": "offered"}],
            "interval": "day",
            "first_day": "2026-11-25",
        }
        floor = "main" if centre == "c" else "foreign"
        named = {"client": client, "terms": json.dumps(terms), "floor": floor}
        rows.append(({"centre": centre, "report": report, **{name: named[name] for name in columns}, **more}, labels))
    return rows


def projects(**more: Any) -> list[Row]:
    whose = (("main", "hotline", CLIENT), ("main", "shopline", CENTRE), ("foreign", "foreign-line", FOREIGN))
    return [({"floor": floor, "project": project, **more}, labels) for floor, project, labels in whose]


def _sampled() -> list[Row]:
    """Every contact was drawn."""
    rows = contacts("contact", day=MOMENT, hash="0", is_drawn=True)
    for (row, _), project in zip(rows, ("hotline", "hotline", "shopline", "foreign-line"), strict=True):
        row["project"] = project
    return rows


def agents(**more: Any) -> list[Row]:
    whose = (("main", "amal", CENTRE | {"own"}), ("main", "cyrus", CENTRE), ("foreign", "amal", FOREIGN))
    return [({"floor": floor, "agent": agent, **more}, labels) for floor, agent, labels in whose]


def _contacts() -> list[Row]:
    rows = contacts("contact", channel="voice", state="closed", arrived_at=MOMENT)
    projects = ("hotline", "hotline", "shopline", "foreign-line")
    for (row, _), project, customer in zip(rows, projects, ("+491", "+492", "Shopkeeper", "Foreign"), strict=True):
        row |= {"project": project, "customer": customer}
    return rows


def _engagements() -> list[Row]:
    rows = contacts("contact", "offer", queue="q", offered_at=MOMENT, state="over")
    for (row, _), agent in zip(rows, ("amal", "cyrus", "cyrus", "amal"), strict=True):
        row["agent"] = agent
    return rows


def _people(make: Any) -> list[Row]:
    """A row for each role's account, one for the shop's owner, and one for an administrator elsewhere."""
    rows: list[Row] = []
    for role in ROLES:
        client = "bank" if role in CLIENT_ROLES else None
        labels: set[str] = {"centre", role} | ({"client"} if client else set())
        rows.append((make(role, "c", [role], client), labels))
    rows.append((make("Shopkeeper", "c", ["client_owner"], "shop"), CENTRE))
    rows.append((make("foreign-person", "d", ["administrator"], None), FOREIGN))
    return rows


def _account(id_: str, centre: str, roles: list[str], client: str | None) -> dict[str, Any]:
    agent = "amal" if roles == ["agent"] else None
    return {"id": id_, "centre": centre, "name": id_, "roles": roles, "client": client, "agent": agent,
            "email": f"{id_.lower()}@example.org"}  # fmt: skip


def _session(id_: str, centre: str, roles: list[str], client: str | None) -> dict[str, Any]:
    return {"token": id_.encode(), "id": f"of {id_}", "account": id_, "how": "password", "address": "::1",
            "browser": "", "ends_at": "2100-01-01T00:00:00Z"}  # fmt: skip


def _invitation(id_: str, centre: str, roles: list[str], client: str | None) -> dict[str, Any]:
    return {"id": f"i {id_}", "token": id_.encode(), "centre": centre, "client": client, "roles": roles, "name": id_,
            "email": f"new-{id_.lower()}@example.org", "invited_by": "x",
            "expires_at": "2100-01-01T00:00:00Z"}  # fmt: skip


def _requests() -> list[Row]:
    """The bank's, the shop's, and the other centre's; each waits for the centre."""
    whose = (
        ("c", "bank", "asked", CLIENT), ("c", "shop", "Shopkeeper's question", CENTRE),
        ("d", "foreign-client", "foreign question", FOREIGN),
    )  # fmt: skip
    return [
        ({"id": id_, "centre": centre, "client": client, "asked_by": "client", "kind": "question", "state": "asked",
          "turn_since": MOMENT, "response_hours": 24, "due_at": "2100-01-01T00:00:00Z"}, labels)
        for centre, client, id_, labels in whose
    ]  # fmt: skip


def of_account(**more: Any) -> list[Row]:
    return [({"account": "agent", **more}, CENTRE), ({"account": "foreign-person", **more}, FOREIGN)]


def centres(**more: Any) -> list[Row]:
    return [({"centre": "c", **more}, CENTRE), ({"centre": "d", **more}, FOREIGN)]


def rows() -> dict[str, list[Row]]:
    """In the order in which they can be stored."""
    return {
        "centre": [({"id": "c", "name": "A centre"}, CENTRE), ({"id": "d", "name": "Foreign"}, FOREIGN)],
        "floor": [({"id": "main", "centre": "c"}, CENTRE), ({"id": "foreign", "centre": "d"}, FOREIGN)],
        "client": of_client("client", {}, ids=("bank", "shop", "foreign-client")),
        "project": of_client(
            "project", {"client": "bank shop foreign-client"}, ids=("hotline", "shopline", "foreign-line")
        ),
        "skill": things("skill"),
        "team": things("team"),
        "queue": of_client(
            "queue", {"project": "hotline shopline foreign-line"}, ids=("cards", "goods", "foreign-queue")
        ),
        "agent": [
            ({"centre": centre, "id": id_, "name": name, "rules": Json({})}, labels)
            for centre, id_, name, labels in (
                ("c", "amal", "Amal", CENTRE), ("c", "cyrus", "Cyrus", CENTRE), ("d", "amal", "Foreign Amal", FOREIGN),
            )
        ],
        "calendar": things("calendar"),
        "prompt": things("prompt"),
        "flow": things("flow"),
        "trunk": things("trunk"),
        "number": of_client(
            "number", {"project": "hotline shopline foreign-line", "flow": "a-flow a-flow foreign-a-flow"},
            ids=("+491", "+492", "+49999"),
        ),
        "script": things("script"),
        "script_version": [
            ({"centre": centre, "script": script, "version": 1, "rules": Json({"id": script, **SCRIPT})}, labels)
            for centre, script, labels in (("c", "a-script", CENTRE), ("d", "foreign-a-script", FOREIGN))
        ],
        "disposition": of_client(
            "disposition", {"project": "hotline shopline foreign-line"}, ids=("solved", "sold", "foreign-solved")
        ),
        "not_ready_reason": things("not_ready_reason"),
        "sound": [({"centre": centre, "id": id_, "wav": b""}, labels)
                  for centre, id_, labels in (("c", "s", CENTRE), ("d", "foreign-s", FOREIGN))],
        "organisation_change": centres(number=1, made_by="x", how="apply", edits=Json([])),
        "floor_live": floors(incarnation="one", body=Json({"spooling": False, "telephony": "up", "dropped": 0})),
        "inbox": floors(message=Json({})),
        "projection": floors(name="read_models", number=1),
        "checkpoint": floors(number=1, at=1, state=b""),
        "phone": agents(username="u", secret="s"),
        "agent_activity": agents(n=1, presence="ready", began_at=MOMENT),
        "contact": _contacts(),
        "contact_segment": contacts("contact", n=1, state="queued", began_at=MOMENT),
        "queue_visit": contacts("contact", n=1, queue="cards", entered_at=MOMENT),
        "engagement": _engagements(),
        "recording": contacts("contact", "recording", path="p", expected_at=MOMENT, state="present"),
        "recording_pause": contacts("recording", began_at=MOMENT),
        "journal": contacts("number", at=1, stimulus=Json({}), outputs=Json([])),
        "journal_contact": contacts("contact", "number"),
        "imported_floor": floors(),
        "imported_file": floors(n=1, name="f", sha256="", bytes=1, lines=1, account=Json({})),
        "imported_contact": contacts("contact", record="r"),
        "account": _people(_account),
        "session": [(row, labels - {"client"}) for row, labels in _people(_session)],
        "invitation": _people(_invitation),
        "api_key": [
            ({"id": f"k {row['centre']}", "token": row["centre"].encode(), "name": "k", "scopes": [], **row}, labels)
            for row, labels in centres()
        ],
        "audit_head": centres(number=3, hash=b""),
        "audit_entry": [
            ({"centre": centre, "number": number, "at": MOMENT, "actor": "", "actor_name": text, "address": "",
              "action": "", "subject": "", "client": client, "details": "{}", "hash": b""}, labels)
            for centre, number, text, client, labels in (
                ("c", 1, "Nobody's", None, CENTRE), ("c", 2, "Bank's", "bank", CLIENT),
                ("c", 3, "Shopkeeper's", "shop", CENTRE), ("d", 1, "Foreign", None, FOREIGN),
            )
        ],
        "credential": of_account(),
        "recovery_code": of_account(code=b""),
        "account_identity": [({"account": "agent", "centre": "c", "issuer": "i", "subject": "s"}, CENTRE)],
        "one_time_link": [({"token": b"x", "account": "agent", "expires_at": MOMENT}, CENTRE)],
        "known_device": of_account(token=b""),
        "sign_in_attempt": [({"id": "x", "account": "agent", "budgets": []}, CENTRE)],
        "second_factor_challenge": [({"token": b"x", "account": "agent", "expires_at": MOMENT}, CENTRE)],
        "embed_token": [
            ({"token": row["contact"].encode(), "project": "p", "customer": "c", "origin": "o", **row}, labels)
            for row, labels in contacts("contact", expires_at=MOMENT)
        ],
        "throttle": [({"key": "k", "failures": 1}, CENTRE)],
        "contact_form": contacts("contact", values=Json({}), author="x", saved_by="s"),
        "contact_note": contacts("contact", id="n", text="t", author="x", written_by="s"),
        "wrap_up": [
            ({"agent": "a", "offer": row["contact"], "note": "", "next_action": "", **row}, labels)
            for row, labels in contacts("contact", author="x", saved_by="s")
        ],
        "kept_answer": [
            ({"asker": role, "key": "k", "fingerprint": b"", "status": 200, "body": b"", "expires_at": MOMENT}, {role})
            for role in ROLES
        ],
        "report_version": reports(
            version=1, hash="h", state="agreed", proposed_by="centre", proposer="P", columns=("client", "terms")
        ),
        "report_delivery": reports(
            period_began=MOMENT, n=0, version=1, period_ended=MOMENT, due_at=MOMENT, rows="[]", sha256="h",
            journal_number=1, file=b"", columns=("client", "floor"),
        ),
        "report_sending": reports(period_began=MOMENT, n=0, recipient="a@b.example", columns=()),
        "report_wish": [
            ({"id": row["report"], **row}, labels)
            for row, labels in reports(period_began=MOMENT, kind="recompute", asked_by="P", columns=("client",))
        ],
        "alarm": floors(id="a", kind="waiting", subject="cards", parameters=Json({"waiting": 3})),
        "alarm_rule": [
            ({"centre": centre, "kind": "waiting", "limit": 3, "offered_min": 1, "after_seconds": 0,
              "clear_seconds": 0, "enabled": True}, labels)
            for centre, labels in (("c", CENTRE), ("d", FOREIGN))
        ],
        "webhook": floors(id="w", url="u", kinds=[], secret="s", number=0),
        "webhook_delivery": [
            ({"id": n, "webhook": "w", "fact": "f", "kind": "k", "body": "{}", **row}, labels)
            for n, (row, labels) in enumerate(floors(), 1)
        ],
        "request": _requests(),
        "request_entry": [
            ({"request": row["id"], "n": 1, "act": "ask", "words": row["id"]}, labels) for row, labels in _requests()
        ],
        "response_time": [
            ({"centre": centre, "project": project, "hours": 4}, labels)
            for centre, project, labels in (
                ("c", "hotline", CLIENT), ("c", "shopline", CENTRE), ("d", "foreign-line", FOREIGN),
            )
        ],
        "webhook_attempt": [
            ({"delivery": n, "n": 1, "milliseconds": 1}, labels) for n, (_, labels) in enumerate(floors(), 1)
        ],
        "recording_play": contacts("contact", "recording", id="p", purpose="play", author="x", played_by="s",
                                   expires_at=MOMENT),
        "recording_comment": contacts("contact", "recording", id="c", at_seconds=1, text="t", author="x",
                                      written_by="s"),
        "sample_terms": projects(from_day=MOMENT, share_basis_points=100, zone="UTC", author="x", agreed_by="s"),
        "sample_day": projects(
            day=MOMENT, zone="UTC", begins_at=MOMENT, ends_at=MOMENT, share_basis_points=100, commitment="c",
            centre_half="h", committed_at=MOMENT, sealed_at=MOMENT, contacts=2, manifest="m",
        ),
        "sample_contact": _sampled(),
    }  # fmt: skip


def build(connection: psycopg.Connection[Any]) -> dict[str, dict[str, set[str]]]:
    """Store it; of each table the labels of its rows by key."""
    labels: dict[str, dict[str, set[str]]] = {}
    for table, its_rows in rows().items():
        found = labels.setdefault(table, {})
        for row, whose in its_rows:
            columns = whole(table, row)
            statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join(map(sql.Placeholder, columns)),
                sql.SQL(KEYS.get(table, "1")),  # pyright: ignore[reportArgumentType]
            )
            (key,) = connection.execute(statement, columns).fetchone() or ("",)
            found[str(key)] = whose
    return labels


def reached(rows: dict[str, set[str]], reach: str, role: Role) -> set[str]:
    """The keys of the rows within a role's reach."""
    mine = {"centre": {"centre"}, "client": {"client", role}, "own": {"own", role} if role == "agent" else {role}}
    return {key for key, labels in rows.items() if labels & mine.get(reach, set())}
