"""Makes `.venv` from the hash-locked requirements and installs Markaz into it in place. Standard library only.

Called by the Makefile with any Python 3.11 or newer: `environment.py main` for running, `environment.py dev` for the
tests too. Where the system's Python has no pip (Debian splits it off), pip comes from Debian's own package, unpacked
beside the environment without administrator's rights.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
STEP_SECONDS_MAX = 1800


class SetupError(Exception):
    """One sentence for the person at the terminal: what is missing, and the one command that fixes it."""


def main() -> None:
    """Make what the first argument names, or end with one sentence."""
    try:
        make(sys.argv[1])
    except SetupError as error:
        sys.exit(f"markaz: {error}")


def make(lock: str) -> None:
    """An environment that holds exactly `requirements/{lock}.txt` and Markaz, reusing what is there already."""
    if sys.version_info < (3, 11):
        raise SetupError(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; name one: make PYTHON=...")
    uv = shutil.which("uv")
    if not works(PYTHON):
        say(f"making .venv with Python {sys.version.split()[0]}{' and uv' if uv else ''}")
        create(uv)
    requirements = str(ROOT / "requirements" / f"{lock}.txt")
    say(f"installing requirements/{lock}.txt (hashes checked)")
    install(uv, "--require-hashes", "-r", requirements)
    say("installing Markaz in place")
    install(uv, "--no-deps", "--no-build-isolation", "-e", str(ROOT))


def works(python: Path) -> bool:
    """Whether `python` runs here: an environment copied from another machine, or half made, does not."""
    if not python.exists() or not (VENV / "pyvenv.cfg").exists():
        return False
    probe = "import sys; raise SystemExit(sys.version_info < (3, 11))"
    return subprocess.run([str(python), "-c", probe], capture_output=True, check=False).returncode == 0


def create(uv: str | None) -> None:
    """A fresh, empty environment with pip (or for uv, which needs none)."""
    shutil.rmtree(VENV, ignore_errors=True)
    if uv:
        run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], "uv could not make .venv")
        return
    # ensurepip is absent on a bare Debian; `--without-pip` always works, and pip is then put in by itself.
    run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], "Python's venv module is missing; get it with: "
        "apt-get install python3-venv")  # fmt: skip
    if subprocess.run([str(PYTHON), "-m", "ensurepip", "--default-pip"], capture_output=True, check=False).returncode:
        pip_from_debian()


def pip_from_debian() -> None:
    """Put pip into the environment from the wheel in Debian's (or Ubuntu's) `python3-pip-whl` package."""
    fix = "get pip with: apt-get install python3-venv"
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise SetupError(f"this Python has no pip and the machine has no apt-get; {fix}")
    say("this Python has no pip: taking the one in the package python3-pip-whl")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        lists = Path(folder, "lists")
        (lists / "partial").mkdir(parents=True)
        options = ["-o", f"Dir::State::lists={lists}", "-o", "Debug::NoLocking=true", "-o", "APT::Sandbox::User=root"]
        run(["apt-get", "-qq", *options, "update"], f"apt-get could not read the list of packages; {fix}")
        run(["apt-get", "-qq", *options, "download", "python3-pip-whl"], f"python3-pip-whl is not to be had; {fix}",
            cwd=folder)  # fmt: skip
        for package in Path(folder).glob("*.deb"):
            run(["dpkg-deb", "-x", str(package), folder], f"{package.name} cannot be unpacked; {fix}")
        wheel = next(Path(folder).glob("usr/share/python-wheels/pip-*.whl"), None)
        if wheel is None:
            raise SetupError(f"python3-pip-whl holds no wheel of pip; {fix}")
        run([str(PYTHON), f"{wheel}/pip", "install", "--quiet", "--no-index", str(wheel)], f"pip does not start; {fix}")


def install(uv: str | None, *arguments: str) -> None:
    """Install `arguments` into the environment; uv and pip understand the same ones."""
    command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)] if uv else pip()
    run([*command, *arguments], "the Python packages could not be installed (see above); with the network back: "
        "make setup")  # fmt: skip


def pip() -> list[str]:
    """The argv of the environment's pip. An environment that uv made has none, and is then made anew."""
    if subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        create(None)
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-warn-script-location"]


def run(command: list[str], problem: str, cwd: str | None = None) -> None:
    """Run `command`; when it fails or takes more than half an hour, `problem` is the message."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    # uv knows the system's certificates only when told so, by one name or the other as it is older or newer.
    environment |= {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    try:
        code = subprocess.run(command, cwd=cwd, env=environment, timeout=STEP_SECONDS_MAX, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        code = 1
    if code:
        raise SetupError(problem)


def say(line: str) -> None:
    """One line of progress."""
    print(f"markaz: {line}", flush=True)


if __name__ == "__main__":
    main()
