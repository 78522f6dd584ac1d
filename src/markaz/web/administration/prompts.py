"""Sounds of prompts, uploaded and heard again."""

import asyncio
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from markaz import organisation
from markaz.telephony import SoundUnreadable, telephone_wav
from markaz.web.administration.asking import REFUSALS, Edited, Editor, IfMatch, Reader, finished, version_of
from markaz.web.bodies import body_of
from markaz.web.commands import ANY
from markaz.web.context import Transaction
from markaz.web.idempotency import Once
from markaz.web.problems import refusals

SOUND_BYTES_MAX = 60_000_000
"""300 seconds at 48 kHz in stereo, the longest prompt that studios deliver."""

PromptPath = Annotated[str, Path(max_length=100, examples=["greeting"])]

router = APIRouter(route_class=Once, prefix="/api/prompts/{prompt}/sound", tags=["organisation"])


@router.post(
    "",
    responses=refusals(*REFUSALS, SoundUnreadable, organisation.SoundsFull),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(
    prompt: PromptPath,
    request: Request,
    editor: Editor,
    if_match: IfMatch = None,
    dry_run: Annotated[bool, Query()] = False,
) -> Edited:
    """Let the prompt be this sound (16-bit PCM WAV, 300 seconds at most), in telephone quality; adds the prompt."""
    version = version_of(if_match)
    data = await body_of(request, SOUND_BYTES_MAX)
    wav = await asyncio.to_thread(telephone_wav, data)
    document = await organisation.load(editor.connection, editor.centre)
    present = next((one for one in document.prompts if one.id == prompt), None) if document is not None else None
    async with editor.connection.transaction(force_rollback=dry_run):
        sound = await organisation.keep_sound(editor.connection, editor.centre, wav)
        entry = organisation.Prompt(id=prompt, sound=sound, language="en" if present is None else present.language)
        asked = organisation.Edit(section="prompts", id=prompt, entry=msgspec.to_builtins(entry))
        made = await organisation.edit(
            editor.connection, editor.centre, [asked], made_by=editor.name, how="sound", version=version
        )  # fmt: skip
    return await finished(editor, made, dry_run)


@router.get(
    "",
    response_class=Response,
    responses={200: {"content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}}
    | refusals(*ANY, organisation.SoundUnknown),
)
async def heard(prompt: PromptPath, reader: Reader, connection: Transaction) -> Response:
    """The uploaded sound as customers hear it."""
    prompts = await organisation.prompts(connection, centre=reader.centre)
    sound = next((one.sound for one in prompts if one.id == prompt), None)
    wav = None if sound is None else await organisation.sound(connection, reader.centre, sound)
    if wav is None:
        raise organisation.SoundUnknown(prompt)
    return Response(wav, media_type="audio/wav")
