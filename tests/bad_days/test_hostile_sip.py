"""Datagrams that are no SIP, callers who claim to be anything, and strangers, sent to a real Asterisk with its floor.

Each is refused or taken for what it is; the next honest call is answered, and the journal knows of every call.
"""

import hashlib
import re
import secrets

import pytest

from tests.bad_days.conftest import NUMBER, House
from tests.bad_days.sip import Caller


def honest(house: House) -> None:
    """A call as any other is answered, and is the last that the floor was told of."""
    customer = f"49151{secrets.randbelow(10**8):08}"
    status, _ = house.carrier.call(NUMBER, caller=b"<sip:%s@caller.example>" % customer.encode())
    assert status == 200
    house.until(lambda: (NUMBER.decode(), customer) in house.entered(), "the call in the journal")


GOOD = Caller(("127.0.0.1", 1))
CALL = b"thiscall"
INVITE = GOOD.request("INVITE", NUMBER, call=CALL.decode())
GOOD.close()

MALFORMED = {
    "nothing": b"",
    "zeros": bytes(2_000),
    "noise": bytes(hashlib.shake_128(b"noise").digest(4_000)),
    "one line": b"INVITE",
    "another protocol": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "cut short": INVITE[:120],
    "no headers": b"INVITE sip:+4930500100@127.0.0.1 SIP/2.0\r\n\r\n",
    "no Via": re.sub(rb"Via:[^\r]*\r\n", b"", INVITE),
    "no Call-ID": re.sub(rb"Call-ID:[^\r]*\r\n", b"", INVITE),
    "CSeq of letters": INVITE.replace(b"CSeq: 1 ", b"CSeq: one "),
    "CSeq beyond all numbers": INVITE.replace(b"CSeq: 1 ", b"CSeq: 99999999999999999999 "),
    "negative length": re.sub(rb"Content-Length: \d+", b"Content-Length: -1", INVITE),
    "length beyond the datagram": re.sub(rb"Content-Length: \d+", b"Content-Length: 999999", INVITE),
    "unclosed quote": INVITE.replace(b"From: <", b'From: "never closed <'),
    "unclosed bracket": INVITE.replace(b"caller.example>", b"caller.example"),
    "a thousand Vias": INVITE.replace(b"Max-", b"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx\r\n" * 1_000 + b"Max-"),
    "a header of 60 kB": INVITE.replace(b"Max-Forwards", b"X-Long: " + b"x" * 60_000 + b"\r\nMax-Forwards"),
    "sound description of nonsense": INVITE.replace(b"m=audio 9 RTP/AVP 0", b"m=audio -1 RTP/AVP 999999 \xff"),
    "a zero in a header": INVITE.replace(b"Max-", b"Alert-Info: <http://127.0.0.1/\x00\xff>\r\nMax-"),
    "a name in Asterisk's own language": INVITE.replace(b"sip:49151", b"sip:${EXTEN}49151"),
    "a control character as the name": INVITE.replace(b"sip:49151", b"sip:\x0149151"),
    "an unknown method": INVITE.replace(b"INVITE", b"DESTROY"),
}  # fmt: skip


def test_what_is_no_call_disturbs_no_call(house: House) -> None:
    for name, datagram in MALFORMED.items():
        for caller in (house.carrier, house.stranger):
            caller.send(datagram.replace(CALL, b"%s-%d" % (name.encode().replace(b" ", b"-"), caller.port)))
    honest(house)
    assert house.carrier.hang_up_what_was_answered() <= len(MALFORMED) // 2, "most of it is no call to anybody"
    assert house.stranger.hang_up_what_was_answered() == 0
    house.has_lost_nothing()


CALLERS = {
    "control characters": (b'"a\x01\x02\x07\x1b[2J" <sip:4915100000001@x>', "4915100000001"),
    "SQL": (b'"\'; DROP TABLE journal; --" <sip:4915100000002@x>', "4915100000002"),
    "SQL as the number": (b"<sip:'%3B%20DROP%20TABLE%20journal%3B--@x>", "anonymous"),
    "markup": (b'"<script>alert(1)</script>" <sip:4915100000003@x>', "4915100000003"),
    "Asterisk's own language": (b'"${SHELL(id)}" <sip:%24%7BEXTEN%7D@x>', "anonymous"),
    "a path": (b'"../../etc/passwd" <sip:..%2F..%2Fetc%2Fpasswd@x>', "anonymous"),
    "8 kB of name": (b'"' + b"n" * 8_000 + b'" <sip:4915100000004@x>', "4915100000004"),
    "8 kB of number": (b"<sip:" + b"4" * 8_000 + b"@x>", "anonymous"),
    "invalid UTF-8 as the name": (b'"\xff\xfe\x80 \xc3\x28" <sip:4915100000005@x>', "4915100000005"),
    "invalid UTF-8 as the number": (b"<sip:4915%ff%fe@x>", "anonymous"),
    "right to left and back": ('"\u202eevil\u202c \u0645" <sip:4915100000006@x>'.encode(), "4915100000006"),
    "no number": (b"<sip:x>", "anonymous"),
}


