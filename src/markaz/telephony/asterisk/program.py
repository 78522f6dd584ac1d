"""Where Asterisk and espeak-ng are on this machine, and how each is started.

A program of the private root (see `private_root`) runs through the root's own dynamic loader with the root's own
libraries, so that it needs neither a chroot nor administrator's rights nor a system of the same age.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markaz.kit.errors import MarkazError

VERSION_MIN: Final = (20, 20)
"""The oldest Asterisk that is used: earlier ones lack REST over the events' WebSocket fixes and have ARI deadlocks."""

ROOT_VARIABLE: Final = "MARKAZ_ASTERISK_ROOT"
ROOT_NAME: Final = "asterisk-root"
_PROBE_SECONDS_MAX: Final = 20


@dataclass(eq=False)
class AsteriskMissing(MarkazError):
    """{problem}; build a private Asterisk with: make setup"""

    code = "asterisk_missing"
    problem: str


@dataclass(eq=False)
class EspeakMissing(MarkazError):
    """There is no espeak-ng on this machine nor in {root}; get one with: make setup"""

    code = "espeak_missing"
    root: Path


@dataclass(frozen=True, slots=True)
class AsteriskProgram:
    """One Asterisk that can be started: `loader` is the argv prefix of a private root, `()` for the system's."""

    executable: Path
    modules: Path
    data: Path
    version: str
    loader: tuple[str, ...]

    def command(self, *arguments: str) -> list[str]:
        """The argv that runs Asterisk with `arguments`."""
        return [*self.loader, str(self.executable), *arguments]


def find_program(home: Path) -> AsteriskProgram:
    """The Asterisk to use: the one that `MARKAZ_ASTERISK_ROOT` names, else the system's, else the one under `home`.

    Raises `AsteriskMissing`.
    """
    if os.environ.get(ROOT_VARIABLE):
        return program_in(_private_root(home))
    return system_program() or program_in(_private_root(home))


def system_program() -> AsteriskProgram | None:
    """The system's own Asterisk, or `None` when there is none, it is too old, or its modules cannot be found."""
    found = shutil.which("asterisk", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin:/usr/local/sbin")
    if found is None:
        return None
    version = _version([found])
    modules = _first_with("pbx_config.so", _system_module_folders())
    data = _first_with("documentation", [Path("/usr/share/asterisk"), Path("/var/lib/asterisk")])
    if version is None or not new_enough(version) or modules is None or data is None:
        return None
    return AsteriskProgram(executable=Path(found), modules=modules, data=data, version=version, loader=())


def program_in(root: Path) -> AsteriskProgram:
    """The Asterisk of the private root `root`. Raises `AsteriskMissing` when it is not there or does not run."""
    executable = root / "usr/sbin/asterisk"
    if not executable.is_file():
        raise AsteriskMissing(problem=f"There is no Asterisk {VERSION_MIN[0]}.{VERSION_MIN[1]} or newer in {root}")
    loader = loader_of(root)
    version = _version([*loader, str(executable)])
    if version is None or not new_enough(version):
        raise AsteriskMissing(problem=f"The Asterisk in {root} does not run here or is too old")
    modules = _first_with("pbx_config.so", list(root.glob("usr/lib/*/asterisk/modules")))
    if modules is None:
        raise AsteriskMissing(problem=f"The Asterisk in {root} has no modules")
    return AsteriskProgram(
        executable=executable, modules=modules, data=root / "usr/share/asterisk", version=version, loader=loader
    )


def find_espeak(home: Path) -> list[str]:
    """The argv prefix that runs espeak-ng: the system's, else the private root's. Raises `EspeakMissing`."""
    if found := shutil.which("espeak-ng"):
        return [found]
    return espeak_in(_private_root(home))


def espeak_in(root: Path) -> list[str]:
    """The argv prefix that runs the private root's espeak-ng. Raises `EspeakMissing`."""
    executable = root / "usr/bin/espeak-ng"
    voices = _first_with("phontab", list(root.glob("usr/lib/*/espeak-ng-data")))
    if not executable.is_file() or voices is None:
        raise EspeakMissing(root=root)
    return [*loader_of(root), str(executable), f"--path={voices.parent}"]


def loader_of(root: Path) -> tuple[str, ...]:
    """The argv prefix that runs a program of `root` with `root`'s own libraries. Raises `AsteriskMissing`."""
    loaders = [
        file for folder in ("lib64", "lib", "usr/lib64", "usr/lib", "usr/lib/*") for file in _loaders(root, folder)
    ]
    # libpulse, which espeak-ng links to, keeps its common part in a folder of its own.
    patterns = ("usr/lib/*-linux-gnu*", "usr/lib/*-linux-gnu*/pulseaudio")
    libraries = [str(folder) for pattern in patterns for folder in sorted(root.glob(pattern))] + [str(root / "usr/lib")]
    if not loaders:
        raise AsteriskMissing(problem=f"The private root {root} has no dynamic loader")
    return (str(loaders[0]), "--library-path", ":".join(libraries))


def _private_root(home: Path) -> Path:
    """The named root, else `home`'s, else the one that `make setup` put beside the environment we run in."""
    if named := os.environ.get(ROOT_VARIABLE):
        return Path(named).resolve()
    beside = Path(sys.prefix).parent / ".markaz" / ROOT_NAME
    own = home.resolve() / ROOT_NAME
    return own if own.exists() or not beside.exists() else beside


def new_enough(version: str) -> bool:
    """Whether `version` ("22.10.1") is one that Markaz works with."""
    numbers = [int(part) for part in re.findall(r"\d+", version)[:2]]
    return tuple(numbers) >= VERSION_MIN


def _loaders(root: Path, folder: str) -> list[Path]:
    return [path for path in sorted(root.glob(f"{folder}/ld-linux*.so.*")) if path.is_file()]


def _version(command: list[str]) -> str | None:
    try:
        answer = subprocess.run(
            [*command, "-V"], capture_output=True, text=True, timeout=_PROBE_SECONDS_MAX, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"Asterisk\s+(?:certified[/-])?(\d+(?:\.\d+)+)", answer.stdout)
    return match.group(1) if match and answer.returncode == 0 else None


def _system_module_folders() -> list[Path]:
    folders = [Path("/usr/lib/asterisk/modules"), Path("/usr/lib64/asterisk/modules")]
    return [*sorted(Path("/usr/lib").glob("*-linux-gnu*/asterisk/modules")), *folders]


def _first_with(name: str, folders: list[Path]) -> Path | None:
    return next((folder for folder in folders if (folder / name).exists()), None)
