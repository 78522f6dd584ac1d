"""Scenarios: read from files, refused in words, and run through queues with skills, overflow and recorded calls."""

from pathlib import Path

import msgspec
import pytest
from tests.runtime.simulated.test_workload import CALLS

from markaz.routing import Overflow, QueueRules, Relaxation, ToCallback, ToDisconnect, ToNumber, ToQueue, ToVoicemail
from markaz.runtime import simulated
from markaz.runtime.simulated import (
    AgentGroup,
    Empirical,
    Estimate,
    Exponential,
    Gamma,
    QueueResult,
    Result,
    Scenario,
    ScenarioInvalid,
    Workload,
    load_scenario,
    render_result,
    render_result_json,
    run_scenario,
    simulate,
)

EXAMPLES = Path(simulated.__file__).parent / "scenarios"

ENDS = ("answered", "abandoned", "overflowed", "voicemail", "callback", "refused", "lost_to_fault", "unfinished")


def two_queues(**changes: object) -> Scenario:
    """Cards and loans, agents of one skill and of both, every way out of a queue."""
    scenario = Scenario(
        name="two queues",
        seed=4,
        replications=4,
        minutes=240,
        queues=(
            QueueRules(
                id="cards", project="bank", skills={"cards": 3}, wrap_up_seconds_max=40, waiting_max=6,
                when_full=ToDisconnect(), overflow=(Overflow(after_seconds=60, to=ToQueue(queue="loans")),),
            ),
            QueueRules(
                id="loans", project="bank", skills={"loans": 3}, wrap_up_seconds_max=0,
                relaxation=(Relaxation(after_seconds=30, lower={"loans": 1}),),
                overflow=(Overflow(after_seconds=90, to=ToVoicemail()),),
            ),
            QueueRules(
                id="help", project="shop", overflow=(Overflow(after_seconds=20, to=ToNumber(number="+4930123")),),
            ),
            QueueRules(id="orders", project="shop", overflow=(Overflow(after_seconds=20, to=ToCallback()),)),
        ),
        agents=(
            AgentGroup(id="cards", count=3, skills={"cards": 5}, queues={"cards": 1}, answer=Gamma(3.0, 0.5)),
            AgentGroup(id="both", count=2, skills={"cards": 5, "loans": 2}, queues={"cards": 2, "loans": 1}),
            AgentGroup(id="shop", count=2, queues={"help": 1, "orders": 1}, answer=Empirical((2.0, 30.0))),
        ),
        workload={
            "cards": Workload(
                calls_per_minute=2.0, talk=Exponential(100), patience=Exponential(90), wrap_up=Exponential(20)
            ),
            "loans": Workload(calls_per_minute=0.6, talk=Exponential(150), patience=Exponential(120)),
            "help": Workload(calls_per_minute=0.7, talk=Exponential(120)),
            "orders": Workload(calls_per_minute=0.4, talk=Exponential(90), patience=Exponential(300)),
        },
    )  # fmt: skip
    return msgspec.structs.replace(scenario, **changes)


def ends(queue: QueueResult) -> dict[str, int]:
    return {name: getattr(queue, name) for name in ENDS}


def test_every_contact_comes_to_exactly_one_end() -> None:
    result = simulate(two_queues())
    for queue in (*result.queues, result.total):
        assert queue.arrived == sum(ends(queue).values()) > 300
        assert queue.unfinished == queue.lost_to_fault == 0
    assert result.total.arrived == result.calls == sum(queue.arrived for queue in result.queues)
    cards, loans, shop, orders = result.queues
    assert min(cards.abandoned, cards.refused, cards.moved_to_queue, cards.voicemail) > 0
    assert loans.voicemail > 0
    assert shop.overflowed > 0
    assert orders.answered > 0
    for group in (*result.groups, result.all_agents):
        assert group.occupancy is not None
        assert 0.3 < group.occupancy.value < 1


def test_a_seed_gives_the_same_figures_and_another_seed_others() -> None:
    def figures(seed: int) -> Result:
        result = simulate(two_queues(seed=seed, replications=2))
        return msgspec.structs.replace(result, processor_seconds=0.0, calls_per_second=0.0)

    assert figures(8) == figures(8)
    assert figures(8).total != figures(9).total


def test_other_rules_meet_the_same_customers() -> None:
    """Common random numbers: one agent more changes no arrival, and never makes the same customers wait longer."""
    few, many = (
        simulate(Scenario(
            name="cards", replications=3, minutes=120,
            queues=(QueueRules(id="cards", project="bank"),),
            agents=(AgentGroup(id="cards", count=count, queues={"cards": 1}),),
            workload={"cards": Workload(calls_per_minute=2.0, talk=Exponential(120))},
        )).queues[0]
        for count in (5, 6)
    )  # fmt: skip
    assert few.arrived == many.arrived
    assert few.wait_mean_seconds is not None
    assert many.wait_mean_seconds is not None
    assert many.wait_mean_seconds.value < few.wait_mean_seconds.value


