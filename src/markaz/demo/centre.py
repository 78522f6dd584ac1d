"""The demo's centre: the bank of `bank.toml`, with as many agents as asked for."""

from pathlib import Path

import msgspec

from markaz.organisation import Document, read_document

ID = "demo"
"""The centre's id in that file."""
CLIENT = "bank"
"""The client there."""
BANK = Path(__file__).with_name("bank.toml")


def document(*, agents: int, trunk_host: str, trunk_port: int) -> Document:
    """The bank with `agents` agents (after the eight of the file, their like with numbers) and its one trunk there."""
    bank = read_document(BANK)
    patterns = bank.agents
    people = tuple(
        patterns[place]
        if place < len(patterns)
        else msgspec.structs.replace(
            patterns[place % len(patterns)],
            id=f"{patterns[place % len(patterns)].id}-{place // len(patterns) + 1}",
            name=f"{patterns[place % len(patterns)].name} {place // len(patterns) + 1}",
        )
        for place in range(agents)
    )
    trunks = tuple(msgspec.structs.replace(trunk, host=trunk_host, port=trunk_port) for trunk in bank.trunks)
    return msgspec.structs.replace(bank, agents=people, trunks=trunks)


def agents(bank: Document) -> list[str]:
    """The ids of the agents."""
    return [agent.id for agent in bank.agents]
