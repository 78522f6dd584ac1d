"""Whether a changed floor still answers a long random day as the one of another revision did, to the byte.

`same_floor.py REVISION` compares the sources here with those of a revision; without one, the modules here, compiled
or not, with a plain copy of their sources. What is compared: every effect, every deadline, the last snapshot.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEPS = 20_000
SEEDS = (1, 2, 3)
SECONDS_MAX = 1_800


def main() -> None:
    """Say whether both are the same; the exit status is 1 when they are not."""
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder)
        if len(sys.argv) > 1:
            of_revision(sys.argv[1], other)
        else:
            plain_copy(other)
        here, there = said(ROOT / "src"), said(other / "src")
    different = [one.split()[0] for one, another in zip(here, there, strict=True) if one != another]
    if different:
        sys.exit(f"different: seeds {', '.join(different)}")
    print(f"the same: {len(SEEDS)} days of {STEPS:,} steps")


def of_revision(revision: str, folder: Path) -> None:
    """Put the sources of a revision into `folder`."""
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", revision, "src"], capture_output=True, check=True, timeout=SECONDS_MAX
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True, timeout=SECONDS_MAX)


def plain_copy(folder: Path) -> None:
    """Put the sources here into `folder`, without what is compiled."""
    ignore = shutil.ignore_patterns("*.so", "*.pyd", "*.stamp", "__pycache__")
    shutil.copytree(ROOT / "src", folder / "src", ignore=ignore)


def said(src: Path, steps: int = STEPS, seeds: tuple[int, ...] = SEEDS) -> list[str]:
    """What the floor in `src` says on each day, as one line of digests."""
    command = [sys.executable, "-m", "tests.routing.long_run", str(steps), *(str(seed) for seed in seeds)]
    environment = {**os.environ, "PYTHONPATH": f"{src}{os.pathsep}{ROOT}"}
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=SECONDS_MAX
    )
    lines = ran.stdout.splitlines()
    assert len(lines) == len(seeds), "each day says something"
    return lines


if __name__ == "__main__":
    main()
