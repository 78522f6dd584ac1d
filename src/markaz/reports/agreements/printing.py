"""A delivered report as a PDF, for people: words, digits, days and direction are those of its language."""

import json
from collections.abc import Iterator, Sequence
from typing import Final
from zoneinfo import ZoneInfo

import fontpkg_noto_sans_arabic
import typst

from markaz.reports.agreements.telling import definitions_of, head_of, sealed, span_of
from markaz.reports.agreements.terms import Period, Terms
from markaz.reports.catalogue import Row, Value, figure_of
from markaz.reports.words import Script

ARABIC: Final = fontpkg_noto_sans_arabic
"""Typst brings typefaces for the other scripts."""

_PAGE: Final = """
#let given = json(bytes(sys.inputs.report))
#let is-rtl = given.is_right_to_left
#set page(paper: "a4", flipped: true, margin: 1.5cm, numbering: given.numbering)
#set text(
  size: 9pt, lang: given.language, dir: if is-rtl { rtl } else { ltr },
  font: if is-rtl { (given.arabic, "Libertinus Serif") } else { ("Libertinus Serif", given.arabic) },
)
= #given.name
#given.period

#table(
  columns: given.head.len(),
  align: (column, row) => if column < 3 { start } else { end },
  stroke: 0.4pt + luma(180),
  table.header(..given.head.map(one => strong(one))),
  ..given.rows.flatten(),
)
== #given.definitions
#for one in given.words [
  / #one.at(0): #one.at(1)
]
#v(1em)
#text(size: 7pt, fill: luma(90))[#given.seal]
"""


def as_pdf(terms: Terms, version: int, period: Period, rows: Sequence[Row], *, seal: str) -> bytes:
    """A table, what its figures mean, and the `seal` by which the same numbers are known."""
    words, one = terms.words, terms.words.script.digits[1]
    given = {
        "language": words.language,
        "is_right_to_left": words.script.is_right_to_left,
        "numbering": f"{one} / {one}",
        "arabic": ARABIC.FAMILY,
        "name": terms.name,
        "period": span_of(terms, period),
        "head": head_of(terms),
        "rows": list(_lines(terms, rows)),
        "definitions": words.say("delivered.definitions", version=words.script.number(version)),
        "words": definitions_of(terms),
        "seal": sealed(terms, seal),
    }
    fonts = typst.Fonts(font_paths=[ARABIC.ROOT / "files"])
    made = typst.compile(_PAGE.encode(), sys_inputs={"report": json.dumps(given)}, font_paths=fonts, format="pdf")
    assert isinstance(made, bytes)
    return made


def _lines(terms: Terms, rows: Sequence[Row]) -> Iterator[list[str]]:
    words, place = terms.words, ZoneInfo(terms.zone)
    whole, every = words.say("delivered.whole"), words.say("delivered.all")
    units = [figure_of(one).unit for one in terms.figures]
    for row in rows:
        borders = [whole, ""] if row.began_at is None or row.ended_at is None else [
            words.script.moment(one.astimezone(place)) for one in (row.began_at, row.ended_at)
        ]  # fmt: skip
        values = (_shown(value, unit, words.script) for value, unit in zip(row.values, units, strict=True))
        yield [*borders, every if row.key is None else row.key, *values]


def _shown(value: Value, unit: str, script: Script) -> str:
    if value is None:
        return ""
    return script.share(value) if unit == "share" else script.number(value)
