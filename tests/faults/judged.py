"""What must be true when a day is over and calm has drained everything, from the world's own books.

* Every call that a floor in good health had time to hear of is one contact, and no call is two.
* Every contact is closed once, with an outcome that fits what Asterisk saw of it.
* A contact counts as lost to a fault only when there was trouble while it ended; a promised call back is made.
* Every row that was ever durable is in the journal, in order, without a gap; replay answers the same to the byte.
* The read models say of every contact and agent what the rows say.
* The conversation of each who answered for a contact is in the ledger of recordings, a guest's is not, and every file
  that Asterisk wrote is. Pauses were asked for, and end with their recording at the
  latest. Where a floor died before it
  wrote a row, the file is there and the rows tell whose it is: the worker adopts such files.
"""

from collections import defaultdict
from pathlib import Path

from markaz.routing import DialCustomer
from markaz.runtime import Core
from markaz.runtime.projection import ReadModels
from markaz.runtime.rows import Row, again, outputs_of
from tests.faults.books import FOUND_SECONDS_MAX, TOLD_SECONDS_MAX, Books, Call, Conversation, Violated
from tests.faults.database import Database
from tests.faults.house import HUNTED
from tests.faults.kept import KeptContact
from tests.faults.sound import WAV_HEADER_BYTES

CONVERSATION_SECONDS_MIN = 1.0
"""A shorter conversation may leave no recording."""
NEWS_SECONDS_MAX = 5.0
"""What the floor hears late, it hears within so long."""
TALKED = {"answered", "callback", "overflowed", "lost_to_fault"}
"""Outcomes of who talked to somebody."""


def judge(books: Books, database: Database, home: Path, *, floors: int) -> None:
    """Raises `Violated` with the first sentence that does not hold; `floors` is how many processes there were."""
    _rows(books, database)
    rows = [Row(number, at, said.encode(), out.encode()) for number, (at, said, out) in sorted(database.rows.items())]
    _replay(rows)
    _calls(books)
    _contacts(books)
    _promises(books, rows)
    if (wrong := books.surveys.judged()) is not None:
        raise Violated(wrong)
    _read_models(books, rows)
    _recordings(books, database, home, was_whole=floors == 1)


def _rows(books: Books, database: Database) -> None:
    numbers = sorted(database.rows)
    if numbers != list(range(1, len(numbers) + 1)):
        raise Violated(f"the journal of {len(numbers)} rows ends at {numbers[-1] if numbers else 0}")
    for number, row in books.rows.items():
        if database.rows.get(number) != row:
            raise Violated(f"row {number} was durable and is not in the journal: {row[1]}")
    stamps = [database.rows[number][0] for number in numbers]
    if stamps != sorted(stamps):
        raise Violated("the journal's stamps go back")


def _replay(rows: list[Row]) -> None:
    core = Core()
    for row in rows:
        if not again(core, row):
            raise Violated(f"row {row.number} is answered differently by replay")


def _calls(books: Books) -> None:
    contacts: dict[str, list[str]] = defaultdict(list)
    for name, contact in books.contacts.items():
        if not _is_follow_up(name, books):
            contacts[contact.number].append(name)
    for call in books.calls:
        names = contacts.pop(call.number, [])
        if len(names) > 1:
            raise Violated(f"the call of {call.number} became {len(names)} contacts: {', '.join(names)}")
        if call.channel.exten == HUNTED:
            if names:
                raise Violated(f"the call of {call.number} to a number of nobody became a contact")
        elif names:
            _outcome(call, names[0], books.contacts[names[0]])
        elif call.well_seconds > (FOUND_SECONDS_MAX if call.was_unheard else TOLD_SECONDS_MAX):
            raise Violated(f"the call of {call.number}, {call.channel.id}, was never a contact")
    if contacts:
        raise Violated(f"contacts that were no call: {contacts}")


def _is_follow_up(name: str, books: Books) -> bool:
    """A call back that is owed to somebody whom a fault cut off."""
    before, plus, _ = name.rpartition("+")
    return bool(plus) and before in books.contacts and books.contacts[before].outcome == "lost_to_fault"


def _outcome(call: Call, name: str, contact: KeptContact) -> None:
    who = f"the contact {name} of the call {call.channel.id}"
    if contact.outcome == "lost_to_fault" and call.by != "fault" and call.was_well and not contact.promised:
        raise Violated(f"{who} counts as lost to a fault, and ended by the {call.by} when all was well")
    if call.talked_seconds > NEWS_SECONDS_MAX and contact.outcome not in TALKED:
        raise Violated(f"{who} talked, and counts as {contact.outcome}")
    if (
        call.talked_since is None
        and contact.outcome in ("answered", "overflowed")
        and not contact.promised
        and call.was_well
    ):
        raise Violated(f"{who} talked to nobody, and counts as {contact.outcome}")
    if call.ended is not None and contact.closed and contact.closed < call.ended - 90:
        raise Violated(f"{who} was closed {call.ended - contact.closed:.0f} s before it ended")


