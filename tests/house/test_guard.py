"""The guard in `tests/conftest.py`: a run whose tests leave a process behind fails, names it, and ends it."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
LEAVES_ONE = """
import subprocess, sys
def test_starts_a_sleeper(tmp_path):
    child = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE,"
    child += " start_new_session=True).pid, flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    print("SLEEPER", process.pid, process.stdout.readline().decode())
    globals()["kept"] = process
"""
LEAVES_NONE = """
import subprocess, sys
def test_ends_what_it_starts():
    subprocess.run([sys.executable, "-c", ""], check=True)
"""


def run(test: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "test_inner.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-s", "--rootdir",
               str(folder), "-c", "/dev/null", "test_inner.py"]  # fmt: skip
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )


def test_a_left_over_process_fails_the_run(tmp_path: Path) -> None:
    outcome = run(LEAVES_ONE, tmp_path)
    assert outcome.returncode == pytest.ExitCode.TESTS_FAILED
    assert "processes that the tests started were still running" in outcome.stdout
    parent, child = (int(word) for word in outcome.stdout.split("SLEEPER")[1].split()[:2])
    assert f"{parent} (" in outcome.stdout
    for pid in (parent, child):
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_tidy_run_passes(tmp_path: Path) -> None:
    assert run(LEAVES_NONE, tmp_path).returncode == pytest.ExitCode.OK
