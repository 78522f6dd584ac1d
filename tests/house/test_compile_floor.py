"""`make compile` where it cannot work: one sentence that says why, and everything as it was."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def compile_floor(root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a copy of the sources, so that a compiled floor of this tree stays."""
    shutil.copytree(ROOT / "scripts", root / "scripts")
    ignore = shutil.ignore_patterns("*.so", "*.pyd", "*.stamp", "__pycache__")
    shutil.copytree(ROOT / "src", root / "src", ignore=ignore)
    command = [sys.executable, "scripts/compile_floor.py"]
    variables = {**os.environ, "PYTHONPATH": str(root / "src"), **environment}
    return subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, check=False, timeout=60)


def test_without_a_compiler_the_floor_stays_plain_python(tmp_path: Path) -> None:
    ran = compile_floor(tmp_path, CC="no-such-compiler -O3")
    assert ran.returncode == 1
    assert "there is no C compiler here (no-such-compiler), so nothing was compiled" in ran.stderr
    assert "Markaz works without" in ran.stderr
    assert not [*tmp_path.glob("src/**/*.so"), *tmp_path.glob("src/**/*.stamp")]
