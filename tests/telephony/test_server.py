"""Asterisk as a child: what it loads, where it listens, and what is said when it does not start."""

import socket
from pathlib import Path

import psutil
import pytest

from markaz.kit.ports import Transport, free_ports, hold_port, port_of
from markaz.telephony import AsteriskFailed, AsteriskProgram, AsteriskServer
from markaz.telephony.asterisk.configuration import MODULES
from tests.telephony.centre import Centre

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_module_runs_and_nothing_else_is_loaded(centre: Centre) -> None:
    shown = await centre.server.cli("module show")
    loaded = {line.split()[0]: "Not Running" not in line for line in shown.splitlines() if ".so " in line}
    assert set(loaded) == {f"{name}.so" for name in MODULES}
    assert all(loaded.values())


async def test_a_start_leaves_no_complaint_in_the_log(centre: Centre) -> None:
    lines = centre.server.log.read_text().splitlines()
    assert "built by" in lines[0]  # the first line of each start
    assert not [line for line in lines if any(word in line for word in ("loader.c", "config.c", "musiconhold.c"))]


async def test_nothing_listens_beyond_what_is_configured(centre: Centre) -> None:
    """PJSIP's resolver holds a socket per address family with a random port, as every DNS client does."""
    assert centre.server.pid is not None
    settings = centre.settings
    sockets = psutil.Process(centre.server.pid).net_connections()
    listening = {one.laddr for one in sockets if one.status == psutil.CONN_LISTEN}
    assert listening == {("127.0.0.1", settings.http_port), ("127.0.0.1", settings.manager_port)}
    rtp = range(settings.rtp_port_first, settings.rtp_port_last + 1)
    datagrams = {one.laddr for one in sockets if one.type == socket.SOCK_DGRAM and one.laddr.port not in rtp}
    resolver = {address for address in datagrams if address.ip in ("0.0.0.0", "::")}
    assert datagrams - resolver == {("127.0.0.1", settings.sip_port)}
    assert len(resolver) <= 2


async def test_a_failed_start_says_why_and_leaves_nothing(asterisk_program: AsteriskProgram, tmp_path: Path) -> None:
    server = AsteriskServer(asterisk_program, tmp_path, {"modules.conf": "[modules]\nautoload=no\nrequire=none.so\n"})
    with pytest.raises(AsteriskFailed, match=r"none\.so"):
        await server.start()
    assert server.pid is None
    await server.stop()


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_an_asterisk_that_cannot_listen_says_where(
    asterisk_program: AsteriskProgram, tmp_path: Path, transport: Transport
) -> None:
    """It boots without the port: left alone it would be found deaf by the first call."""
    with hold_port(transport) as others:
        if transport == "tcp":
            others.listen()
        taken = port_of(others)
        free_sip, free_http = free_ports("udp", "tcp")
        sip, http = (taken, free_http) if transport == "udp" else (free_sip, taken)
        files = {
            "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in MODULES),
            "http.conf": f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={http}\n",
            "pjsip.conf": f"[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{sip}\n",
        }
        server = AsteriskServer(asterisk_program, tmp_path, files, ports=(sip, http))
        with pytest.raises(AsteriskFailed, match=f"listen on port {taken}, which another program has"):
            await server.start()
    assert server.pid is None
    await server.start()
    await server.stop()
