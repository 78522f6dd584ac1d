"""Writes the generated parts of the documentation from what the code declares.

The layers' diagram in ARCHITECTURE.md comes from the import contracts in pyproject.toml, docs/diagrams/*.md from the
transition tables in `markaz.routing`, docs/permissions.md from `markaz.identity` and the endpoints of `markaz.web`,
docs/guide/figures.md from the catalogue of figures.
`check_docs.py` fails when a committed file differs from what this one writes.
"""

import base64
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from fastapi import FastAPI

from markaz.flows import REACTIONS
from markaz.identity import CLIENT_ROLES, PERMISSIONS, ROLES, STAFF_ROLES, TABLES, Role, Visible
from markaz.reports import words_in
from markaz.reports.catalogue import CATALOGUE
from markaz.requests import TRANSITIONS as REQUEST_TRANSITIONS
from markaz.routing import CONTACT_TRANSITIONS, ENGAGEMENT_TRANSITIONS, PRESENCE_TRANSITIONS
from markaz.web import Endpoint, WebSettings, create_app, endpoints

ROOT = Path(__file__).resolve().parent.parent
BEGIN = "<!-- generated: layers -->"
END = "<!-- end of generated -->"

Arrows = dict[tuple[str, str], list[str]]
State = TypeVar("State", bound=str)


def documents() -> dict[Path, str]:
    """The text that each generated file must have."""
    architecture = ROOT / "ARCHITECTURE.md"
    texts = {architecture: with_layers(architecture.read_text())}
    routing, flows = "src/markaz/routing/transitions.py", "src/markaz/flows/visit.py"
    pages = {
        "contact": (
            "A contact is one customer's attempt on one channel, from arrival to closure",
            arrows_of(CONTACT_TRANSITIONS),
            routing,
        ),
        "engagement": (
            "An engagement is an agent's part in a contact, from the offer to the end",
            arrows_of(ENGAGEMENT_TRANSITIONS),
            routing,
        ),
        "presence": (
            "An agent's presence is whether the agent may be offered contacts",
            arrows_of(PRESENCE_TRANSITIONS),
            routing,
        ),
        "self_service": (
            "A visit to self-service is one contact's walk through a flow, until it is handed over or gone",
            arrows_of_reactions(),
            flows,
        ),
    }
    pages["request"] = (
        "A request is something that a centre or its client asks of the other side, which owes the answer",
        arrows_of(REQUEST_TRANSITIONS),
        "src/markaz/requests/machine.py",
    )
    for name, (meaning, arrows, source) in pages.items():
        texts[ROOT / "docs/diagrams" / f"{name}.md"] = state_page(meaning, arrows, source)
    texts[ROOT / "docs/permissions.md"] = permissions_page()
    texts[ROOT / "docs/guide/figures.md"] = figures_page()
    return texts


