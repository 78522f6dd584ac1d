"""A long random day: replay and a restored floor say the same, and so do compiled modules and their plain sources."""

from hashlib import sha256
from pathlib import Path

import msgspec

import same_floor
from markaz.routing import Floor
from tests.routing.long_run import Day

STEPS = 4_000


def test_a_long_day_meets_nearly_everything() -> None:
    day = Day(seed=5)
    day.run(STEPS)
    rare = {"AnnouncePlace", "DialCustomer", "CheckContact", "SendToNumber", "PlayPrompt", "WithdrawOffer"}
    assert not {name for name in rare if not day.counts[name]}, day.counts
    assert day.counts["OfferContact"] > STEPS // 10
    assert day.counts["Noted"] < day.counts["Decided"]


def test_replay_and_a_floor_restored_at_noon_say_the_same() -> None:
    day = Day(seed=6)
    day.run(STEPS)
    noon = len(day.told) // 2
    floor, digest = Floor(), sha256()
    for number, (at, stimulus) in enumerate(day.told):
        if number == noon:
            floor = Floor.restored(floor.snapshot())
        digest.update(msgspec.json.encode((floor.handle(at, stimulus), floor.deadline())))
    assert digest.digest() == day.digest.digest()
    assert floor.snapshot() == day.floor.snapshot()


def test_the_modules_here_say_what_their_plain_sources_say(tmp_path: Path) -> None:
    same_floor.plain_copy(tmp_path)
    said = same_floor.said(same_floor.ROOT / "src", 1_000, (7,))
    assert same_floor.said(tmp_path / "src", 1_000, (7,)) == said
    rule = tmp_path / "src/markaz/routing/matching.py"
    rule.write_text(rule.read_text().replace("EXPLAINED_MAX = 8", "EXPLAINED_MAX = 2"))
    assert same_floor.said(tmp_path / "src", 1_000, (7,)) != said, "a floor that explains less is noticed"
