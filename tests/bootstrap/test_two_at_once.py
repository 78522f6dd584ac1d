"""Two of the same at once, a port that is taken, files under `run/` that were cut short: a sentence, and no harm."""

import asyncio
import signal
import socket
import sys
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from markaz.bootstrap import Settings
from markaz.bootstrap.addresses import PortTaken, RunFileDamaged, choose_addresses, read_addresses, write_run_file
from markaz.bootstrap.serve import read_state
from markaz.cli import main
from markaz.telephony import AsteriskProgram

SECONDS_MAX = 60.0


async def test_of_two_that_start_at_the_same_moment_one_serves(
    database: str, asterisk_program: AsteriskProgram, tmp_path: Path
) -> None:
    assert asterisk_program.version  # built before the clock of the two runs
    ports = "".join(f"{name}_port = 0\n" for name in ("web", "sip", "http", "manager"))
    (tmp_path / "markaz.toml").write_text(f"database_url = {database!r}\n{ports}")
    command = (sys.executable, "-m", "markaz", "--home", str(tmp_path), "serve")
    with (tmp_path / "0.log").open("wb") as first, (tmp_path / "1.log").open("wb") as second:
        both = [await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log) for log in (first, second)]
    waiting = [asyncio.ensure_future(process.wait()) for process in both]
    try:
        async with asyncio.timeout(SECONDS_MAX):
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            assert len(done) == 1
            refused = waiting.index(next(iter(done)))
            assert (both[refused].returncode, "Markaz already runs under" in said(tmp_path, refused)) == (1, True)
            served = both[1 - refused]
            while "Serving: web" not in said(tmp_path, 1 - refused):
                assert served.returncode is None, said(tmp_path, 1 - refused)
                await asyncio.sleep(0.05)
            served.send_signal(signal.SIGTERM)
            assert await waiting[1 - refused] == 0
    finally:
        for process in both:
            if process.returncode is None:
                process.kill()
        await asyncio.gather(*waiting)
    assert "An earlier run was cut off" not in said(tmp_path, 0) + said(tmp_path, 1), "neither ended the other's parts"


def said(folder: Path, number: int) -> str:
    return (folder / f"{number}.log").read_text()


@pytest.mark.parametrize("name", ["sip_port", "http_port"])
def test_a_port_that_is_taken_is_named_before_anything_starts(tmp_path: Path, name: str) -> None:
    kind = socket.SOCK_DGRAM if name == "sip_port" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        port: int = other.getsockname()[1]
        free = Settings(home=tmp_path, web_port=0, sip_port=0, http_port=0, manager_port=0)
        settings = msgspec.structs.replace(free, **{name: port})
        with pytest.raises(PortTaken, match=f"already listens on 127.0.0.1:{port}, which {name} in"):
            choose_addresses(settings)
    choose_addresses(settings)


@pytest.mark.parametrize("content", [b"", b'{"host": "127.0.0', b"\x00\x00", b"\xff", b"[1]"])
def test_files_about_what_runs_that_were_cut_short_are_named(tmp_path: Path, content: bytes) -> None:
    settings = Settings(home=tmp_path)
    for name, read in (("addresses.json", read_addresses), ("serve.json", read_state)):
        write_run_file(settings.run / name, content)
        with pytest.raises(RunFileDamaged, match=rf"{name} says what runs.*delete it"):
            read(settings)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"floor = ", "Invalid value"),
        (b"sip_prot = 5060", "unknown field `sip_prot`"),
        (b'sip_port = "5060"', "Expected `int`"),
        (b'floor = "../../etc"', "small letters"),
        (b"\xff\xfe", "codec can't decode"),
        (b"a = " + b"[" * 100_000, "nested"),
        (None, "Is a directory"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "status"])
def test_settings_that_cannot_be_read_are_named(
    tmp_path: Path, command: str, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "markaz.toml"
    path.mkdir() if content is None else path.write_bytes(content)
    result = CliRunner().invoke(main, ["--home", str(tmp_path), command])
    assert result.exit_code == 1
    assert result.output.startswith(f"markaz: The settings in {path} can't be used: ")
    assert problem in result.output