def with_layers(text: str) -> str:
    """`text` with its generated part made anew. Raises `ValueError` when the marks are gone."""
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended):
        raise ValueError(f"ARCHITECTURE.md has lost the marks {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{layers_diagram()}\n{END}{after}"


def layers_diagram() -> str:
    """The layers of the import contract, highest first; an arrow means "may import"."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = configuration["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["id"] == "layers")["layers"]
    rows = [[name.strip() for name in layer.split("|")] for layer in layers]
    lines = ["```mermaid", "flowchart TD"]
    lines += [f'    {row[0]}_row["{"&nbsp;&nbsp;&nbsp;".join(row)}"]' for row in rows]
    lines += [f"    {upper[0]}_row --> {lower[0]}_row" for upper, lower in pairwise(rows)]
    return "\n".join([*lines, "```"])


def arrows_of(transitions: Mapping[State, Mapping[str, State]]) -> Arrows:
    """Which triggers lead from one state to another."""
    arrows: Arrows = {}
    for state, moves in transitions.items():
        for trigger, target in moves.items():
            arrows.setdefault((state, target), []).append(trigger)
    return arrows


def arrows_of_reactions() -> Arrows:
    """The same of the self-service table, whose triggers may lead to several phases, as the flow says."""
    arrows: Arrows = {}
    for (phase, trigger), (_, targets) in REACTIONS.items():
        for target in targets:
            arrows.setdefault((phase, target), []).append(trigger)
    return arrows


def state_page(meaning: str, arrows: Arrows, source: str) -> str:
    """One page with a state diagram; it begins in the first state, and states that nothing leaves are its ends."""
    left = dict.fromkeys(state for state, _ in arrows)
    ends = dict.fromkeys(target for _, target in arrows if target not in left)
    lines = [f"    [*] --> {next(iter(left))}"]
    lines += [f"    {state} --> {target}: {', '.join(triggers)}" for (state, target), triggers in arrows.items()]
    lines += [f"    {state} --> [*]" for state in ends]
    diagram = "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])
    note = f"Generated by `make docs` from the table in `{source}`; edit that."
    title = meaning.partition(" is ")[0]
    return f"# {title}\n\n{meaning}. {note}\n\n{diagram}\n"


PERMISSIONS_INTRODUCTION = """# Who may do and see what

Generated by `make docs` from `src/markaz/identity/permissions.py` and the endpoints of the web process; edit those.
A test (`tests/web/walk`) walks every endpoint and every table as every role and compares with this page.

The roles: %s are the centre's; %s belong to one client and never see another's.
"""


def permissions_page() -> str:
    """Permissions by role and scope, endpoints by permission and role, and whose rows of each table a role sees."""
    roles = [role.replace("_", " ") for role in ROLES]
    staff, clients = (", ".join(one.replace("_", " ") for one in of) for of in (STAFF_ROLES, CLIENT_ROLES))
    parts = [PERMISSIONS_INTRODUCTION % (staff, clients), "## Permissions", ""]
    parts += table(["permission", "to", *roles, "scopes of API keys"], (
        [f"`{one.name}`", one.meaning, *("yes" if role in one.roles else "" for role in ROLES),
         ", ".join(f"`{scope}`" for scope in one.scopes)]
        for one in PERMISSIONS
    ))  # fmt: skip
    parts += ["", "## Endpoints", "", "An agent acts as itself alone, whoever has `desk.act` as any agent.", ""]
    parts += table(["endpoint", "permission", *roles], map(endpoint_row, endpoints(described_app())))
    parts += ["", "## Tables", "", "Whose rows the web's role of the database reads, changes (*c*) and deletes (*d*)."]
    parts += ["One's own account is changed in name, language and looks alone. A manager changes no administrator, and"]
    parts += ["sees no invitation of one.", ""]
    parts += table(["table", *roles], ([f"`{name}`", *map(reach_cell(TABLES[name]), ROLES)] for name in sorted(TABLES)))
    return "\n".join(parts) + "\n"


def endpoint_row(endpoint: Endpoint) -> list[str]:
    """An endpoint and who may use it."""
    if endpoint.permission is None:
        granted, named = ["yes"] * len(ROLES), "everybody"
    elif endpoint.permission == "":
        granted, named = ["yes"] * len(ROLES), "whoever is signed in"
    else:
        holders = next(one.roles for one in PERMISSIONS if one.name == endpoint.permission)
        granted, named = ["yes" if role in holders else "" for role in ROLES], f"`{endpoint.permission}`"
    return [f"`{endpoint.method} {endpoint.path}`", named, *granted]


def reach_cell(visible: Visible) -> Callable[[Role], str]:
    """What of a table a role reaches, in a word."""

    def cell(role: Role) -> str:
        read = "" if visible.read[role] == "none" else visible.read[role]
        more = [mark for mark, of in (("c", visible.change), ("d", visible.delete)) if of[role] != "none"]
        return f"{read} *{''.join(more)}*" if more else read

    return cell


def table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    """A table in Markdown."""
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


FIGURES_INTRODUCTION = """# The catalogue of figures

Generated by `make docs` from `src/markaz/reports/catalogue` and `src/markaz/reports/words/en`; edit those. A report
that a centre and its client agree on is made of these. A figure is never edited: one that is defined anew gets a new
version, and what was agreed stays.

A word in braces is a parameter. Where there is nothing to count, a count is 0 and everything else is empty. A contact
counts in the interval in which it entered the queue, an offer in the one in which it was made
([decision 8](../decisions/0008-how-a-contact-is-counted.md)); how all this is computed says
[decision 32](../decisions/0032-a-catalogue-of-figures.md).
"""


def figures_page() -> str:
    """Every figure with its formula, unit, parameters, exclusions and what it may be grouped by."""
    parts, words = [FIGURES_INTRODUCTION], words_in("en")
    for figure in CATALOGUE.values():
        groups = ", ".join(sorted(figure.groups))
        parts += [
            f"## {figure.title(words)}",
            "",
            f"`{figure.name}`, version {figure.version}; {figure.unit}; by {groups}.",
            "",
        ]
        parts += [*figure.texts(words), ""]
        parts += [
            f"* `{name}`: {words.say(f'figures.parameter.{name}')}; {one.default!r} unless agreed otherwise"
            for name, one in figure.parameters.items()
        ]
        parts += [""] * bool(figure.parameters) + ([f"Source: {figure.source}.", ""] if figure.source else [])
    return "\n".join(parts).rstrip() + "\n"


def described_app() -> FastAPI:
    """The web application, to be looked at only."""
    key = base64.urlsafe_b64encode(bytes(32))
    settings = WebSettings(
        database_url="",
        floor="",
        sip_address=lambda: None,
        sip_socket="",
        encryption_key=key,
        clock=lambda: datetime.min.replace(tzinfo=UTC),
    )
    return create_app(settings)


def main() -> None:
    """Write every generated file that differs."""
    for path, text in documents().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"written: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
