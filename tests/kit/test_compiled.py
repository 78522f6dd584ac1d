"""Compiled modules are used only while they are of the sources beside them."""

from pathlib import Path

import pytest

from markaz.kit.compiled import STAMP, CompiledModulesStale, check_compiled, stamp

SOURCES = ("one.py", "deep/two.py")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    for source in SOURCES:
        (tmp_path / source).write_text(f"# {source}\n")
    (tmp_path / STAMP).write_text(stamp(tmp_path, SOURCES))
    return tmp_path


def test_modules_of_these_sources_are_used(package: Path) -> None:
    check_compiled(package)
    (package / STAMP).unlink()
    (package / "one.py").write_text("# changed, and nothing is compiled\n")
    check_compiled(package)


@pytest.mark.parametrize("source", SOURCES)
def test_a_changed_or_missing_source_is_named(package: Path, source: str) -> None:
    (package / source).write_text("# changed\n")
    with pytest.raises(CompiledModulesStale, match=f"{source} differs.*make compile.*make uncompile"):
        check_compiled(package)
    (package / source).unlink()
    with pytest.raises(CompiledModulesStale, match=source):
        check_compiled(package)
