"""Each line is read as Asterisk wrote it, or refused with its reason; nothing is too odd to be told what it is."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markaz.imports.lines import LINE_BYTES_MAX, OF_AGENTS, OF_CALLS, Line, Malformed, Reader
from markaz.kit.time import SECOND

UTC = ZoneInfo("UTC")


def read(raw: bytes, zone: ZoneInfo = UTC) -> Line:
    line = Reader(zone).read(raw)
    assert isinstance(line, Line), line
    return line


def why(raw: bytes) -> str:
    line = Reader(UTC).read(raw)
    assert isinstance(line, Malformed), line
    return line.why


def test_a_line_is_what_asterisk_wrote() -> None:
    line = read(b"1366720340|1366720340.303267|MYQUEUE|SIP/8007|RINGNOANSWER|1000")
    assert (line.at, line.call, line.queue) == (1366720340 * SECOND, "1366720340.303267", "MYQUEUE")
    assert (line.agent, line.event, line.seconds(0), line.exact) == ("SIP/8007", "RINGNOANSWER", 1000, False)


def test_absent_names_and_fields_are_none() -> None:
    line = read(b"1366720340|NONE|NONE|NONE|CONFIGRELOAD")
    assert (line.call, line.queue, line.agent, line.data) == (None, None, None, [])
    assert (line.word(0), line.seconds(3)) == (None, None)
    for who in (b"MANAGER", b"REALTIME", b"CLI"):  # who changed a member stands where the call's id is
        assert read(b"1366720340|" + who + b"|q|a|ADDMEMBER|").call is None


@pytest.mark.parametrize(
    ("time", "at", "exact"),
    [
        (b"1366720340.5", 1366720340_500_000, True),
        (b"1366720340.123456789", 1366720340_123_456, True),
        (b"1366720340.000", 1366720340_000_000, False),
        (b"2013-04-23 12:32:20", 1366720340_000_000, False),
        (b"2013-04-23 12:32:20.250000", 1366720340_250_000, True),
        (b"2013-04-23T14:32:20+02:00", 1366720340_000_000, False),
    ],
)
def test_times_may_be_fractional_or_written_out(time: bytes, at: int, exact: bool) -> None:
    line = read(time + b"|c|q|NONE|ENTERQUEUE||49|1")
    assert (line.at, line.exact) == (at, exact)


def test_the_hour_that_comes_twice_is_told_apart_by_its_order() -> None:
    reader = Reader(ZoneInfo("Europe/Berlin"))

    def at(time: str) -> int:
        line = reader.read(f"2026-10-25 {time}|c|q|NONE|ENTERQUEUE".encode())
        assert isinstance(line, Line)
        return line.at // SECOND

    first, late, second, after = at("02:10:00"), at("02:50:00"), at("02:10:00"), at("03:00:00")
    assert [late - first, second - first, after - first] == [2_400, 3_600, 6_600]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"no log at all", "fewer than five fields"),
        (b"1366720340|c|q|a", "fewer than five fields"),
        (b"soon|c|q|a|CONNECT|1", "no time that can be read"),
        (b"2026-10-25|c|q|a|CONNECT|1", "no time that can be read"),
        ("١٣٦٦٧٢٠٣٤٠|c|q|a|CONNECT|1".encode(), "no time that can be read"),
        (b"1|c|q|a|CONNECT|1", "a time before 1998 or after 2100"),
        (b"999999999999|c|q|a|CONNECT|1", "a time before 1998 or after 2100"),
        (b"1366720340|c|q|a||1", "no event"),
        (b"1366720340|c|q|a|conn ect|1", "no event"),
        (b"1366720340|NONE|q|a|CONNECT|1", "no call's id"),
        (b"1366720340|c|q|NONE|CONNECT|1", "no agent"),
        (b"1366720340|c|q|a|CONNECT|soon", "a number that is none"),
        (b"1366720340|c|q|a|COMPLETEAGENT|1|99999999999|1", "a number that is none"),
        (b"1366720340|c|q\0|a|CONNECT|1", "holds a NUL byte"),
        (b"1366720340|" + b"c" * 300 + b"|q|a|CONNECT|1", "a name that is too long"),
        (b"1366720340|c|q|a|INFO|" + b"x" * LINE_BYTES_MAX, "longer than a line may be"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, reason: str) -> None:
    assert why(raw) == reason


def test_a_negative_wait_is_none() -> None:
    assert read(b"1366720340|c|q|a|CONNECT|-1|x|-3").seconds(0) == 0


def test_bytes_that_are_no_utf8_are_kept_readable_and_counted() -> None:
    reader = Reader(UTC)
    line = reader.read(b"1366720340|c|K\xfcche|a|CONNECT|1")
    assert isinstance(line, Line)
    assert (line.queue, reader.not_utf8) == ("K\\xfcche", 1)


def test_an_agents_interface_gets_its_name() -> None:
    line = Reader(UTC, {"PJSIP/1": "Anna"}).read(b"1366720340|CLI|q|PJSIP/1|ADDMEMBER|")
    assert isinstance(line, Line)
    assert line.agent == "Anna"


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    line = Reader(UTC).read(raw.replace(b"\n", b""))
    assert line is None or line.text is not None


FIELD = st.text(st.characters(exclude_characters="|\n\0", exclude_categories=["Cs"]), max_size=20)


@given(
    st.one_of(st.integers(900_000_000, 4_000_000_000).map(str), FIELD), FIELD, FIELD, FIELD,
    st.one_of(st.sampled_from(sorted(OF_CALLS | OF_AGENTS)), FIELD), st.lists(FIELD, max_size=6),
)  # fmt: skip
def test_what_is_read_is_what_was_written(
    time: str, call: str, queue: str, agent: str, event: str, data: list[str]
) -> None:
    written = "|".join([time, call, queue, agent, event, *data])
    line = Reader(UTC).read(written.encode())
    if isinstance(line, Line):
        assert line.text == written.removesuffix("\r")
        assert line.call in (call, None)
        assert line.event == event.removesuffix("\r")
        assert [line.seconds(index) for index, one in enumerate(data) if one.isascii() and one.isdecimal()] == [
            int(one) for one in data if one.isascii() and one.isdecimal()
        ]
