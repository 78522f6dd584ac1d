"""Sheets: nothing is lost on the way out and in, nothing becomes a formula, and every problem has its line."""

import csv
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio
from hypothesis import example, given, settings
from hypothesis import strategies as st

from markaz import organisation
from markaz.demo.centre import document as bank
from markaz.flows import Calendar
from markaz.organisation import SHEETS, Agent, Disposition, Document, Number, SheetRefused, Skill, bring, write_sheet
from markaz.organisation.sheets.bringing import judge
from markaz.organisation.sheets.cells import FORMULAS, defused, fused
from markaz.organisation.sheets.reading import read_sheet
from markaz.routing import Capacity
from markaz.runtime.database import connect

BANK = bank(agents=8, trunk_host="127.0.0.1", trunk_port=5066)
HEAD = "id,name,team,skills,queues\n"

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("=+-@'\n\t,;\""), min_size=1, max_size=20
).filter(lambda text: text.strip() != "")
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,8}", fullmatch=True).filter(lambda name: not name.startswith("queue-"))
LEVELS = st.dictionaries(st.sampled_from(["cards", "loans", "service"]), st.integers(1, 10))
SECONDS = st.none() | st.integers(0, 1_000_000_000)
AGENTS = st.builds(
    Agent,
    id=IDS,
    name=TEXT,
    team=st.sampled_from([None, "day"]),
    skills=LEVELS,
    queues=st.dictionaries(st.sampled_from(["cards", "loans", "general"]), st.integers(1, 1000)),
    capacity=st.builds(
        Capacity, voice=st.integers(0, 9), chat=st.integers(0, 9), mail=st.integers(0, 9), blends_voice=st.booleans()
    ),
    refusal_pause_seconds=SECONDS,
    no_answer_pause_seconds=SECONDS,
)
SECTIONS = {
    "agents": st.lists(AGENTS, max_size=6, unique_by=lambda agent: agent.id),
    "skills": st.just(list(BANK.skills)),
    "dispositions": st.lists(
        st.builds(
            Disposition,
            id=IDS, project=st.just("hotline"), label=TEXT, needs_note=st.booleans(), needs_next_action=st.booleans(),
        ),
        max_size=6, unique_by=lambda one: one.id,
    ),
    "numbers": st.lists(
        st.builds(
            Number,
            id=st.from_regex(r"\+?[0-9]{2,20}", fullmatch=True), project=st.just("hotline"), flow=st.just("hotline"),
        ),
        max_size=6, unique_by=lambda one: one.id,
    ),
    "calendars": st.builds(
        lambda days: [Calendar(id="always", zone="UTC", weekly=(), holidays=days)],
        st.dictionaries(st.dates().map(lambda day: day.isoformat()), st.just("") | TEXT, max_size=6),
    ),
}  # fmt: skip
DOCUMENTS = st.fixed_dictionaries(SECTIONS).map(
    lambda parts: msgspec.structs.replace(BANK, **{name: tuple(part) for name, part in parts.items()})
)


def brought(sheet: str, data: bytes, document: Document, *, replace: bool = False) -> Document:
    after, problems = judge(read_sheet(sheet, data, document, replace=replace), document)
    assert problems == []
    return after


def refused(sheet: str, text: str | bytes, *, replace: bool = False) -> list[tuple[int | None, str | None, str]]:
    data = text.encode() if isinstance(text, str) else text
    _, problems = judge(read_sheet(sheet, data, BANK, replace=replace), BANK)
    return [(problem.line, problem.column, problem.text) for problem in problems]


@settings(max_examples=50)
@given(DOCUMENTS, DOCUMENTS, st.sampled_from(sorted(SHEETS)))
def test_what_was_brought_in_is_what_is_written_again(source: Document, target: Document, sheet: str) -> None:
    data = write_sheet(sheet, source)
    assert by_id(brought(sheet, data, source)) == by_id(source), "a sheet of one's own changes nothing"
    after = by_id(brought(sheet, data, target, replace=True))
    assert write_sheet(sheet, after) == data
    section = "calendars" if sheet == "holidays" else sheet
    assert [one for one in msgspec.structs.asdict(after) if getattr(after, one) != getattr(by_id(target), one)] in (
        [], [section],
    )  # fmt: skip
    kept = brought(sheet, data, target)
    lost = {one.id for one in getattr(target, section)} - {one.id for one in getattr(kept, section)}
    assert lost == set(), "who is not in the sheet stays"


