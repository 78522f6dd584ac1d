"""The programs that `make setup` finds or gets: Asterisk boots with what Markaz loads, espeak-ng speaks, and what
cannot be had is said in one sentence."""

import os
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

from markaz.telephony.asterisk.configuration import MODULES
from markaz.telephony.asterisk.private_root import PrivateRootImpossible, ensure_programs
from markaz.telephony.asterisk.program import (
    ROOT_VARIABLE,
    AsteriskMissing,
    AsteriskProgram,
    EspeakMissing,
    find_espeak,
    find_program,
    new_enough,
    program_in,
    system_program,
)
from markaz.telephony.asterisk.server import AsteriskServer

HOME = Path(os.environ.get("MARKAZ_HOME") or Path(__file__).parents[2] / ".markaz")
PRIVATE = pytest.mark.skipif(
    system_program() is not None,
    reason="this system has an Asterisk of its own, which is used instead of a private one",
)


@pytest.fixture
def bare_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has apt but neither Asterisk nor espeak-ng on its path."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("apt-get", "dpkg-deb", "tar", "xz", "sh"):
        if found := shutil.which(tool):
            (tools / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    return tools


async def test_asterisk_boots_with_the_modules_that_markaz_loads(
    asterisk_program: AsteriskProgram, tmp_path: Path
) -> None:
    loads = "\n".join(f"load = {name}.so" for name in MODULES)
    server = AsteriskServer(
        asterisk_program,
        tmp_path / "asterisk",
        {"modules.conf": f"[modules]\nautoload = no\n{loads}\n", "ari.conf": "[general]\nenabled = yes\n"},
    )
    await server.start()
    try:
        shown = await server.cli("module show")
        version = await server.cli("core show version")
    finally:
        await server.stop()
    running = {line.split(".so")[0] for line in shown.splitlines() if " Running " in line}
    assert set(MODULES) <= running
    assert f"Asterisk {asterisk_program.version}" in version


@PRIVATE
def test_an_installation_elsewhere_uses_the_root_beside_the_environment(tmp_path: Path) -> None:
    assert find_program(tmp_path).executable == find_program(HOME).executable


def test_espeak_speaks(tmp_path: Path) -> None:
    _assert_speaks(find_espeak(HOME), tmp_path / "welcome.wav")


@PRIVATE
def test_the_private_root_s_espeak_speaks_without_the_system_s(bare_path: Path, tmp_path: Path) -> None:
    command = find_espeak(HOME)
    assert len(command) > 1, "runs through the root's own loader"
    _assert_speaks(command, tmp_path / "welcome.wav")


def _assert_speaks(command: list[str], file: Path) -> None:
    subprocess.run([*command, "-v", "en", "-w", str(file), "Welcome to the bank"], check=True)
    with wave.open(str(file)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype=np.int16).astype(float)
        assert sound.getnframes() / sound.getframerate() > 0.5
    assert np.sqrt(np.mean(samples**2)) > 300


@PRIVATE
def test_a_root_that_serves_is_used_again(bare_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKAZ_DEBIAN_MIRROR", "http://127.0.0.1:9/debian")  # a build would fail
    said: list[str] = []
    ensure_programs(HOME, said.append)
    assert said == []


@PRIVATE
def test_without_a_mirror_one_sentence_says_so_and_nothing_half_built_stays(
    bare_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKAZ_DEBIAN_MIRROR", "http://127.0.0.1:9/debian")
    home = tmp_path / "home"
    with pytest.raises(PrivateRootImpossible, match=r"apt-get update failed .*; with the network .*: make setup"):
        ensure_programs(home, lambda _: None)
    assert [path.name for path in home.iterdir()] == ["asterisk-root.lock"]


@PRIVATE
def test_without_apt_the_message_says_what_to_do(bare_path: Path, tmp_path: Path) -> None:
    (bare_path / "apt-get").unlink(missing_ok=True)
    with pytest.raises(PrivateRootImpossible, match=rf"has no apt-get .*{ROOT_VARIABLE}=FOLDER make setup"):
        ensure_programs(tmp_path / "home", lambda _: None)


def test_a_root_without_asterisk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    with pytest.raises(AsteriskMissing, match=rf"There is no Asterisk 20\.20 or newer in {tmp_path}; .*make setup"):
        find_program(HOME)


def test_a_root_whose_asterisk_is_too_old_is_refused(tmp_path: Path) -> None:
    """A stand-in that answers `-V` as Debian's old one did."""
    (tmp_path / "usr/sbin").mkdir(parents=True)
    (tmp_path / "lib64").mkdir()
    loader = tmp_path / "lib64/ld-linux-x86-64.so.2"
    loader.write_text("#!/bin/sh\necho Asterisk 16.28.0~dfsg-0+deb11u4\n")
    loader.chmod(0o755)
    (tmp_path / "usr/sbin/asterisk").touch()
    with pytest.raises(AsteriskMissing, match="does not run here or is too old"):
        program_in(tmp_path)


def test_espeak_that_is_nowhere_is_said(bare_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path / "elsewhere/.venv"))
    with pytest.raises(EspeakMissing, match="make setup"):
        find_espeak(tmp_path)


@pytest.mark.parametrize(
    ("version", "enough"), [("22.10.1", True), ("20.20.0", True), ("20.6.0", False), ("18.26.2", False)]
)
def test_which_versions_are_new_enough(version: str, enough: bool) -> None:
    assert new_enough(version) is enough
