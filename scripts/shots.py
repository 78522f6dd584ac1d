"""What `make screenshots` takes: every page, as somebody with a role sees it."""

from dataclasses import dataclass
from typing import Any

import heard
from desk_in_call import State
from markaz.identity import Role


@dataclass(frozen=True)
class Shot:
    """A page as somebody with `role` sees it, between the commands `before` and `after`; None: nobody is signed in.

    `call`: what the call of a customer to that desk has come to.
    """

    name: str
    path: str
    role: Role | None
    before: tuple[tuple[str, str, dict[str, Any] | None], ...] = ()
    call: State | None = None
    after: tuple[tuple[str, str, dict[str, Any] | None], ...] = ()


SIGNED_IN = ("POST", "/api/agents/amira/sign-in", None)
SIGNED_OUT = ("POST", "/api/agents/amira/sign-out", None)
CALL_OVER = (("POST", "/api/agents/amira/wrap-up", {}), SIGNED_OUT)
OTHERWISE = ("POST", "/api/agents/amira/not-ready", {"reason": "lunch"})
WANTED = ("POST", "/api/requests", {"kind": "change", "project": "hotline", "words": "Please greet callers by name."})
ASKED = ("POST", "/api/requests", {"kind": "data", "project": "hotline", "words": "The new list of branches, please."})
BORIS_AWAY = (("POST", "/api/agents/boris/sign-in", None), ("POST", "/api/agents/boris/not-ready", {"reason": "lunch"}))
ALARMING = ("PUT", "/api/alarm-rules/not_ready", {"limit": 0})
LISTS = (
    "numbers", "calendars", "prompts", "flows", "trunks", "clients", "projects", "queues", "scripts", "dispositions",
    "not_ready_reasons", "agents", "teams", "skills", "users", "keys", "webhooks", "import", "history",
)  # fmt: skip
PAGES = (
    Shot("sign-in", "/sign-in", None),
    Shot("enter", "/enter/no-such-link", None),
    Shot("desk-before", "/desk", "agent"),
    Shot("desk-not-ready", "/desk", "agent", (SIGNED_IN, OTHERWISE), after=(SIGNED_OUT,)),
    Shot("desk-offered", "/desk", "agent", call="offered", after=CALL_OVER),
    Shot("desk-in-call", "/desk", "agent", call="in_call", after=CALL_OVER),
    Shot("desk-wrap-up", "/desk", "agent", call="wrap_up", after=CALL_OVER),
    Shot("account", "/account", "agent"),
    Shot("new-number", "/administration/new-number", "administrator"),
    Shot("queue", "/administration/queues?open=general", "administrator"),
    Shot("script", "/administration/scripts/hotline", "administrator"),
    Shot("centre", "/administration/centre", "administrator"),
    *(Shot(name, f"/administration/{name}", "administrator") for name in LISTS),
    Shot("audit", "/audit", "administrator"),
    Shot("nowhere", "/no-such-page", "administrator"),
    Shot("contacts", "/contacts", "supervisor"),
    Shot("contact", f"/contacts?open={heard.OPEN}", "supervisor"),
    Shot("listen", f"/listen?day={heard.DRAWN}&open={heard.OPEN}", "quality_analyst"),
    Shot("listen-draw", f"/listen?day={heard.SEALED}", "client_owner"),
    Shot("requests", "/requests", "manager", (ASKED,)),
    Shot("requests-new", "/requests?open=%2B", "client_owner", (WANTED,)),
    Shot("today", "/today", "client_owner"),
    Shot("floor", "/floor", "supervisor", BORIS_AWAY),
    Shot("floor-queue", "/floor?open=queue:general", "supervisor"),
    Shot("floor-agent", "/floor?open=agent:boris", "supervisor"),
    Shot("floor-pause", "/floor?open=pause", "supervisor"),
    Shot("floor-wall", "/floor/wall", "supervisor"),
    Shot("floor-rules", "/floor?open=rules", "supervisor"),
    Shot("floor-alarm", "/floor", "supervisor", (*BORIS_AWAY, ALARMING)),
    Shot("reports", f"/reports?delivery={heard.DELIVERED}", "client_owner"),
    Shot("reports-new", "/reports?open=%2B", "manager"),
    Shot("feedback", "/feedback", "supervisor"),
)
