"""How languages write numbers, shares and days: the values of the Unicode CLDR, as the pages have them by `Intl`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal, get_args

from jalali_core import GregorianToJalali

Language = Literal["en", "ru", "ar", "fa", "vi"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

_LATIN: Final = "0123456789"
_MARK: Final = "\u200e"
"""UAX 9: a sign between two numbers keeps them in the order of digits, among words that run the other way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """`day` is a pattern over `year`, `month` and `day`: Persian ones where `is_persian`, else Gregorian ones."""

    digits: str = _LATIN
    decimal: str
    group: str
    minus: str = "-"
    percent: str = "{}%"
    day: str
    is_persian: bool = False
    is_right_to_left: bool = False

    def number(self, value: float, *, digits_max: int = 3) -> str:
        """With at most `digits_max` digits after the point; nothing is added to those that there are."""
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.{digits_max}f}".rstrip("0").rstrip(".")
        text = "0" if text == "-0" else text
        marks = {".": self.decimal, ",": self.group, "-": self.minus}
        return text.translate(str.maketrans(_pairs(self.digits) | marks))

    def share(self, value: float) -> str:
        """Of 1, as per cent."""
        return self.percent.format(self.number(round(value * 100, 1), digits_max=1))

    def date(self, day: date) -> str:
        year, month, of_month = day.year, day.month, day.day
        if self.is_persian:
            year, month, of_month = GregorianToJalali(year, month, of_month).getJalaliList()
        return self._in_digits(self.day.format(year=year, month=month, day=of_month))

    def moment(self, at: datetime) -> str:
        """Day, time of day and distance from UTC: the hour that comes twice when clocks change is told apart."""
        clock = self._in_digits(at.isoformat(timespec="minutes").partition("T")[2])
        if self.is_right_to_left:
            clock = re.sub(r"[+-]", rf"{_MARK}\g<0>{_MARK}", clock)
        return f"{self.date(at.date())} {clock}"

    def _in_digits(self, text: str) -> str:
        return text.translate(str.maketrans(_pairs(self.digits)))


def script_of(language: Language) -> Script:
    return _SCRIPTS[language]


def _pairs(digits: str) -> dict[str, str]:
    return dict(zip(_LATIN, digits, strict=True))


_SCRIPTS: Final[Mapping[Language, Script]] = MappingProxyType({
    "en": Script(decimal=".", group=",", day="{year}-{month:02}-{day:02}"),
    "ru": Script(decimal=",", group="\u00a0", percent="{}\u00a0%", day="{day:02}.{month:02}.{year}"),
    "ar": Script(digits="٠١٢٣٤٥٦٧٨٩", decimal="٫", group="٬", minus="\u061c-", percent="{}٪\u061c",
                 day="{day:02}/{month:02}/{year}", is_right_to_left=True),
    "fa": Script(digits="۰۱۲۳۴۵۶۷۸۹", decimal="٫", group="٬", minus="\u200e\u2212", percent="{}٪",
                 day="{year}/{month:02}/{day:02}", is_persian=True, is_right_to_left=True),
    "vi": Script(decimal=",", group=".", day="{day:02}/{month:02}/{year}"),
})  # fmt: skip
"""English days are those of ISO 8601: a day and a month can't be taken for each other."""