def by_id(document: Document) -> Document:
    sections = {name: tuple(sorted(getattr(document, name), key=lambda one: one.id)) for name in organisation.SECTIONS}
    return msgspec.structs.replace(document, **sections)


@given(st.text(st.characters(exclude_categories=["Cs"])) | TEXT)
@example("'=1+1")
@example("''")
@example("＝cmd")
def test_no_cell_is_a_formula_and_every_cell_comes_back(text: str) -> None:
    assert not defused(text).startswith(FORMULAS)
    assert fused(defused(text)) == text


def test_no_cell_of_a_sheet_is_a_formula() -> None:
    evil = msgspec.structs.replace(BANK, skills=(*BANK.skills, Skill(id="x", name='=HYPERLINK("http://e","a")')))
    rows = list(csv.reader(io.StringIO(write_sheet("skills", evil).decode("utf-8-sig"), newline="")))
    assert ["x", '\'=HYPERLINK("http://e","a")'] in rows
    assert b"'+18005550100" in write_sheet("numbers", BANK)


@pytest.mark.parametrize(
    "data",
    [
        "id,name\ngold,Gold\n",
        "\ufeffid,name\r\ngold,Gold\r\n",
        "id;name\r\ngold;Gold\r\n",
        "Name\tID\n\nGold\tgold\n\t\n",
        '"id","name"\n"gold","Gold"',
    ],
)
def test_sheets_of_many_programs_are_read(data: str) -> None:
    after = brought("skills", data.encode(), BANK)
    assert Skill(id="gold", name="Gold") in after.skills
    assert len(after.skills) == len(BANK.skills) + 1


def test_columns_that_are_not_there_are_left_as_they_are() -> None:
    after = brought("queues", b"id,ring_seconds\ncards,11\n", BANK)
    [before] = [queue for queue in BANK.queues if queue.id == "cards"]
    assert msgspec.structs.replace(before, ring_seconds=11) in after.queues


def test_every_problem_is_told_at_once_with_its_line_and_column() -> None:
    text = HEAD + (
        "ina,Ina,night,cards=5,cards=1\n"
        'jan,"Jan\nJansen",,cards=eleven,cards=1\n'
        "kim,,,cards=11 gold=1,\n"
        "ina,Ina,,,\n"
        "queue-x,X,,,,stray\n"
        "lea,Lea,,cards=1 cards=2,loans\n"
    )
    assert refused("agents", text) == [
        (2, "team", 'unknown team "night"'),
        (3, "skills", '"eleven" is not a whole number'),
        (5, "name", "must not be empty"),
        (6, "id", '"ina" is there already, in line 2'),
        (7, None, '"stray" stands in no column'),
        (8, "skills", '"cards" is there twice'),
        (8, "queues", '"loans" is no level: write cards=5 loans=2'),
    ]
    assert refused("agents", HEAD + "kim,Kim,,cards=11 gold=1,\nqueue-x,X,,,\n") == [
        (2, "skills", "must be between 1 and 10"),
        (2, "skills", 'unknown skill "gold"'),
        (3, "id", '"queue-" is how phones name queues: choose another id'),
    ]


