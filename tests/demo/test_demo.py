"""The demo as a user runs it: a run that was killed, the next one beside its remains, and one that Ctrl-C ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
import pytest

from markaz.bootstrap.leftovers import MARK_VARIABLE, end_leftovers
from markaz.identity import ROLES
from markaz.kit.postgres import PostgresServer

SEED = 330  # seven calls of five kinds, none of which waits for long
RUN_SECONDS_MAX = 150.0
END_SECONDS_MAX = 30.0
KEYS = {
    "contacts": {"arrived", "answered", "abandoned", "overflowed", "voicemail", "callback", "lost_to_fault",
                 "unaccounted", "self_served", "refused"},
    "wait_seconds": {"mean", "p50", "p95"},
    "assign_milliseconds": {"p50", "p95", "p99"},
    "recordings": {"expected", "present", "missing", "silent"},
    "stuck": {"agents", "contacts", "channels", "bridges"},
}  # fmt: skip

STARTED: list[subprocess.Popen[str]] = []

pytestmark = pytest.mark.timeout(4 * RUN_SECONDS_MAX)


@pytest.fixture(scope="module")
def home(open_folder: Path) -> Iterator[Path]:
    home = open_folder / "demo"
    home.mkdir(mode=0o755)
    yield home
    for demo in STARTED:
        if demo.poll() is None:  # a test failed before its end
            demo.kill()
            demo.communicate(timeout=END_SECONDS_MAX)
    end_leftovers(home)
    PostgresServer(home / "postgres").stop()


def start(home: Path, *options: str) -> subprocess.Popen[str]:
    """A demo of eight seconds of calls to three agents, its output read line by line."""
    traffic = ("--seconds", "8", "--agents", "3", "--calls-per-minute", "50", "--seed", str(SEED))
    command = [sys.executable, "-m", "markaz", "--home", str(home), "demo", *traffic, *options]
    environment = os.environ | {"MARKAZ_HOME": str(home)}
    demo = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, start_new_session=True
    )
    STARTED.append(demo)
    return demo


def read_until(demo: subprocess.Popen[str], words: str) -> str:
    """What it printed up to the line that holds `words`."""
    assert demo.stdout is not None
    said = ""
    for line in demo.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it ended with {demo.wait()} before it said {words!r}:\n{said}")


def belonging(home: Path) -> list[str]:
    """Names of the processes that were started for `home` and still run."""
    names: list[str] = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK_VARIABLE) == str(home):
                names.append(process.name())
        except (psutil.Error, OSError):
            continue
    return names


def test_a_run_after_one_that_was_killed_proves_everything(home: Path) -> None:
    killed = start(home)
    read_until(killed, "customers call")
    killed.kill()
    killed.communicate(timeout=END_SECONDS_MAX)
    assert len(belonging(home)) >= 5  # two Asterisks, floor, worker, web
    file = home / "report.json"
    demo = start(home, "--json", str(file))
    said, _ = demo.communicate(timeout=RUN_SECONDS_MAX)
    assert demo.returncode == 0, said
    assert "An earlier run was cut off" in said
    assert max(map(len, said.splitlines())) <= 80
    assert belonging(home) == []
    check(msgspec.json.decode(file.read_bytes()))


def check(report: dict[str, Any]) -> None:
    for name, keys in KEYS.items():
        assert keys <= set(report[name])
        for part in (*report["queues"].values(), *report["agents"].values()):
            assert keys <= set(part[name])
    contacts, recordings = report["contacts"], report["recordings"]
    assert contacts["arrived"] == report["callers"]["placed"] == report["callers"]["ended"] == 7
    assert contacts["arrived"] == sum(count for name, count in contacts.items() if name != "arrived")
    assert contacts["answered"] >= 1
    assert contacts["unaccounted"] == contacts["lost_to_fault"] == 0
    assert recordings["expected"] == recordings["present"] >= contacts["answered"]
    assert report["replay"]["identical"] is True
    assert report["replay"]["rows"] > 7
    assert set(report["stuck"].values()) == {0}
    assert report["audio"]["deaf"] == report["callers"]["offered_to_busy_agents"] == report["callers"]["faults"] == 0
    assert 0 <= report["service_level"] <= 1
    assert 0 < report["assign_milliseconds"]["p50"] <= report["assign_milliseconds"]["p99"]
    assert set(report["queues"]) == {"cards", "loans", "general"}
    assert len(report["agents"]) == 3
    answered = sum(agent["contacts"]["answered"] for agent in report["agents"].values())
    assert answered == recordings["expected"] - contacts["voicemail"]


def test_it_stays_for_whoever_signs_in_and_calls_whoever_is_ready(home: Path) -> None:
    demo = start(home, "--stay")
    before = read_until(demo, "The centre stays open")
    links = read_until(demo, "Ctrl-C ends it all")
    at = re.findall(r"As (\w[\w ]*):\s+(http://\S+)/enter/(\S+)", links)
    assert "Contacts: 7 arrived" in before
    assert len(at) == len(ROLES), links
    url, tokens = at[0][1], {role: token for role, _, token in at}
    with httpx.Client(base_url=url, headers={"Origin": url}) as browser:
        assert browser.post("/api/session/link", json={"token": tokens["supervisor"]}).status_code == 200
        assert browser.get("/").status_code == 200
        contacts = len(browser.get("/api/contacts?limit=100").json()["contacts"])
        assert contacts == 7
        agent = browser.get("/api/organisation/agents").json()["entries"][0]["id"]
        assert browser.post(f"/api/agents/{agent}/sign-in", json={"phone": "browser"}).status_code == 200
        assert browser.post(f"/api/agents/{agent}/ready").status_code == 202
        deadline = time.monotonic() + RUN_SECONDS_MAX
        while len(browser.get("/api/contacts?limit=100").json()["contacts"]) == contacts:
            assert time.monotonic() < deadline, "nobody called"
    demo.send_signal(signal.SIGINT)
    said, _ = demo.communicate(timeout=END_SECONDS_MAX)
    assert demo.returncode == 0, said
    assert belonging(home) == []
    assert PostgresServer(home / "postgres").pid is None


def test_interrupting_it_leaves_nothing_behind(home: Path) -> None:
    demo = start(home)
    read_until(demo, "sign in")
    demo.send_signal(signal.SIGINT)
    asked_at = time.monotonic()
    said, _ = demo.communicate(timeout=END_SECONDS_MAX)
    assert demo.returncode == 130, said
    assert "everything that was started has ended" in said
    assert belonging(home) == [], f"{time.monotonic() - asked_at:.0f} s after Ctrl-C"
    assert PostgresServer(home / "postgres").pid is None
