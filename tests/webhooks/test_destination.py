"""Deliveries go to public addresses, and to networks that the settings name; nowhere else, however it is written."""

import socket

import pytest

from markaz.webhooks import DestinationRefused, check_url, networks_of, sign
from markaz.webhooks.destination import CheckedResolver

OURS = networks_of(["127.0.0.0/8", "10.1.0.0/16"])


@pytest.mark.parametrize("url", ["https://example.org/x?y=1", "https://93.184.216.34:8443/", "https://[2606:4700::1]/"])
def test_public_addresses_may_be_named(url: str) -> None:
    check_url(url, ())


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "file:///etc/passwd", "example.org", "", "https://", "https:///x",
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0/",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[2002:7f00:1::]/", "https://[64:ff9b::7f00:1]/",
        "https://10.0.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest", "https://100.64.0.1/",
        "https://[fe80::1]/", "https://[fc00::1]/", "https://224.0.0.1/", "https://255.255.255.255/",
        "https://user:password@example.org/", "https://example.org/#x", "https://example.org:0/",
        "https://example.org:99999/", "https://exa mple.org/", "https://пример.рф/", "https://example.org\\@10.0.0.1/",
    ],
)  # fmt: skip
def test_others_are_refused(url: str) -> None:
    with pytest.raises(DestinationRefused):
        check_url(url, ())


def test_what_the_settings_name_is_allowed_also_without_tls() -> None:
    for url in ("http://127.0.0.1:9000/x", "https://10.1.2.3/", "http://[::ffff:10.1.0.1]/"):
        check_url(url, OURS)
    with pytest.raises(DestinationRefused):
        check_url("https://10.2.0.1/", OURS)


async def test_a_name_that_means_a_private_address_is_refused_when_it_is_looked_up() -> None:
    check_url("https://localhost/", ())
    with pytest.raises(DestinationRefused):
        await CheckedResolver((), is_plain=False).resolve("localhost", 443, socket.AF_INET)
    assert await CheckedResolver(OURS, is_plain=True).resolve("localhost", 80, socket.AF_INET)


def test_the_signature_is_the_one_that_is_documented() -> None:
    # Reckoned with: printf '1764072000.{"a":1}' | openssl dgst -sha256 -hmac mwh_secret
    expected = "t=1764072000,v1=c4e8269ee293a0aace8af3c4c965d810bb81d1b2092f8953f02ec43c25805807"
    assert sign(["mwh_secret"], 1_764_072_000, b'{"a":1}') == expected
    assert sign(["mwh_new", "mwh_secret"], 1_764_072_000, b'{"a":1}').endswith(expected.removeprefix("t=1764072000"))