def recorded_hour(folder: Path, *, workload: str) -> Path:
    """Three recorded calls, queued at 9:00:05, 9:00:20 and 9:02:08, for one agent who answers after 4 s."""
    (folder / "calls.csv").write_text(CALLS)
    path = folder / "hour.toml"
    path.write_text(
        f"""
        name = "A recorded hour"
        replications = 2
        workload.bank = {{ {workload} }}

        [[queues]]
        id = "bank"
        project = "bank"
        target_seconds = 5

        [[agents]]
        id = "ann"
        count = 1
        queues = {{ bank = 1 }}
        answer = {{ kind = "fixed", seconds = 4 }}

        [recorded]
        file = "calls.csv"
        day = 2026-03-02
        since = "09:00"
        until = "10:00"
        queues = {{ PS = "bank", NW = "bank" }}
        """
    )
    return path


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.value


def test_times_add_up_to_the_second(tmp_path: Path) -> None:
    """20 s of talk and 10 s of wrap-up: ann talks from 9 to 29 s, from 43 (wrapped up at 39) to 63, from 132 to 152."""
    workload = 'talk = { kind = "fixed", seconds = 20 }, wrap_up = { kind = "fixed", seconds = 10 }'
    result = run_scenario(recorded_hour(tmp_path, workload=workload))
    (queue,) = result.queues
    assert (queue.arrived, queue.answered) == (6, 6)
    assert value(queue.wait_mean_seconds) == pytest.approx((4 + 23 + 4) / 3)
    assert value(queue.wait_p95_seconds) == pytest.approx(23, abs=0.1)
    assert value(queue.service_level) == pytest.approx(2 / 3)
    assert value(queue.waiting_probability) == pytest.approx(1 / 3)
    assert value(queue.queue_length_mean) == pytest.approx(31 / 3600)
    assert value(queue.occupancy) == pytest.approx(90 / 3600)


def test_a_customer_hangs_up_when_patience_ends(tmp_path: Path) -> None:
    """The second call would have waited 23 s; after 10 s it is gone, and ann is free until the third."""
    workload = 'talk = { kind = "fixed", seconds = 20 }, patience = { kind = "fixed", seconds = 10 }'
    result = run_scenario(recorded_hour(tmp_path, workload=workload))
    (queue,) = result.queues
    assert (queue.arrived, queue.answered, queue.abandoned) == (6, 4, 2)
    assert value(queue.wait_mean_seconds) == pytest.approx((4 + 10 + 4) / 3)
    assert value(queue.abandonment) == pytest.approx(1 / 3)
    assert value(queue.occupancy) == pytest.approx(40 / 3600)


def test_recorded_times_are_replayed(tmp_path: Path) -> None:
    """The first call hung up after 40 s then, and is served now: for 60 or 120 s, drawn from the others'."""
    workload = 'talk = { kind = "recorded" }, patience = { kind = "recorded" }'
    result = run_scenario(recorded_hour(tmp_path, workload=workload), seed=3, replications=1)
    (queue,) = result.queues
    assert (result.seed, queue.arrived, queue.answered, queue.abandoned) == (3, 3, 3, 0)
    talked = value(queue.occupancy) * 3600
    assert talked in (pytest.approx(240), pytest.approx(300))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_examples_run(path: Path) -> None:
    told: list[float] = []
    scenario = load_scenario(path)
    short = msgspec.structs.replace(scenario, minutes=30.0, warm_up_minutes=5.0, replications=2)
    result = simulate(short, progress=told.append)
    assert result.total.arrived > 50
    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1
    assert "service level" in render_result(result)
    assert msgspec.json.decode(render_result_json(result))["total"]["arrived"] == result.total.arrived


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("seed = 1", "seeds = 1", "unknown field `seeds`"),
        ("count = 14", "count = 0", r"`int` >= 1 - at `\$.agents"),
        ('kind = "exponential"', 'kind = "normal"', "Invalid value 'normal'"),
        ("mean_seconds = 180", 'mean_seconds = "long"', "Expected `float`, got `str`"),
        ("queues = { calls = 1 }", "queues = { cals = 1 }", "agents agents names queue cals"),
        ("minutes = 1200", "", "needs minutes"),
        ("calls_per_minute = 3.3333333333333335", "", "either calls_per_minute or recorded calls"),
        ('kind = "exponential", mean_seconds = 180', 'kind = "recorded"', "its calls are not recorded"),
        ("seed = 1", "seed = ", "Invalid value"),
    ],
)
def test_a_senseless_scenario_is_refused_in_words(tmp_path: Path, old: str, new: str, problem: str) -> None:
    text = (EXAMPLES / "one-queue.toml").read_text()
    assert old in text
    path = tmp_path / "wrong.toml"
    path.write_text(text.replace(old, new))
    with pytest.raises(ScenarioInvalid, match=problem) as caught:
        load_scenario(path)
    assert caught.value.name == "wrong.toml"


@pytest.mark.parametrize(("content", "problem"), [(b"\xff\xfe", "codec"), (b"a = " + b"[" * 100_000, "nested too")])
def test_a_file_that_is_no_text_is_named(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "mine.toml").write_bytes(content)
    with pytest.raises(ScenarioInvalid, match=problem):
        load_scenario(tmp_path / "mine.toml")
