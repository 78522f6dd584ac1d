"""An organisation's file: what it means, and what it says when it is wrong."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markaz.kit.problems import Problem
from markaz.organisation import Document, DocumentRefused, parse_document, read_document, stimuli_between, stimuli_of
from markaz.routing import ToNumber
from markaz.runtime.core import Core
from markaz.telephony.sound import write_wav

BANK = files("markaz.demo").joinpath("bank.toml").read_text()

SMALL = """
[centre]
id = "c"
name = "Centre"
[[clients]]
id = "acme"
name = "Acme"
[[projects]]
id = "help"
client = "acme"
name = "Help"
[[skills]]
id = "cards"
name = "Cards"
[[queues]]
id = "q"
project = "help"
name = "Queue"
skills = { cards = 2 }
[[agents]]
id = "ana"
name = "Ana"
skills = { cards = 3 }
queues = { q = 1 }
[flows.main]
start = "answer"
nodes.answer = { type = "answer", next = "wait" }
nodes.wait = { type = "queue", queue = "q" }
[[numbers]]
number = "+4930"
project = "help"
flow = "main"
"""


def parse(text: str) -> Document:
    return parse_document(text, folder=Path("/nowhere"))


def refusal(text: str) -> list[str]:
    with pytest.raises(DocumentRefused) as refused:
        parse(text)
    return [str(problem) for problem in refused.value.problems]


def test_reads_a_centre() -> None:
    document = parse(SMALL)
    assert document.centre.name == "Centre"
    assert document.queues[0].skills == {"cards": 2}
    assert document.queues[0].rules().ring_seconds == 15
    assert document.agents[0].rules().queues == {"q": 1}
    assert document.numbers[0].id == "+4930"
    assert document.flows[0].start == "answer"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("cards = 2", "card = 2", 'queues[0].skills: unknown skill "card"'),
        ("cards = 2", "cards = 11", "queues[0].skills.cards: must be between 1 and 10"),
        ("cards = 2", 'cards = "2"', "queues[0].skills[...]: Expected `int`, got `str`"),
        ('client = "acme"', 'client = "x"', 'projects[0].client: unknown client "x"'),
        ('client = "acme"\n', "", "projects[0]: Object missing required field `client`"),
        ('id = "q"', 'id = "q"\nrings = 3', "queues[0]: Object contains unknown field `rings`"),
        ('id = "q"', 'id = "q"\nring_seconds = 0', "queues[0]: ring_seconds is 0: it must be at least 1"),
        (
            'id = "q"',
            'id = "q"\nwaiting_max = 1_000_000_000_000',
            "queues[0].waiting_max: must be between 0 and",
        ),
        ('id = "q"', 'id = "q"\nsticky = { agent = "first" }', "queues[0].sticky.agent: Invalid enum value 'first'"),
        (
            'id = "q"',
            'id = "q"\noverflow = [{ after_seconds = 9, to = { type = "queue", queue = "q" } }]',
            "queues[0].overflow[0].to.queue: a queue can't overflow to itself",
        ),
        (
            'id = "q"',
            'id = "q"\nwhen_full = { type = "disconnect", prompt = "no" }',
            'queues[0].when_full.prompt: unknown prompt "no"',
        ),
        (
            'id = "q"',
            'id = "q"\nrelaxation = [{ after_seconds = 9 }, { after_seconds = 9 }]',
            "queues[0].relaxation: steps must come in the order of after_seconds, each at its own time",
        ),
        (
            'id = "q"',
            'id = "q"\nwhen_full = { type = "number", number = "+4989", centre = "west" }',
            "queues[0].when_full.number: no trunk dials +4989: add the beginning of the number to its prefixes",
        ),
        ("q = 1 }", "q = 1001 }", "agents[0].queues.q: must be between 1 and 1000"),
        ('id = "ana"', 'id = "ana\\n[x]"', 'agents[0].id: "ana'),
        ('id = "ana"', 'id = "queue-q"', "agents[0].id:"),
        ('name = "Ana"', 'name = "Ana"\nteam = "red"', 'agents[0].team: unknown team "red"'),
        ('name = "Ana"', 'name = "A\\u0000"', "agents[0].name: has a control character in it"),
        ("[[skills]]", 'callback_queue = "z"\n[[skills]]', 'projects[0].callback_queue: unknown queue "z"'),
        ('queue = "q" }', 'queue = "z" }', 'flows.main.nodes.wait.queue: unknown queue "z"'),
        ('type = "answer"', 'type = "dance"', "flows.main.nodes[...].type: Invalid value 'dance'"),
        ('"+4930"', '"sip:+4930"', 'numbers[0].number: "sip:+4930" is not a telephone number'),
        ('flow = "main"', 'flow = "x"', 'numbers[0].flow: unknown flow "x"'),
        ("[centre]", "[center]", "center: there is no such section"),
        ("[[clients]]", "[clients]", "clients: write each of them as [[clients]]"),
        ("[centre]", "[centre", "file: it is not TOML"),
    ],
)
def test_a_problem_is_said_with_its_place(old: str, new: str, expected: str) -> None:
    assert old in SMALL
    found = refusal(SMALL.replace(old, new, 1))
    assert any(sentence.startswith(expected) for sentence in found), found


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('[[skills]]\nid = "cards"\nname = "Again"', 'skills[1]: "cards" is there twice'),
        ('[[prompts]]\nid = "p"', "prompts[0]: a prompt has either a text, a file or a sound"),
        ('[[prompts]]\nid = "p"\nfile = "x.wav"', 'prompts[0].file: there is no file "/nowhere/x.wav"'),
        (
            f'[[prompts]]\nid = "p"\nfile = "{__file__}"',
            f'prompts[0].file: "{__file__}" cannot be played (file does not',
        ),
        ('[[prompts]]\nid = "p"\ntext = "  "', "prompts[0].text: there is nothing to say"),
        ('[[prompts]]\nid = "p"\ntext = "a"\nlanguage = "xx"', "prompts[0].language: Invalid enum value 'xx'"),
        ('[[trunks]]\nid = "t"\nhost = "a b"', 'trunks[0].host: "a b" is not the name or address of a machine'),
        (f'[[trunks]]\nid = "t"\nhost = "{"a" * 101}"', 'trunks[0].host: "aaa'),
        ('[[trunks]]\nid = "t"\nhost = "a"\ncaller = "me"', 'trunks[0].caller: "me" is not a telephone number'),
        (
            '[[trunks]]\nid = "t"\nhost = "a"\nusername = "u"\npassword = "p\\nx"',
            "trunks[0].password: must be a single line",
        ),
        ('[[trunks]]\nid = "t"\nhost = "a"\nport = 70000', "trunks[0].port: must be between 1 and 65535"),
        ('[[trunks]]\nid = "t"\nhost = "a"\nprefixes = [""]', 'trunks[0].prefixes: "" is not the beginning'),
        ('[[trunks]]\nid = "t"\nhost = "a"\nusername = "u"', "trunks[0]: username and password come together"),
        ('[[calendars]]\nid = "k"\nzone = "Mars"\nweekly = []', 'calendars[0].zone: unknown time zone "Mars"'),
        (
            '[[projects]]\nid = "p"\nname = "P"\nclient = "acme"\npause.prompt = "x"',
            "projects[1].pause.prompt: unknown",
        ),
    ],
)
def test_what_is_added_is_checked_too(more: str, expected: str) -> None:
    found = refusal(f"{SMALL}\n{more}")
    assert len(found) == 1
    assert found[0].startswith(expected)


@pytest.mark.parametrize(
    ("trunk", "dialled", "problems"),
    [
        ("carrier", "+49", []),
        ("west", "+4989", []),
        ("west", "+4930", ["queues[0].overflow[0].to.number: the trunk west does not dial +4989"]),
        ("carrier", "+4930", ["queues[0].overflow[0].to.number: no trunk dials +4989"]),
    ],
)
def test_another_centre_is_one_that_a_trunk_can_dial(trunk: str, dialled: str, problems: list[str]) -> None:
    to = '{ type = "number", number = "+4989", centre = "west" }'
    text = SMALL.replace('id = "q"', f'id = "q"\noverflow = [{{ after_seconds = 9, to = {to} }}]', 1)
    text += f'[[trunks]]\nid = "{trunk}"\nhost = "192.0.2.20"\nprefixes = ["{dialled}"]\n'
    if not problems:
        [overflow] = parse(text).queues[0].overflow
        assert overflow.to == ToNumber(number="+4989", centre="west")
        return
    found = refusal(text)
    assert [one.split(":")[0] for one in found] == [one.split(":")[0] for one in problems]
    assert found[0].startswith(problems[0])


def test_every_problem_is_said_at_once() -> None:
    text = (
        SMALL.replace("cards = 2", "x = 2").replace("cards = 3", "y = 3").replace('project = "help"', 'project = "z"')
    )
    assert len(refusal(text)) == 4


def test_the_refusal_reads_as_a_list(tmp_path: Path) -> None:
    file = tmp_path / "centre.toml"
    file.write_text(SMALL.replace("cards = 2", "card = 2"))
    with pytest.raises(DocumentRefused, match=r"nothing of it was applied; .*:\n  queues\[0\].skills: unknown skill"):
        read_document(file)


def test_prompts_files_are_beside_the_document(tmp_path: Path) -> None:
    (tmp_path / "hello.wav").write_bytes(write_wav(np.zeros(800, dtype=np.int16), 8_000))
    file = tmp_path / "centre.toml"
    file.write_text(f'{SMALL}\n[[prompts]]\nid = "p"\nfile = "hello.wav"')
    assert read_document(file).prompts[0].file == str((tmp_path / "hello.wav").resolve())


def test_a_trunks_password_is_not_shown() -> None:
    document = parse(f'{SMALL}\n[[trunks]]\nid = "t"\nhost = "a"\nusername = "u"\npassword = "hunter2"')
    assert "hunter2" not in repr(document)


LINES = BANK.splitlines()
VALUES = st.sampled_from(
    ["-1", "0", "1e400", "nan", "true", '""', "[]", "{}", "2026-01-01", '["a"]', "{ a = 1 }", "9" * 30, '"\\u0007"']
)  # fmt: skip


def problems_or_none(text: str) -> tuple[Document | None, list[Problem]]:
    try:
        return parse(text), []
    except DocumentRefused as refused:
        return None, list(refused.problems)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.none() | VALUES), min_size=1, max_size=3))
def test_a_damaged_file_is_refused_with_places_or_works(damages: list[tuple[int, str | None]]) -> None:
    """Lines lost or values replaced: nothing but `DocumentRefused` comes out, and what is accepted can be run."""
    lines = list(LINES)
    for n, value in damages:
        name, equals, _ = lines[n].partition("=")
        lines[n] = f"{name}= {value}" if equals and value is not None else ""
    document, problems = problems_or_none("\n".join(lines))
    assert (document is None) == bool(problems)
    assert all(problem.place and problem.text for problem in problems)
    core = Core()
    for stimulus in stimuli_of(document) if document is not None else ():
        core.handle(0, stimulus)
    Core.restored(core.snapshot())


GUIDED = (
    SMALL.replace(
        'name = "Help"',
        'name = "Help"\nscript = "first"\ndeviations = ["own_words"]\nlanguages = ["fa", "en"]\n'
        'screen_pop = "https://crm.example.com/?caller={customer}&queue={queue}"',
    )
    + """
