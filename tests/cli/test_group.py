"""Every command explains itself; every failure is one sentence; help does not wait for what it does not need."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from markaz.cli import main
from markaz.cli.group import SUMMARIES
from tests.cli.conftest import Run


def test_help_lists_every_command() -> None:
    shown = CliRunner().invoke(main, ["--help"])
    assert shown.exit_code == 0
    for name, summary in SUMMARIES.items():
        assert f"  {name}" in shown.stdout
        assert summary.split(":")[0].split(",")[0] in " ".join(shown.stdout.split())


@pytest.mark.parametrize("name", SUMMARIES)
def test_each_command_explains_itself_with_examples(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert f"markaz {name}" in shown.stdout.split("Examples:")[1]


def test_help_imports_nothing_that_is_slow() -> None:
    code = """
import sys
from markaz.cli import main
try:
    main(["--help"])
finally:
    print(*sys.modules)
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(shown.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert not {"psycopg", "sqlalchemy", "numpy", "fastapi", "rich", "markaz.bootstrap"} & loaded


def test_what_is_not_there_is_a_usage_error() -> None:
    for arguments in (["nothing"], ["report", "--by", "moon"], ["demo", "--from", "25:00"], ["demo", "--agents", "0"]):
        shown = CliRunner().invoke(main, arguments)
        assert shown.exit_code == 2, arguments
        assert "Usage: " in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--arrivals", __file__), "--day"),
        (("--from", "11:00"), "--from must be earlier"),
        (("--json", "/nonexistent/demo.json"), "/nonexistent"),
    ],
)
def test_demo_refuses_options_that_do_not_go_together(run: Run, arguments: tuple[str, ...], said: str) -> None:
    shown = run("demo", *arguments)
    assert shown.exit_code == 2
    assert said in shown.stderr


def test_a_database_that_does_not_answer_is_one_sentence(run: Run, home: Path, unused_tcp_port: int) -> None:
    (home / "markaz.toml").write_text(f'database_url = "postgresql://nobody@127.0.0.1:{unused_tcp_port}/nothing"\n')
    for command in (("status",), ("explain", "c"), ("replay",)):
        shown = run(*command)
        assert (shown.exit_code, shown.stdout) == (1, "")
        assert shown.stderr.startswith("markaz: The database does not answer (")


def test_a_database_that_was_never_migrated_is_one_sentence(run: Run, home: Path, postgres_url: str) -> None:
    (home / "markaz.toml").write_text(f'database_url = "{postgres_url}"\n')
    shown = run("status")
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert "floor_live" in shown.stderr


def test_settings_that_cannot_be_read_are_one_sentence_unless_one_debugs(run: Run, home: Path) -> None:
    (home / "markaz.toml").write_text("floor = 7\n")
    shown = run("status")
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert shown.stderr.startswith("markaz: The settings in ")
    assert "markaz.toml" in shown.stderr
    assert type(run("--debug", "status").exception).__name__ == "SettingsUnreadable"
