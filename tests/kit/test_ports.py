"""Ports that are held go to nobody who asks for any; who asks for one of them by name may listen there."""

import socket

import pytest

from markaz.kit.ports import Transport, free_ports, hold_port, port_of


def test_a_held_port_is_for_who_names_it_and_shares() -> None:
    with hold_port("tcp") as held, socket.socket() as stranger, socket.socket() as server:
        with pytest.raises(OSError, match="in use"):
            stranger.bind(held.getsockname())
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(held.getsockname())
        server.listen()
        with socket.create_connection(held.getsockname()):
            pass


def test_a_port_that_somebody_listens_on_is_not_held() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with pytest.raises(OSError, match="in use"):
            hold_port("tcp", port=port_of(server))


def test_free_ports_are_each_for_one() -> None:
    transports: list[Transport] = ["udp" if number < 200 else "tcp" for number in range(400)]
    ports = free_ports(*transports)
    assert (len(set(ports[:200])), len(set(ports[200:]))) == (200, 200)
    for port in ports[200:]:
        with hold_port("tcp", port=port):
            pass
