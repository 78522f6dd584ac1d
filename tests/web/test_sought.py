"""What is typed to find a customer is an ending of a number, whatever it is written like, or a whole name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markaz.web.errors import DigitsTooFew
from markaz.web.sought import DIGITS_MIN, SHORT_MAX, Ending, Whole, sought

KEYBOARDS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")
SEPARATORS = (" ", "\u00a0", "\u202f", "-", "\u2011", "–", ".", "/", "(", ")", "\u200e", "\u200f", "\u202a", "\t")
dialled = st.text("0123456789", min_size=SHORT_MAX + 1, max_size=15).filter(lambda digits: digits[0] != "0")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("0176 1234567", Ending("1761234567")),
        ("+49 (176) 123-45-67", Ending("491761234567")),
        ("+49 (0)176 1234567", Ending("491761234567")),
        ("0049 (0) 176 1234567", Ending("491761234567")),
        ("(+49) 176 1234567", Ending("491761234567")),
        ("00491761234567", Ending("491761234567")),
        ("491761234567", Ending("491761234567")),
        ("۰۱۷۶ ۱۲۳۴۵۶۷", Ending("1761234567")),
        ("\u202a+٤٩ ١٧٦ ١٢٣٤٥٦٧\u202c", Ending("491761234567")),
        ("4567", Ending("4567")),
        ("0042", Ending("0042")),
        ("+491", Ending("491")),
        ("alice", Whole("alice")),
        (" anonymous ", Whole("anonymous")),
        ("agent007", Whole("agent007")),
        ("*43#", Whole("*43#")),
        ("مريم", Whole("مريم")),
    ],
)
def test_what_is_typed_is(typed: str, found: Ending | Whole) -> None:
    assert sought(typed) == found


@pytest.mark.parametrize("typed", ["", " ", "+", "12", "+4 9", "۱۲", "( - )", "٠"])
def test_fewer_digits_are_refused(typed: str) -> None:
    with pytest.raises(DigitsTooFew) as refused:
        sought(typed)
    assert refused.value.digits_min == DIGITS_MIN


@given(digits=dialled, before=st.sampled_from(("", "+", "00", "0")), data=st.data())
def test_how_a_number_is_written_does_not_matter(digits: str, before: str, data: st.DataObject) -> None:
    keyboard = data.draw(st.sampled_from(KEYBOARDS))
    written = "".join(
        keyboard[int(digit)] + data.draw(st.sampled_from(("", *(one for one in SEPARATORS if one not in "()"))))
        for digit in digits
    )
    prefix = "".join(keyboard[int(one)] if one.isdigit() else one for one in before)
    assert sought(prefix + written) == Ending(digits)


@given(st.text(st.sampled_from("0123456789"), min_size=DIGITS_MIN, max_size=SHORT_MAX))
def test_last_digits_keep_their_zeros(digits: str) -> None:
    assert sought(digits) == Ending(digits)


@given(st.text())
def test_whatever_is_typed_is_a_name_an_ending_or_refused(typed: str) -> None:
    try:
        found = sought(typed)
    except DigitsTooFew:
        return
    match found:
        case Ending(digits):
            assert len(digits) >= DIGITS_MIN
            assert set(digits) <= set("0123456789")
        case Whole(customer):
            assert customer == typed.strip() != ""
