"""What a row of the journal costs the web's copy of the floor, with few queues and with many; pages follow meanwhile.

Contacts come to each queue in turn, two a second, and give up; 50 pages of the centre's people take every change. Rows
with which a minute passes are told apart: then the quarter of an hour moves on in each queue where somebody came.
Run it by `python -m bench.live`.
"""

from collections.abc import Iterator
from statistics import mean
from time import process_time

from markaz import routing
from markaz.kit.time import SECOND, Instant
from markaz.runtime import Core, Said
from markaz.web.live.figures import MINUTE, Figures
from markaz.web.live.hub import Hub
from markaz.web.live.sight import CENTRE
from markaz.web.live.views import Touched, Views

QUEUES = (5, 50, 500)
CONTACTS = 4_000
PAGES = 50
BEGIN: Instant = 1_800_000_000 * SECOND


def main() -> None:
    """Print a line for each number of queues."""
    for queues in QUEUES:
        rows, minutes = measured(queues)
        print(f"{queues:4} queues: {mean(rows) * 1e6:6.1f} us a row, {mean(minutes) * 1e3:5.2f} ms a minute's turn")


def measured(queues: int) -> tuple[list[float], list[float]]:
    """Seconds of processor for each row, and for each with which a minute passes."""
    core, figures, hub = Core(), Figures(), Hub()
    core.handle(BEGIN, routing.ProjectConfigured(routing.ProjectRules(id="p")))
    for n in range(queues):
        core.handle(BEGIN, routing.QueueConfigured(routing.QueueRules(id=f"q{n}", project="p")))
    figures.pass_time(BEGIN)
    views = Views(core, figures)
    hub.begin(views.values, 0)
    pages = [hub.join(CENTRE) for _ in range(PAGES)]
    rows: list[float] = []
    minutes: list[float] = []
    before = BEGIN // MINUTE
    for number, (at, stimulus) in enumerate(day(queues), 1):
        said = Said(number, at, stimulus, core.handle(at, stimulus))
        began = process_time()
        touched = Touched()
        touched.add(said.stimulus, said.outputs)
        figures.fold(said)
        hub.publish(views.refresh(touched), number)
        for page in pages:
            hub.message(page)
        spent = process_time() - began
        (rows if at // MINUTE == before else minutes).append(spent)
        before = at // MINUTE
    return rows, minutes


def day(queues: int) -> Iterator[tuple[Instant, routing.Stimulus]]:
    for n in range(CONTACTS):
        at, contact = BEGIN + n * SECOND // 2, f"c{n}"
        yield at, routing.ContactArrived(contact, "voice", "p", "+491")
        yield at, routing.ContactQueued(contact, f"q{n % queues}")
        yield at, routing.CustomerLeft(contact)


if __name__ == "__main__":
    main()
