"""How entries of an organisation look in the OpenAPI document: as the files' own structs say."""

from typing import Any

import msgspec

from markaz.organisation import SECTIONS, Change, Document, NewNumber, PublishedScript

PREFIX = "Organisation"
"""Before each name, for desks' commands have shapes called alike."""
ENTRY = f"{PREFIX}Entry"

_CALLED_ALIKE = {"markaz.organisation.model.Queue": "Queue", "markaz.flows.nodes.Queue": "FlowQueue"}


def entry_schemas() -> dict[str, Any]:
    """Components for every section's entry, and `OrganisationEntry` for any of them."""
    kinds = [*SECTIONS.values(), Document, Change, PublishedScript, NewNumber]
    shown, found = msgspec.json.schema_components(kinds, ref_template="{name}")
    components = {_name(name): _renamed(schema) for name, schema in found.items()}
    entries = [_renamed(shape) for kind, shape in zip(kinds, shown, strict=True) if kind in SECTIONS.values()]
    return components | {ENTRY: {"title": ENTRY, "anyOf": entries}}


def _name(name: str) -> str:
    return PREFIX + _CALLED_ALIKE.get(name, name)


def _renamed(schema: Any) -> Any:
    """With every reference to a component as OpenAPI writes it."""
    match schema:
        case {"$ref": str(name)}:
            return {**schema, "$ref": ref(name)}
        case {"discriminator": {"mapping": dict(mapping)}}:
            discriminator = {**schema["discriminator"], "mapping": {tag: ref(name) for tag, name in mapping.items()}}
            rest = {key: _renamed(value) for key, value in schema.items() if key != "discriminator"}
            return {**rest, "discriminator": discriminator}
        case dict():
            return {key: _renamed(value) for key, value in schema.items()}
        case list():
            return [_renamed(value) for value in schema]
        case _:
            return schema


def ref(name: str) -> str:
    """Where the component for a struct of that name is."""
    return f"#/components/schemas/{_name(name)}"


def json_of(schema: str, *, description: str = "OK") -> dict[str, Any]:
    """A response whose body is that struct."""
    content = {"application/json": {"schema": {"$ref": ref(schema)}}}
    return {"description": description, "content": content}
