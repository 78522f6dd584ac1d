"""Self-service and routing as one: hand-overs are told at once, and any moment can be a checkpoint."""

from tests.runtime.day import BEGIN, CONFIGURATION
from tests.runtime.test_journal import day_rows

from markaz import flows, routing
from markaz.runtime.core import Core
from markaz.runtime.rows import Row, again, handled


def configured() -> Core:
    core = Core()
    for stimulus in CONFIGURATION:
        core.handle(BEGIN, stimulus)
    return core


def test_a_call_is_admitted_answered_and_queued_in_one_stimulus() -> None:
    said = configured().handle(BEGIN, flows.ContactEntered("c1", "voice", "+100", "+49"))
    kinds = [type(one).__name__ for one in said]
    assert kinds.index("ContactAdmitted") < kinds.index("AnswerContact") < kinds.index("KeepWaiting")
    moves = [(one.before, one.after) for one in said if isinstance(one, routing.ContactMoved)]
    assert moves == [(None, "in_self_service"), ("in_self_service", "waiting")]


def test_a_call_to_a_number_nobody_configured_is_refused() -> None:
    said = configured().handle(BEGIN, flows.ContactEntered("c1", "voice", "+999", "+49"))
    assert flows.RefuseNumber("c1", "+999") in said
    assert not any(isinstance(one, routing.ContactMoved) for one in said)


def test_a_key_while_waiting_promises_a_call_back_and_later_keys_are_noted() -> None:
    core = configured()
    core.handle(BEGIN, flows.ContactEntered("c1", "voice", "+100", "+49"))
    said = core.handle(BEGIN + 1, flows.DigitPressed("c1", "1"))
    assert routing.PromiseCallback("c1", "+49") in said
    again_said = core.handle(BEGIN + 2, flows.DigitPressed("c1", "1"))
    assert all(isinstance(one, flows.FlowNoted | routing.Noted) for one in again_said)


def test_a_prompt_whose_end_may_have_been_missed_is_spoken_again() -> None:
    core = configured()
    nodes = {"pick_up": flows.Answer(next="hello"), "hello": flows.Play(prompt="hello", next="wait"),
             "wait": flows.Queue(queue="cards")}  # fmt: skip
    core.handle(BEGIN, flows.FlowConfigured(flows.Flow(id="welcome", start="pick_up", nodes=nodes)))
    core.handle(BEGIN, flows.ContactEntered("c1", "voice", "+100", "+49"))
    restored = Core.restored(core.snapshot())
    assert restored.handle(BEGIN + 5, routing.FloorStarted("later")) == [flows.SpeakPrompt("c1", "hello", 2)]
    said = restored.handle(BEGIN + 9, flows.PromptFinished("c1", 2))
    assert routing.KeepWaiting("c1", "cards") in said
    assert restored.handle(BEGIN + 9, routing.FloorStarted("again")) == []


def test_every_moment_of_a_day_can_be_a_checkpoint() -> None:
    _, rows = day_rows()
    core = Core()
    for place, row in enumerate(rows):
        assert again(core, row)
        restored = Core.restored(core.snapshot())
        assert all(again(restored, later) for later in rows[place + 1 :]), f"differs after row {row.number}"
        assert restored.deadline() == _deadline_after(rows)


def _deadline_after(rows: list[Row]) -> int | None:
    core = Core()
    for row in rows:
        again(core, row)
    return core.deadline()


def test_bytes_of_a_row_are_the_same_each_time() -> None:
    one, other = configured(), configured()
    entered = flows.ContactEntered("c1", "voice", "+100", "+49")
    assert handled(one, 1, BEGIN, entered, None)[0] == handled(other, 1, BEGIN, entered, None)[0]
