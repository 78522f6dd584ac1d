"""Mails deliveries to the addresses that were agreed, and tries again for two days; how it went is kept for both sides.

A mail is claimed for a while before it is sent, and its result is saved after: no transaction waits for a mail server.
"""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from markaz.reports.agreements.telling import definition_lines
from markaz.reports.agreements.terms import Terms
from markaz.runtime import connect

PAUSES_SECONDS: Final = (60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400)
"""Before each further attempt; after the last of them a mail has failed, and the portal still has what it said."""
ATTEMPT_SECONDS_MAX: Final = 30.0
CLAIM_SECONDS: Final = 120
DUE_MAX: Final = 20
POLL_SECONDS: Final = 1.0
NO_SERVER: Final = "no mail server is named: set [mail] in markaz.toml"

_CLAIM: LiteralString = """
UPDATE report_sending AS s SET next_at = now() + make_interval(secs => %s)
FROM report_delivery AS d JOIN report_version AS v
    ON (v.centre, v.report, v.version) = (d.centre, d.report, d.version)
WHERE (d.centre, d.report, d.period_began, d.n) = (s.centre, s.report, s.period_began, s.n)
    AND (s.centre, s.report, s.period_began, s.n, s.recipient) IN (
        SELECT its.centre, its.report, its.period_began, its.n, its.recipient
        FROM report_sending AS its JOIN report_delivery AS of
            ON (of.centre, of.report, of.period_began, of.n) = (its.centre, its.report, its.period_began, its.n)
        WHERE of.floor = %s AND its.state = 'pending' AND its.next_at <= now()
        ORDER BY its.next_at LIMIT 1 FOR UPDATE OF its SKIP LOCKED)
RETURNING s.centre, s.report, s.period_began, s.n, s.recipient, s.attempts, d.version, d.period_ended, d.sha256, d.why,
    d.file, v.terms
"""
_RESULT = """
UPDATE report_sending SET attempts = %(attempts)s, state = %(state)s, problem = %(problem)s,
    next_at = CASE WHEN %(state)s = 'pending' THEN clock_timestamp() + make_interval(secs => %(pause)s) END,
    ended_at = CASE WHEN %(state)s = 'pending' THEN NULL ELSE clock_timestamp() END
WHERE (centre, report, period_began, n, recipient)
    = (%(centre)s, %(report)s, %(period_began)s, %(n)s, %(recipient)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail goes out. `starttls`: it is encrypted or not sent at all."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    starttls: bool = True

    def __repr__(self) -> str:
        return f"MailServer(host={self.host!r}, port={self.port})"


@dataclass(frozen=True, slots=True)
class _Mail:
    centre: str
    report: str
    period_began: datetime
    n: int
    recipient: str
    attempts: int
    version: int
    period_ended: datetime
    sha256: str
    why: str | None
    file: bytes
    terms: str


class Mailer:
    """One floor's; two at once are harmless."""

    def __init__(self, url: str, floor: str, server: MailServer | None) -> None:
        self._url = url
        self._floor = floor
        self._server = server

    async def run(self) -> None:
        """Until cancelled; raises psycopg errors when the database goes away."""
        async with await connect(self._url) as connection:
            while True:
                if await self.send_due(connection) < DUE_MAX:
                    await asyncio.sleep(POLL_SECONDS)

    async def send_due(self, connection: AsyncConnection[Any]) -> int:
        """Try what is due; how many that were."""
        tried = 0
        while tried < DUE_MAX and (mail := await self._claim(connection)) is not None:
            problem = await self._try(mail)
            attempts = mail.attempts + 1
            is_over = problem is None or attempts > len(PAUSES_SECONDS)
            pause = PAUSES_SECONDS[min(attempts, len(PAUSES_SECONDS)) - 1]
            values = {
                "attempts": attempts, "problem": problem, "pause": pause,
                "state": ("delivered" if problem is None else "failed") if is_over else "pending",
                "centre": mail.centre, "report": mail.report, "period_began": mail.period_began, "n": mail.n,
                "recipient": mail.recipient,
            }  # fmt: skip
            await connection.execute(_RESULT, values)
            tried += 1
        return tried

    async def _claim(self, connection: AsyncConnection[Any]) -> _Mail | None:
        """One at a time: a claim lasts no longer than one mail may take."""
        async with connection.cursor(row_factory=class_row(_Mail)) as cursor:
            return await (await cursor.execute(_CLAIM, (CLAIM_SECONDS, self._floor))).fetchone()

    async def _try(self, mail: _Mail) -> str | None:
        """What went wrong, in words; None: the server has it."""
        if self._server is None:
            return NO_SERVER
        try:
            await asyncio.to_thread(_send, self._server, letter(mail, self._server.sender))
        except (smtplib.SMTPException, OSError, ValueError) as error:  # ValueError: no mail can be made of it
            return str(error) or type(error).__name__
        return None


def letter(mail: _Mail, sender: str) -> EmailMessage:
    """The mail and its attachment, in the report's language; a correction says why, and that the other one is kept."""
    terms = msgspec.json.decode(mail.terms, type=Terms)
    words, began = terms.words, mail.period_began.astimezone(ZoneInfo(terms.zone))
    day, iso_day = words.script.date(began.date()), f"{began:%Y-%m-%d}"
    subject = "delivered.subject.correction" if mail.n else "delivered.subject"
    message = EmailMessage()
    message["From"], message["To"] = sender, mail.recipient
    message["Subject"] = words.say(subject, name=words.foreign(_one_line(terms.name)), day=day)
    message["Message-ID"] = f"<{mail.report}.{iso_day}.{mail.n}.{mail.sha256[:12]}@markaz>"
    told = [words.say(f"delivered.opening.{terms.period}", name=words.foreign(terms.name), day=day), ""]
    if mail.n:
        told += [words.say("delivered.correction", why=words.foreign(mail.why or "")), ""]
    told += [*definition_lines(terms, mail.version), "", words.say("delivered.sum", sha256=words.foreign(mail.sha256))]
    message.set_content("\n".join(told))
    is_csv = terms.format == "csv"
    message.add_attachment(
        mail.file, maintype="text" if is_csv else "application", subtype=terms.format,
        params={"charset": "utf-8"} if is_csv else None, filename=f"{iso_day}.{terms.format}",
    )  # fmt: skip
    message["Content-Language"] = words.language  # the parts before it would take it for theirs
    return message


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _send(server: MailServer, message: EmailMessage) -> None:
    with smtplib.SMTP(server.host, server.port, timeout=ATTEMPT_SECONDS_MAX) as session:
        if server.starttls:
            session.starttls(context=ssl.create_default_context())
        if server.user is not None:
            session.login(server.user, server.password or "")
        session.send_message(message)
