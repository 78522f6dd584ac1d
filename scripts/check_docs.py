"""Fails when the documentation and the code disagree, or when a committed file names a package registry.

Generated parts are what `generate_docs.py` would write now; links lead to files; the README's commands exist; no file
names the host of a registry or mirror (each machine has its own).
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from generate_docs import ROOT, documents
from markaz.cli import main as cli

# Written in pieces so that this file may be checked as well.
HOSTS = [".".join(parts) for parts in (
    ("pypi", "org"), ("files", "pythonhosted", "org"), ("registry", "npmjs", "org"), ("deb", "debian", "org"),
    ("snapshot", "debian", "org"), ("ftp", "debian", "org"), ("archive", "ubuntu", "com"), ("proxy", "golang", "org"),
)]  # fmt: skip


def main() -> None:
    """Print every problem, then fail if there was one."""
    files = committed()
    problems = [*stale(), *broken_links(files), *unknown_words(), *registries(files)]
    for problem in problems:
        print(f"docs: {problem}")
    if problems:
        sys.exit(1)


def committed() -> list[Path]:
    """The files that are, or are about to be, committed; in a copy without git, all but what is ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        ignored = {".venv", ".markaz", ".git", "__pycache__", ".hypothesis", ".pytest_cache", ".ruff_cache"}
        found = [path for path in ROOT.rglob("*") if not ignored & set(path.relative_to(ROOT).parts)]
    return [path for path in found if path.is_file()]


def stale() -> Iterator[str]:
    """Generated files that differ from what the code says now."""
    for path, text in documents().items():
        if not path.exists() or path.read_text() != text:
            yield f"{path.relative_to(ROOT)} is out of date; bring it up to date with: make docs"


def broken_links(files: list[Path]) -> Iterator[str]:
    """Relative links of Markdown files that lead nowhere."""
    for path in files:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text()) if path.suffix == ".md" else ():
            if "://" not in target and not (path.parent / target).exists():
                yield f"{path.relative_to(ROOT)} links to {target}, which is not there"


def unknown_words() -> Iterator[str]:
    """Commands in the README that the Makefile or the program does not know."""
    text = (ROOT / "README.md").read_text()
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    for program, known in (("make", targets), ("markaz", cli.list_commands(click.Context(cli)))):
        for word in dict.fromkeys(re.findall(rf"`?\b{program} ([a-z]+)", text)):
            if word not in known:
                yield f"README.md says `{program} {word}`, which {program} does not know"


def registries(files: list[Path]) -> Iterator[str]:
    """Files that name a registry's host."""
    for path in files:
        text = path.read_bytes().decode(errors="ignore").lower()
        for host in HOSTS:
            if host in text:
                yield f"{path.relative_to(ROOT)} names the registry {host}; leave it to the machine's own configuration"


if __name__ == "__main__":
    main()
