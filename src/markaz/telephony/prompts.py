"""What callers hear: prompts spoken ahead by espeak-ng or uploaded, kept as 8 kHz u-law files that Asterisk plays.

A spoken prompt is cached under a hash of its text, language and voice, so that it is made once.
"""

import asyncio
import hashlib
import itertools
import logging
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markaz.kit.errors import MarkazError
from markaz.telephony import sound

PROMPTS_MAX: Final = 100_000
PLACES_MAX: Final = 20
WAIT_MINUTES_MAX: Final = 30
RENDERERS_MAX: Final = 2
RENDER_SECONDS_MAX: Final = 30
WORDS_PER_MINUTE: Final = 150

log = logging.getLogger(__name__)


@dataclass(eq=False)
class PromptNotSpoken(MarkazError):
    """espeak-ng could not speak {text!r} in {language}: {why}"""

    code = "prompt_not_spoken"
    text: str
    language: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt to be spoken; `language` is one of espeak-ng's voices ("en", "ru", "ar", "fa", "vi")."""

    id: str
    text: str
    language: str = "en"


SYSTEM_TEXTS: Final[Mapping[str, str]] = {
    "please-wait": "Please stay on the line. We will be with you in a moment.",
    "leave-message": "Nobody can take your call right now. Please leave a message after the tone.",
    "goodbye": "Thank you. Goodbye.",
    "callback-promised": "We will call you back. You keep your place in the queue. Goodbye.",
    **{f"place-{n}": f"You are number {n} in the queue." for n in range(2, PLACES_MAX + 1)},
    "place-1": "You are next in the queue.",
    "place-more": f"There are more than {PLACES_MAX} callers before you.",
    "wait-0": "Your expected waiting time is less than a minute.",
    "wait-1": "Your expected waiting time is about one minute.",
    **{f"wait-{n}": f"Your expected waiting time is about {n} minutes." for n in range(2, WAIT_MINUTES_MAX + 1)},
    "wait-more": f"Your expected waiting time is more than {WAIT_MINUTES_MAX} minutes.",
}
"""What Markaz says by itself, in English; the files are named so that Asterisk finds them without us."""


class PromptShelf:
    """Where prompts lie: `folder`/system for our own, others by id. Media are ARI's `sound:` URIs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: dict[str, Path] = {}
        self.has_music = self._finds_music()
        """Whether who waits can be played something; looked at anew with each `replace`."""

    def replace(self, prompts: Mapping[str, Path]) -> None:
        """Prompt id -> its file; others can be played no more."""
        self.has_music = self._finds_music()
        if len(prompts) > PROMPTS_MAX:
            log.error("There are %d prompts; those after the first %d cannot be played", len(prompts), PROMPTS_MAX)
        self._paths = dict(itertools.islice(prompts.items(), PROMPTS_MAX))

    def _finds_music(self) -> bool:
        folder = self._folder / "music"
        return folder.is_dir() and any(folder.iterdir())

    def media(self, prompt: str) -> tuple[str, ...] | None:
        """None when there is no such prompt."""
        path = self._paths.get(prompt)
        return None if path is None else (_sound(path),)

    def system(self, *names: str) -> tuple[str, ...]:
        """Our own, one after the other."""
        return tuple(_sound(self._folder / "system" / name) for name in names)

    def place(self, position: int | None, expected_wait_seconds: int | None) -> tuple[str, ...]:
        """The place in the queue and the expected wait, whichever is known."""
        names: list[str] = []
        if position is not None:
            names.append(f"place-{position}" if position <= PLACES_MAX else "place-more")
        if expected_wait_seconds is not None:
            minutes = round(expected_wait_seconds / 60)
            names.append(f"wait-{minutes}" if minutes <= WAIT_MINUTES_MAX else "wait-more")
        return self.system(*names)


def _sound(path: Path) -> str:
    return f"sound:{path.with_suffix('')}"


class PromptPress:
    """Makes the files. `espeak` is the argv prefix that runs espeak-ng."""

    def __init__(self, *, espeak: Sequence[str], folder: Path) -> None:
        self._espeak = espeak
        self._folder = folder
        self._renderers = asyncio.Semaphore(RENDERERS_MAX)

    async def prepare(self) -> None:
        """Everything that Markaz says or plays by itself. Raises `PromptNotSpoken`."""
        for name, make in (("music/calm", sound.hold_music), ("system/beep", sound.beep)):
            path = self._folder / f"{name}.ulaw"
            if not path.exists():
                _write(path, sound.to_ulaw(make()))
        system = [Prompt(id=name, text=text) for name, text in SYSTEM_TEXTS.items()]
        for name, path in (await self.render(system)).items():
            link = self._folder / "system" / f"{name}.ulaw"
            if not link.exists():
                _write(link, path.read_bytes())

    async def render(self, prompts: Iterable[Prompt]) -> dict[str, Path]:
        """Speak each prompt that is not in the cache; prompt id -> file. Raises `PromptNotSpoken`."""
        wanted = list(prompts)
        paths = await asyncio.gather(*(self._spoken(prompt) for prompt in wanted))
        return {prompt.id: path for prompt, path in zip(wanted, paths, strict=True)}

    def uploaded(self, digest: str) -> Path | None:
        """The file of the WAV file with this SHA-256 (hex); None when it was not made here yet."""
        path = self._cached(digest)
        return path if path.exists() else None

    def upload(self, data: bytes) -> Path:
        """Keep an uploaded WAV file; its file. Raises `SoundUnreadable`."""
        samples, rate = sound.read_wav(data)
        path = self._cached(hashlib.sha256(data).hexdigest())
        if not path.exists():
            _write(path, sound.to_ulaw(sound.resample(samples, rate)))
        return path

    async def _spoken(self, prompt: Prompt) -> Path:
        key = "\0".join((prompt.text, prompt.language, str(WORDS_PER_MINUTE)))
        path = self._cached(hashlib.sha256(key.encode()).hexdigest())
        if not path.exists():
            async with self._renderers:
                data = await self._speak(prompt)
            _write(path, await asyncio.to_thread(_telephone_quality, data))
        return path

    def _cached(self, digest: str) -> Path:
        return self._folder / "cache" / f"{digest[:32]}.ulaw"

    async def _speak(self, prompt: Prompt) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *self._espeak, "-v", prompt.language, "-s", str(WORDS_PER_MINUTE), "--stdin", "--stdout",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(RENDER_SECONDS_MAX):
                output, complaint = await process.communicate(prompt.text.encode())
        except TimeoutError:
            process.kill()
            await process.wait()
            raise PromptNotSpoken(prompt.text, prompt.language, "it took too long") from None
        if process.returncode != 0 or not output:
            raise PromptNotSpoken(
                prompt.text, prompt.language, complaint.decode(errors="replace").strip() or "no sound"
            )
        return output


def _telephone_quality(wav: bytes) -> bytes:
    return sound.to_ulaw(sound.resample(*sound.read_wav(wav)))


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: Asterisk may look at any moment, and another process or thread may make the same prompt."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix="draft-", delete=False) as draft:
        draft.write(data)
    Path(draft.name).replace(path)