@pytest.mark.parametrize(
    ("sheet", "text", "expected"),
    [
        ("skills", "", (1, None, "there is nothing in it: the first line names the columns")),
        ("skills", "name\nGold\n", (1, "id", 'the column "id" is needed')),
        ("skills", "id,name,nmae\n", (1, "nmae", 'there is no column "nmae": there are id, name')),
        ("skills", "id,name,ID\n", (1, "id", 'the column "id" is there twice')),
        ("skills", b"id,name\na,A\nb,\xff\n", (3, None, "it is not UTF-8: save it as CSV UTF-8")),
        ("skills", 'id,name\na,A\nb,"B\n', (3, None, "the line can't be read: unexpected end of data")),
        ("skills", "id,name\na b,A\n", (2, "id", '"a b" is no id: up to 40 letters, digits, - and _, a letter')),
        ("skills", "id,name\nnew\n", (2, "name", "must not be empty")),
        ("numbers", "number,project,flow\n4.93E+09,hotline,hotline\n", (2, "number", '"4.93E+09" is not a telephone')),
        ("queues", "id,name,project,record\nx,X,hotline,maybe\n", (2, "record", '"maybe" is neither yes nor no')),
        ("queues", "id,name,project,ring_seconds\nx,X,hotline,0\n", (2, None, "ring_seconds is 0: it must be at")),
        ("queues", "id,agent_choice\ncards,random\n", (2, "agent_choice", "Invalid enum value 'random'")),
        ("holidays", "calendar,date,name\nalways,2026-02-30,X\n", (2, "date", '"2026-02-30" is not a date')),
        ("holidays", "calendar,date\nx,2026-02-01\n", (2, "calendar", 'unknown calendar "x"')),
        ("skills", "id,name\n" + "a" * 200_000, (2, None, "the line can't be read: field larger than field limit")),
        ("skills", b" " * 5_000_001, (None, None, "it is longer than 5000000 bytes")),
    ],
    ids=range(16),
)  # fmt: skip
def test_a_problem_is_said_with_its_line(sheet: str, text: str | bytes, expected: tuple[int, str, str]) -> None:
    found = refused(sheet, text)
    assert any(one[:2] == expected[:2] and one[2].startswith(expected[2]) for one in found), found


def test_who_is_still_needed_is_not_replaced_away() -> None:
    found = refused("skills", "id,name\ncards,Cards\n", replace=True)
    assert {line for line, _, _ in found} == {None}
    assert any("loans" in text for _, _, text in found)


def test_a_line_that_can_not_be_read_does_not_retire_its_entry() -> None:
    read = read_sheet("skills", b"id,name\ncards,\nloans,Loans\nservice,S\n", BANK, replace=True)
    assert [edit.id for edit in read.edits if edit.entry is None] == []


def test_the_guide_names_every_column() -> None:
    guide = (Path(__file__).parents[2] / "docs/guide/administration.md").read_text()
    for sheet, columns in SHEETS.items():
        row = next(line for line in guide.splitlines() if line.startswith(f"| `{sheet}` |"))
        assert re.findall(r"`(\w+)`", row)[1:] == [column.name for column in columns]


@pytest_asyncio.fixture
async def connection(database: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await connect(database) as open_connection:
        await organisation.apply(open_connection, BANK)
        yield open_connection


async def test_a_sheet_is_kept_whole_or_not_at_all(connection: psycopg.AsyncConnection[Any]) -> None:
    good = HEAD + "ina,Ina,day,cards=5,cards=1\n"
    dry = await bring(connection, "demo", "agents", good.encode(), made_by="Ada", dry_run=True)
    assert dry.changes.added == ("agents.ina",)
    assert await organisation.load(connection, "demo") == by_id(BANK)
    with pytest.raises(SheetRefused):
        await bring(connection, "demo", "agents", f"{good}jan,Jan,x,,\n".encode(), made_by="Ada")
    assert await organisation.load(connection, "demo") == by_id(BANK)
    made = await bring(connection, "demo", "agents", good.encode(), made_by="Ada")
    assert (made.rows, made.changes.version) == (1, 2)
    [change, _] = await organisation.changes(connection, "demo")
    assert (change.made_by, change.how, [edit.id for edit in change.edits]) == ("Ada", "import", ["ina"])
    await organisation.undo(connection, "demo", 2, made_by="Ada")
    assert await organisation.load(connection, "demo") == by_id(BANK)


async def test_a_number_of_another_centre_is_told_with_its_line(connection: psycopg.AsyncConnection[Any]) -> None:
    other = msgspec.structs.replace(BANK, centre=organisation.Centre(id="other", name="Other"), numbers=())
    await organisation.apply(connection, other)
    sheet = b"number,project,flow\n+18005550199,hotline,hotline\n+18005550100,hotline,hotline\n"
    with pytest.raises(SheetRefused) as found:
        await bring(connection, "other", "numbers", sheet, made_by="Ada")
    [problem] = found.value.problems
    assert (problem.line, problem.column) == (3, "number")