@pytest.mark.parametrize("name", CALLERS)
def test_a_callers_name_is_only_a_name(house: House, name: str) -> None:
    """The call is answered as any other; of what the caller says of themselves a number is kept, or nothing."""
    caller, kept = CALLERS[name]
    before = len(house.entered())
    status, _ = house.carrier.call(NUMBER, caller=caller)
    if status == 200:
        house.until(lambda: len(house.entered()) > before, "the call in the journal")
        assert house.entered()[before:] == [(NUMBER.decode(), kept)]
    else:
        assert 400 <= status < 500, "refused, for it is no SIP that Asterisk would read"
        assert house.entered()[before:] == []
    house.has_lost_nothing()


@pytest.mark.parametrize(
    "headers",
    [
        b"X-Header: " + b"x" * 8_000,
        b"\r\n".join(b"X-%d: %d" % (number, number) for number in range(500)),
        b"P-Asserted-Identity: <sip:';DROP TABLE contact@x>\r\nDiversion: <sip:\xff@x>;reason=\x01",
        b"Replaces: none;to-tag=1;from-tag=2",
    ],
    ids=["8 kB", "500 of them", "identities", "a call that is not"],
)
def test_other_headers_are_nobodys_business(house: House, headers: bytes) -> None:
    before = len(house.entered())
    status, _ = house.carrier.call(NUMBER, headers=headers)
    assert status == 200 or 400 <= status < 500
    assert len(house.entered()) - before == (status == 200)
    honest(house)
    house.has_lost_nothing()


@pytest.mark.parametrize(
    "number", [b"+4930500199", b"0", b"999999999999999999999999999999999999", b"4930%27%3B--", b"1%00%ff", b"7" * 300]
)
def test_a_number_that_is_nobodys_is_refused(house: House, number: bytes) -> None:
    status, _ = house.carrier.call(number)
    assert 400 <= status < 500
    house.has_lost_nothing()


def test_a_stranger_gets_no_further_than_the_door(house: House) -> None:
    """No trunk has that address and no phone that name: asked for a password, and no word to the floor."""
    before = len(house.entered())
    status, said = house.stranger.call(NUMBER)
    assert (status, b"WWW-Authenticate" in said) == (401, True)
    assert len(house.entered()) == before


@pytest.mark.parametrize("user", ["agent-anna", "agent-nobody", "'; DROP TABLE phone; --"])
def test_a_wrong_password_registers_nobody(house: House, user: str) -> None:
    call = secrets.token_hex(8)
    address = b"<sip:%s@127.0.0.1>" % user.encode().replace(b" ", b"%20")
    phone = house.stranger
    phone.send(phone.request("REGISTER", b"x", caller=address, call=call))
    status, said = phone.answer(call)
    if status == 401:
        challenge = re.search(rb'realm="([^"]+)".*?nonce="([^"]+)"', said, re.DOTALL)
        assert challenge is not None
        response = hashlib.md5(b"wrong").hexdigest().encode()
        authorised = b'Authorization: Digest username="%s",realm="%s",nonce="%s",uri="sip:x",response="%s"' % (
            user.encode(), challenge[1], challenge[2], response,
        )  # fmt: skip
        phone.send(
            phone.request(
                "REGISTER", b"x", caller=address, call=call, sequence=2, branch=f"{call}b", headers=authorised
            )
        )
        status, _ = phone.answer(call, sequence=2)
    assert 400 <= status < 500
    assert house.ask("SELECT 1 FROM journal WHERE stimulus ->> 'type' = 'AgentPhoneFound'") == []


def test_a_second_floor_stands_by_and_takes_over(house: House) -> None:
    """Two floors at once: one has the lease, the other waits for it and has it when the first is gone."""
    process, _ = house._parts[1]
    _, log = house.start("floor")
    house.until(
        lambda: "Another process runs the floor main; this one stands by." in log.read_text(), "a floor in waiting"
    )
    honest(house)
    first = house.incarnations()
    process.kill()
    process.wait()
    house.until(lambda: "is back at row" in log.read_text(), "the second floor")
    house.until(lambda: house.is_listening() and house.incarnations() != first, "a second floor that hears Asterisk")
    honest(house)
    house.has_lost_nothing()
