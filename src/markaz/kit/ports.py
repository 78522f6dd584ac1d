"""Ports of this machine that nobody listens on."""

import socket
from contextlib import ExitStack
from typing import Literal

Transport = Literal["tcp", "udp"]


def hold_port(transport: Transport, *, host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A socket bound to `port`, any free one for 0. Raises `OSError` when somebody has it.

    While it is open the system gives a TCP port to nobody who asks for any free one, nor to an outgoing connection;
    who asks for this very port with `SO_REUSEADDR`, as Asterisk and uvicorn do, may listen on it. A UDP port has to be
    let go first.
    """
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM)
    try:
        if transport == "tcp":  # what was ended a moment ago is no obstacle
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
    except BaseException:
        probe.close()
        raise
    return probe


def port_of(held: socket.socket) -> int:
    """The port that a socket is bound to."""
    return int(held.getsockname()[1])


def free_ports(*transports: Transport) -> tuple[int, ...]:
    """Ports of 127.0.0.1, one for each, no two alike; nobody had them a moment ago."""
    with ExitStack() as stack:
        return tuple(port_of(stack.enter_context(hold_port(transport))) for transport in transports)