[[scripts]]
id = "first"
name = "First line"
language = "fa"
start = "hello"
steps.hello = { type = "say", text = "Hello {customer}.", required = true, next = "bye" }
steps.bye = { type = "end", disposition = "solved" }
[[dispositions]]
id = "solved"
project = "help"
label = "Solved"
[[not_ready_reasons]]
id = "lunch"
label = "Lunch"
"""
)


def test_reads_what_agents_see() -> None:
    document = parse(GUIDED)
    assert document.projects[0].script == "first"
    assert document.projects[0].rules() == parse(SMALL).projects[0].rules()
    assert document.scripts[0].steps["hello"].text == "Hello {customer}."
    assert document.dispositions[0].label == "Solved"
    assert stimuli_between(parse(SMALL), document) == [], "a floor is not told what only people see"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('script = "first"', 'script = "second"', 'projects[0].script: unknown script "second"'),
        ('["own_words"]', '["anything"]', "projects[0].deviations[0]: Invalid enum value 'anything'"),
        ('["own_words"]', '["own_words", "own_words"]', "projects[0].deviations: one is there twice"),
        ('["fa", "en"]', '["xx"]', "projects[0].languages[0]: Invalid enum value 'xx'"),
        ("https://", "javascript:", "projects[0].screen_pop: write the address of a page"),
        ("https://crm.example.com", "https://{customer}", "projects[0].screen_pop: write the address of a page"),
        ("https://crm.example.com", "https://crm.example.com@{customer}", "projects[0].screen_pop: write the"),
        ("{queue}", "{quue}", 'projects[0].screen_pop: unknown variable "quue"'),
        ('start = "hello"', 'start = "x"', 'scripts[0].start: unknown step "x"'),
        ("{customer}.", "{custmer}.", 'scripts[0].steps.hello.text: unknown variable "custmer"'),
        ('project = "help"\nlabel', 'project = "x"\nlabel', 'dispositions[0].project: unknown project "x"'),
        ('disposition = "solved"', 'disposition = "x"', 'scripts[0].steps.bye.disposition: unknown disposition "x"'),
    ],
)
def test_what_agents_see_is_checked(old: str, new: str, expected: str) -> None:
    assert old in GUIDED
    found = refusal(GUIDED.replace(old, new, 1))
    assert any(sentence.startswith(expected) for sentence in found), found


def test_a_script_ends_with_dispositions_that_all_its_projects_have() -> None:
    other = GUIDED + '[[projects]]\nid = "other"\nclient = "acme"\nname = "Other"\nscript = "first"\n'
    assert refusal(other) == ['scripts[0].steps.bye.disposition: unknown disposition "solved"']
