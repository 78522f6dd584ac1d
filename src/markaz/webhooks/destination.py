"""Where a delivery may go: public addresses, and networks that the installation's settings name, nowhere else.

Whoever may subscribe could otherwise let us ask what stands beside us (server-side request forgery). The address that
was checked is the one that is connected to: a name that means another one a moment later is of no use.
"""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

from markaz.kit.errors import MarkazError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
URL_CHARACTERS_MAX = 2_000


@dataclass(eq=False)
class DestinationRefused(MarkazError):
    """Nothing is sent there: {why}."""

    code: ClassVar[str] = "destination_refused"
    why: str


def networks_of(written: Sequence[str]) -> Networks:
    """Raises `ValueError` for what is no network."""
    return tuple(ipaddress.ip_network(one) for one in written)


def check_url(url: str, allowed: Networks) -> None:
    """Whether the URL is one that may be subscribed. Raises `DestinationRefused`."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise DestinationRefused("it is no URL") from error
    if len(url) > URL_CHARACTERS_MAX or not host or not url.isascii() or any(c.isspace() for c in url) or "\\" in url:
        raise DestinationRefused("it is no URL with a host (write other scripts in percent-encoding and punycode)")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise DestinationRefused("it names a user, a password or a fragment: leave them out")
    if port == 0:
        raise DestinationRefused("there is no port 0")
    address = _address(host)
    if address is not None:
        check_address(address, allowed)
    if parts.scheme == "https":
        return
    if parts.scheme != "http" or not allowed:
        raise DestinationRefused("use https")


def check_address(address: Address, allowed: Networks) -> None:
    """Raises `DestinationRefused` for an address that is not public and in none of the allowed networks."""
    address = _inside(address)
    if any(address in network for network in allowed if network.version == address.version):
        return
    if not address.is_global or address.is_multicast or address.is_reserved:
        raise DestinationRefused(f"{address} is not a public address (see `webhook_networks` in markaz.toml)")


def _inside(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for: mapped (RFC 4291), 6to4 (RFC 3056) or through NAT64 (RFC 6052)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_allowed_plain(address: Address, allowed: Networks) -> bool:
    """Whether the address may be spoken to without TLS: in the networks that the settings name alone."""
    return any(address in network for network in allowed if network.version == address.version)


def _address(host: str) -> Address | None:
    """An address that is written out; also as numbers that some resolvers take for one."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.ip_address(socket.inet_aton(host))
    except OSError:
        return None


class CheckedResolver(AbstractResolver):
    """Finds addresses, and gives only those that may be connected to."""

    def __init__(self, allowed: Networks, *, is_plain: bool) -> None:
        self._allowed = allowed
        self._is_plain = is_plain
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        for one in found:
            address = ipaddress.ip_address(one["host"])
            check_address(address, self._allowed)
            if self._is_plain and not is_allowed_plain(address, self._allowed):
                raise DestinationRefused("use https")
        return found

    async def close(self) -> None:
        await self._names.close()
