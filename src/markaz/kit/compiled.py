"""Compiled modules, which `make compile` puts beside their sources: Python prefers them, so they must not be old."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from markaz.kit.errors import MarkazError

STAMP = "compiled.stamp"
"""In the package's folder: for each source a line with its digest and its name."""


@dataclass(eq=False)
class CompiledModulesStale(MarkazError):
    """The compiled modules of Markaz were built from other sources than those beside them ({source} differs): build
    them anew with `make compile`, or go without them with `make uncompile`.
    """

    code = "compiled_modules_stale"
    source: str


def stamp(package: Path, sources: Iterable[str]) -> str:
    """What the stamp says when modules were compiled from these files (relative to `package`) as they are now."""
    return "".join(f"{_digest(package / source)} {source}\n" for source in sources)


def check_compiled(package: Path) -> None:
    """Raise `CompiledModulesStale` when the compiled modules are not of the sources beside them; none is well."""
    try:
        lines = (package / STAMP).read_text().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        digest, _, source = line.partition(" ")
        if digest != _digest(package / source):
            raise CompiledModulesStale(source)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.exists() else "absent"
