"""Asterisk takes calls from the organisation's trunks even when it starts while no floor is there."""

from pathlib import Path

import psycopg

from markaz import organisation
from markaz.bootstrap import Settings
from markaz.bootstrap.addresses import Addresses
from markaz.bootstrap.asterisk import known_trunks, managed_asterisk
from markaz.demo.centre import document
from markaz.telephony import AsteriskProgram

ADDRESSES = Addresses(
    host="127.0.0.1", sip_port=1, http_port=2, manager_port=3, web_port=4, rtp_ports=(20_000, 20_099)
)  # fmt: skip


async def test_the_trunks_are_in_the_file_under_names_that_the_floor_does_not_push(
    database: str, asterisk_program: AsteriskProgram, tmp_path: Path
) -> None:
    async with await psycopg.AsyncConnection.connect(database) as connection, connection.transaction():
        bank = document(agents=1, trunk_host="127.0.0.1", trunk_port=5066)
        await organisation.apply(connection, bank, floor="main")
    settings = Settings(home=tmp_path, database_url=database)
    trunks = await known_trunks(settings)
    assert trunks is not None
    assert [(trunk.id, trunk.prefixes) for trunk in trunks] == [("customers", ("+49",))]
    (tmp_path / "asterisk-root").symlink_to(_root(asterisk_program))
    text = managed_asterisk(settings, ADDRESSES, trunks)._files["pjsip.conf"]
    assert "[trunk-standby.customers]\ntype=identify\nendpoint=trunk-standby.customers\nmatch=127.0.0.1\n" in text
    assert "[trunk-customers]" not in text


async def test_asterisk_does_not_wait_for_a_database_that_is_away(tmp_path: Path) -> None:
    assert await known_trunks(Settings(home=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/none")) is None
    assert await known_trunks(Settings(home=tmp_path)) is None, "ours does not run"


def _root(program: AsteriskProgram) -> Path:
    """The private root that the program comes from."""
    return next((part for part in program.executable.parents if part.name == "asterisk-root"), Path("/"))
