"""The text of Asterisk's files: what comes from people cannot say more than it should."""

from pathlib import Path

import pytest

from markaz.telephony import AsteriskSettings, TrunkSettings, asterisk_files
from markaz.telephony.asterisk.configuration import TrunkInvalid


def settings(*trunks: TrunkSettings) -> AsteriskSettings:
    return AsteriskSettings(
        sip_port=5060,
        rtp_port_first=10_000,
        rtp_port_last=10_100,
        http_port=8088,
        manager_port=5038,
        ari_password="ari-secret",
        manager_secret="manager-secret",
        prompts=Path("/prompts"),
        recordings=Path("/recordings"),
        trunks=trunks,
    )


def test_a_trunk_is_identified_by_its_addresses_and_may_not_transfer() -> None:
    trunk = TrunkSettings(
        id="carrier", host="192.0.2.1", match=("192.0.2.1", "192.0.2.0/28"), username="u", password="a;b"
    )
    text = asterisk_files(settings(trunk))["pjsip.conf"]
    assert "match=192.0.2.1,192.0.2.0/28" in text
    assert "identify_by=ip" in text
    assert "allow_transfer=no" in text
    assert "password=a\\;b" in text
    assert "anonymous" not in text


@pytest.mark.parametrize(
    "trunk",
    [
        {"id": "a]\n[b", "host": "192.0.2.1", "match": ("192.0.2.1",)},
        {"id": "a", "host": "192.0.2.1\ntype=endpoint", "match": ("192.0.2.1",)},
        {"id": "a", "host": "192.0.2.1", "match": ("0.0.0.0/0,x",)},
        {"id": "a", "host": "192.0.2.1", "match": ("192.0.2.1",), "password": "x\nauth_type=none"},
        {"id": "a", "host": "192.0.2.1", "match": ("192.0.2.1",), "caller": "+4930\nx"},
    ],
)
def test_a_trunk_cannot_smuggle_in_a_line(trunk: dict[str, object]) -> None:
    with pytest.raises(TrunkInvalid):
        TrunkSettings(**trunk)  # type: ignore[arg-type]


def test_what_the_caller_sends_names_no_file_of_its_choice() -> None:
    record = next(line for line in asterisk_files(settings())["extensions.conf"].splitlines() if "Record(" in line)
    assert "/unattended/${FILTER(+0-9,${EXTEN})}_${FILTER(+0-9,${CALLERID(num)})}_${UNIQUEID}.wav" in record


def test_secrets_are_not_shown() -> None:
    trunk = TrunkSettings(id="a", host="192.0.2.1", match=("192.0.2.1",), password="trunk-secret")
    shown = repr(settings(trunk))
    assert not [secret for secret in ("ari-secret", "manager-secret", "trunk-secret") if secret in shown]


def test_management_is_for_this_machine_alone() -> None:
    files = asterisk_files(settings())
    assert "bindaddr=127.0.0.1" in files["http.conf"]
    assert "bindaddr=127.0.0.1" in files["manager.conf"]
    assert "write=system,call\n" in files["manager.conf"]
    assert "read=\n" in files["manager.conf"]
