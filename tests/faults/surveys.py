"""What must hold of surveys, whatever happens.

* Who is asked occupies no agent, and hears none.
* No prompt of a flow begins, or waits to begin, while an older one of the same contact is heard.
* A survey ends in at most its time, and its contact counts as answered.
* An answer given while all is well is kept; every answer that is kept was given, and none is kept twice.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from markaz.flows.visit import SURVEY_STEP
from markaz.routing.surveys import SURVEY_SECONDS_MAX
from tests.faults.exchange import Channel, others
from tests.faults.house import ANSWERS, QUESTION_SECONDS, QUESTIONS
from tests.faults.kept import Kept
from tests.faults.news import News

PROMPT = re.compile(r"(?P<contact>.+)\.p(?P<step>\d+)")
TROUBLE_SECONDS = 5.0
"""What a fault may undo of what came before it: news is that late, and a floor writes within it."""
APART_SECONDS_MAX = 3.0
"""Who is to be asked leaves the conversation within so long, all being well."""
LATE_SECONDS_MAX = 5.0
"""A survey's end takes so long beyond its time, all being well."""


def is_of_survey(playback: str) -> bool:
    prompt = PROMPT.fullmatch(playback)
    return prompt is not None and int(prompt["step"]) > SURVEY_STEP


@dataclass(eq=False)
class Press:
    """A key that somebody pressed who was asked `question`."""

    contact: str
    question: str
    key: str
    at: float
    is_told: bool
    """It was the question's first answer, in time, and all was well before and after it: the floor has heard it."""


class Surveys:
    """`violate` is told what does not hold at a moment; `judged` tells the first sentence that did not, at the end."""

    def __init__(self, kept: Kept, news: News, violate: Callable[[str], None]) -> None:
        self._kept = kept
        self._news = news
        self._violate = violate
        self._asked: dict[Channel, tuple[str, str, float]] = {}
        """Contact and question that were heard last, and when."""
        self.pressed_keys: list[Press] = []

    # What rows tell

    def written(self) -> None:
        """A row is durable."""
        for name, contact in self._kept.contacts.items():
            if contact.state != "in_survey":
                continue
            for offer, part in self._kept.open_parts(name):
                if part.state != "wrapping_up":
                    self._violate(f"{part.agent} is {part.state} in {offer} while the customer of {name} is asked")

    # What is heard and pressed

    def heard(self, channel: Channel, playback: str) -> None:
        """A playback begins."""
        if (prompt := PROMPT.fullmatch(playback)) is None:
            return
        asked = QUESTIONS.get(self._kept.spoken.get((prompt["contact"], int(prompt["step"])), ""))
        self._asked.pop(channel, None)
        if asked is not None:
            self._asked[channel] = prompt["contact"], asked, self._news.now

    def asked_for(self, channel: Channel, playback: str) -> None:
        """A playback is asked for while those of `channel` are heard, or wait."""
        older = [name for name, _ in channel.playing if PROMPT.fullmatch(name)]
        if PROMPT.fullmatch(playback) and older:
            self._violate(f"{playback} is to be heard after {older}, which was not stopped")

    def pressed(self, channel: Channel, digit: str, *, is_well: bool) -> None:
        """`is_well`: and has been for a while."""
        if channel not in self._asked:
            return
        contact, question, heard_at = self._asked[channel]
        first = not any((one.contact, one.question) == (contact, question) for one in self.pressed_keys)
        in_time = self._news.now - heard_at < QUESTION_SECONDS
        is_asked = self._kept.contacts[contact].state == "in_survey"
        is_told = is_well and first and in_time and is_asked and digit in ANSWERS
        self.pressed_keys.append(Press(contact, question, digit, self._news.now, is_told))

    def trouble(self) -> None:
        """What was pressed a moment ago may be unheard."""
        for press in self.pressed_keys:
            press.is_told &= self._news.now - press.at > TROUBLE_SECONDS

    # Each moment, and the end

    def look(self, well_since: float | None) -> None:
        """`well_since`: since when nothing is out of order; None: something is."""
        if well_since is None:
            self.trouble()
            return
        customers = {channel.contact: channel for channel in self._asked}
        for name, contact in self._kept.contacts.items():
            if contact.state != "in_survey":
                continue
            seconds, well_seconds = self._news.now - contact.since, self._news.now - well_since
            if seconds > SURVEY_SECONDS_MAX + LATE_SECONDS_MAX and well_seconds > LATE_SECONDS_MAX:
                self._violate(f"the customer of {name} has been asked for {seconds:.0f} s")
            channel = customers.get(name)
            if channel is not None and others(channel) and min(seconds, well_seconds) > APART_SECONDS_MAX:
                self._violate(f"the customer of {name} is asked, and hears {others(channel)[0].id}")

    def judged(self) -> str | None:
        for name in sorted(self._kept.surveyed):
            if self._kept.contacts[name].outcome not in ("answered", "callback"):
                return f"the contact {name} was asked, and counts as {self._kept.contacts[name].outcome}"
        for (contact, question), times in Counter((who, what) for who, what, _ in self._kept.answers).items():
            if times > 1:
                return f"the answer of {contact} to {question} is kept {times} times"
        given = Counter((one.contact, one.key) for one in self.pressed_keys)
        for (contact, key), times in Counter((who, key) for who, _, key in self._kept.answers).items():
            if times > given[contact, key]:  # of whichever question: a late key may meet the next one
                return f"{contact} pressed {key} {given[contact, key]} times, and it is kept as {times} answers"
        for press in self.pressed_keys:
            if press.is_told and (press.contact, press.question, press.key) not in self._kept.answers:
                return f"{press.contact} answered {press.key} to {press.question} at {press.at:.3f} s: it is not kept"
        return None
