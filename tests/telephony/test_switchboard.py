"""Where customers wait: a long queue gets several bridges, each small."""

from pathlib import Path

from markaz.telephony.asterisk.switchboard import WAITING_ROOM_MAX, Leg, Switchboard, waits_for
from markaz.telephony.prompts import PromptShelf


def test_a_long_queue_waits_in_several_rooms_and_fills_the_first_again() -> None:
    board = Switchboard()
    for number in range(2 * WAITING_ROOM_MAX):
        leg = Leg(channel=f"ch{number}", role="customer", contact=f"c{number}")
        leg.bridge = board.waiting_room("support")
        board.add(leg)
    rooms = [leg.bridge for leg in board.customers.values()]
    assert rooms == ["waiting-support"] * WAITING_ROOM_MAX + ["waiting-support.2"] * WAITING_ROOM_MAX
    assert board.waiting_room("support") == "waiting-support.3"
    assert board.waiting_room("sales") == "waiting-sales"
    board.remove("ch3")
    assert board.waiting_room("support") == "waiting-support"


def test_every_room_of_a_queue_is_that_queues_alone() -> None:
    assert waits_for("waiting-support", "support")
    assert waits_for("waiting-support.2", "support")
    assert not waits_for("waiting-support2", "support")
    assert not waits_for("conversation-support", "support")
    assert not waits_for(None, "support")


def test_the_shelf_knows_whether_there_is_music(tmp_path: Path) -> None:
    shelf = PromptShelf(tmp_path)
    assert not shelf.has_music
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "calm.wav").write_bytes(b"RIFF")
    shelf.replace({})
    assert shelf.has_music
