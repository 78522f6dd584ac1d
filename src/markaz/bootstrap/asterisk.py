"""The Asterisk that Markaz runs: its settings, trunks and spoken prompts, from the home folder and the organisation."""

from pathlib import Path
from typing import Any

import psycopg

from markaz import organisation
from markaz.bootstrap.addresses import Addresses
from markaz.bootstrap.settings import Settings, secret
from markaz.telephony import (
    AsteriskServer,
    AsteriskSettings,
    Prompt,
    PromptPress,
    TrunkSettings,
    asterisk_files,
    find_espeak,
    find_program,
)


def asterisk_settings(settings: Settings, addresses: Addresses) -> AsteriskSettings:
    """How our Asterisk is set up; trunks and phones are pushed to it while it runs."""
    return AsteriskSettings(
        sip_address=addresses.host,
        sip_port=addresses.sip_port,
        media_address=addresses.host,
        rtp_port_first=addresses.rtp_ports[0],
        rtp_port_last=addresses.rtp_ports[1],
        http_port=addresses.http_port,
        manager_port=addresses.manager_port,
        ari_password=secret(settings, "ari"),
        manager_secret=secret(settings, "manager"),
        prompts=settings.prompts,
        recordings=settings.recordings,
    )


def managed_asterisk(settings: Settings, addresses: Addresses) -> AsteriskServer:
    """Not started yet. Raises `AsteriskMissing`."""
    settings.recordings.mkdir(parents=True, exist_ok=True)
    files = asterisk_files(asterisk_settings(settings, addresses))
    return AsteriskServer(find_program(settings.home), settings.home / "asterisk", files)


def prompt_press(settings: Settings) -> PromptPress:
    """Raises `EspeakMissing`."""
    return PromptPress(espeak=find_espeak(settings.home), folder=settings.prompts)


async def spoken_prompts(settings: Settings, connection: psycopg.AsyncConnection[Any]) -> dict[str, Path]:
    """Prompt id -> its file, spoken now where it was not before."""
    press = prompt_press(settings)
    prompts = await organisation.prompts(connection)
    spoken = [Prompt(id=one.id, text=one.text, language=one.language) for one in prompts if one.text is not None]
    paths = await press.render(spoken)
    for one in prompts:
        if one.file is not None:
            paths[one.id] = press.upload(Path(one.file).read_bytes())
    return paths


async def trunks_of(connection: psycopg.AsyncConnection[Any]) -> tuple[TrunkSettings, ...]:
    return tuple(
        TrunkSettings(
            id=trunk.id,
            host=trunk.host,
            port=trunk.port,
            match=(trunk.host,),
            username=trunk.username,
            password=trunk.password,
            prefixes=tuple(trunk.prefixes),
        )
        for trunk in await organisation.trunks(connection)
    )