def _contacts(books: Books) -> None:
    for name, contact in books.contacts.items():
        if contact.closings != 1 or contact.outcome is None:
            raise Violated(f"the contact {name} was closed {contact.closings} times, as {contact.outcome}")


def _promises(books: Books, rows: list[Row]) -> None:
    """Who was promised a call back was dialled, or came to an end that the customer or a fault made."""
    dialled = {output.contact for row in rows for output in outputs_of(row) if isinstance(output, DialCustomer)}
    for name, contact in books.contacts.items():
        if contact.promised and name not in dialled and contact.outcome != "lost_to_fault":
            raise Violated(f"the contact {name} was promised a call back, never dialled, and is {contact.outcome}")


def _read_models(books: Books, rows: list[Row]) -> None:
    models = ReadModels()
    closed: dict[str, str | None] = {}
    for row in rows:
        models.apply(row)
        changes = models.take_changes()
        for name, contact in changes.contacts.items():
            if contact.closed_at is not None:
                closed[name] = contact.outcome
        for visit in changes.visits.values():
            if visit.wait_seconds is not None and visit.wait_seconds < 0:
                raise Violated(f"{visit.contact} waited {visit.wait_seconds} s")
    if closed != {name: contact.outcome for name, contact in books.contacts.items()}:
        told = {name: contact.outcome for name, contact in books.contacts.items()}
        differ = [name for name in closed.keys() | told.keys() if closed.get(name) != told.get(name)]
        raise Violated(f"the read models differ from the rows about {sorted(differ)}")
    if models.contacts or models.engagements:
        raise Violated(f"the read models have open: {[*models.contacts, *models.engagements]}")
    presences = {name: one.presence for name, one in models.activities.items()}
    if presences != {name: agent.presence for name, agent in books.agents.items() if name in presences}:
        raise Violated(f"the read models see the agents as {presences}")


def _lead_seconds(books: Books, talk: Conversation) -> float:
    """How long in this conversation the agent answered for the contact."""
    part = books.kept.parts.get(talk.offer)
    ended = talk.ended if talk.ended is not None else talk.began
    leads = [*part.leads, ended] if part is not None else []
    spans = zip(leads[::2], leads[1::2], strict=False)
    return sum(max(0.0, min(end, ended) - max(began, talk.began)) for began, end in spans)


def _is_told(path: Path, books: Books) -> bool:
    """Whether the rows tell whose recording this is, so that the worker can adopt it."""
    return path.stem in books.contacts or any(talk.offer == path.stem for talk in books.conversations)


def _recordings(books: Books, database: Database, home: Path, *, was_whole: bool) -> None:
    """`was_whole`: no floor died between a recording's beginning and its row."""
    files = {path.stem: path for path in sorted((home / "recordings").glob("*/*"))}
    for talk in books.conversations:
        was_handed_over = talk.offer in books.kept.parts and books.kept.parts[talk.offer].was_guest
        seconds = _lead_seconds(books, talk)
        is_known = talk.offer in database.recordings or (talk.offer in files and not was_whole)
        is_brief = was_handed_over and seconds < NEWS_SECONDS_MAX
        if seconds > CONVERSATION_SECONDS_MIN and not is_known and not is_brief:
            raise Violated(f"the conversation {talk.offer} of {seconds:.1f} s is not in the ledger of recordings")
        if seconds == 0.0 and talk.offer in database.recordings and not books.kept.parts[talk.offer].leads:
            raise Violated(f"the recording {talk.offer} is of a guest, who never answered for the contact")
    for recording, pauses in database.pauses.items():
        if None in pauses.values() and database.recordings.get(recording, {}).get("ended_at") is not None:
            raise Violated(f"a pause of {recording} has no end, and the recording has")
        if recording not in books.kept.pauses:
            raise Violated(f"the ledger tells of a pause of {recording} that nobody asked for")
    expected = {Path(row["path"]).stem for row in database.recordings.values()}
    for path in files.values():
        if (
            path.stat().st_size > WAV_HEADER_BYTES
            and path.stem not in expected
            and (was_whole or not _is_told(path, books))
        ):
            raise Violated(f"the file {path.stem} is in no ledger, and nothing tells whose it is")
    for contact, seconds in books.messages.items():
        kept = books.contacts.get(contact)
        if (
            kept is not None
            and seconds >= 1.5
            and kept.outcome not in ("voicemail", "answered", "callback", "lost_to_fault")
        ):
            raise Violated(f"the contact {contact} left a message of {seconds:.1f} s and counts as {kept.outcome}")
