"""Compiles the floor's decisions (and the simulated world around them) with mypyc, in place; `--remove` undoes it.

The sources stay as they are and run as they are: compiled modules say and decide the same, only faster. Python takes
them first, so a stamp records what they were built from, and `import markaz` refuses old ones (`markaz.kit.compiled`).
"""

import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

SRC = Path(__file__).resolve().parent.parent / "src"
PACKAGE = SRC / "markaz"
GROUP = "markaz_floor"
SOURCES = (
    *(
        f"routing/{name}.py"
        for name in (
            "agents", "assigning", "callbacks", "configuring", "contacts", "conversations", "floor", "floor_state",
            "follow_ups", "lanes", "matching", "occupancy", "ordered", "parties", "parts", "recording", "supervision",
            "surveys",
            "timers", "transitions", "waiting", "wrapping_up",
        )
    ),
    "runtime/simulated/tally.py",
    "runtime/simulated/world.py",
)  # fmt: skip
"""What consists of msgspec structs (stimuli, effects, rules, state) is compiled already."""


def main() -> None:
    """Do it, or end with one sentence that says why not; without it Markaz runs on."""
    remove()
    if "--remove" in sys.argv[1:]:
        print("the floor runs as plain Python")
        return
    if (problem := missing()) is not None:
        sys.exit(
            f"markaz: {problem}, so nothing was compiled. Markaz works without: the floor runs as plain Python, slower "
            "(docs/benchmarks.md says by how much). To compile: apt-get install gcc python3-dev, then make compile."
        )
    build()
    from markaz.kit.compiled import STAMP, stamp

    (PACKAGE / STAMP).write_text(stamp(PACKAGE, SOURCES))
    print("the floor is compiled; after a change of its sources: make compile (or make uncompile)")


def remove() -> None:
    """Delete the compiled modules and their stamp."""
    (PACKAGE / "compiled.stamp").unlink(missing_ok=True)  # before `import markaz`, which refuses an old one
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    for source in SOURCES:
        (PACKAGE / source).with_suffix(suffix).unlink(missing_ok=True)
    (SRC / f"{GROUP}__mypyc{suffix}").unlink(missing_ok=True)


def missing() -> str | None:
    """What a compilation would need and this machine does not have, in words."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        return f"there is no C compiler here ({compiler})"
    headers = Path(sysconfig.get_paths()["include"], "Python.h")
    return None if headers.exists() else f"Python's headers are not here ({headers.name})"


def build() -> None:
    """Compile `SOURCES` into one library and the small modules that lead to it, beside the sources."""
    from mypyc.build import mypycify
    from setuptools import setup

    os.chdir(SRC)
    with tempfile.TemporaryDirectory() as folder:
        options = ["--ignore-missing-imports", f"--cache-dir={folder}/mypy"]
        modules: list[Any] = mypycify(  # the two packages each have their own class of extensions
            [*options, *(f"markaz/{source}" for source in SOURCES)], group_name=GROUP, target_dir=f"{folder}/c"
        )
        command = ["--quiet", "build_ext", "--inplace", "--build-temp", f"{folder}/o"]
        setup(name=GROUP, packages=[], ext_modules=modules, script_args=command)


if __name__ == "__main__":
    main()
