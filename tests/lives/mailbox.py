"""A mailbox and a calendar as files, as they lie there at any moment: inbox.mbox, sent.mbox and calendar.ics."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from pathlib import Path


def at(text: str) -> datetime:
    """2025-03-04 or 2025-03-04T09:30, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Event:
    """One meeting: who is asked, what they answered, and since when it stands in the calendar."""

    uid: str
    starts: datetime
    minutes: int
    organizer: str
    answers: dict[str, str]  # address -> PARTSTAT, the owner's too
    known: datetime
    subject: str


@dataclass(slots=True)
class Mailbox:
    """Everything that is ever written to or from `mine`, and every meeting."""

    mine: list[str]  # the newest first
    names: dict[str, str] = field(default_factory=dict)
    mails: list[tuple[datetime, bool, bytes]] = field(default_factory=list)  # when, from the owner, as it lies there
    events: list[Event] = field(default_factory=list)

    def mail(
        self,
        when: datetime,
        sender: str,
        to: str | Sequence[str],
        *,
        cc: Sequence[str] = (),
        bcc: Sequence[str] = (),
        subject: str = "a word",
        reply: str | None = None,
        headers: Iterable[str] = (),
    ) -> str:
        """Write one mail; gives its Message-ID."""
        named = f"<{len(self.mails)}.{int(when.timestamp())}@{sender.partition('@')[2]}>"
        own = sender in self.mine
        lines = [f"From: {self._box(sender)}", f"To: {self._boxes([to] if isinstance(to, str) else to)}"]
        lines += [f"Cc: {self._boxes(cc)}"] if cc else []
        lines += [f"Bcc: {self._boxes(bcc)}"] if bcc and own else []
        lines += [f"Subject: {subject}", f"Date: {format_datetime(when)}", f"Message-ID: {named}"]
        lines += [f"In-Reply-To: {reply}", f"References: {reply}"] if reply else []
        if not own:
            lines.append(
                f"Received: from mx.example by mx.mine.example; {format_datetime(when + timedelta(seconds=9))}"
            )
        lines += [*headers, "Content-Type: text/plain; charset=utf-8", "", "(never read)", ""]
        raw = f"From {sender} {when:%a %b %d %H:%M:%S %Y}\n" + "\n".join(lines) + "\n"
        self.mails.append((when, own, raw.encode()))
        return named

    def meet(
        self,
        when: datetime,
        answers: dict[str, str],
        organizer: str,
        *,
        booked: int = 7,
        minutes: int = 60,
        subject: str = "Catch up",
    ) -> None:
        """Put a meeting into the calendar `booked` days before it begins."""
        uid = f"e{len(self.events)}@calendar.example"
        known = when - timedelta(days=booked)
        self.events.append(Event(uid, when, minutes, organizer, answers, known, subject))

    def write(self, folder: Path, upto: datetime) -> None:
        """Write the three files as they are at a moment."""
        folder.mkdir(parents=True, exist_ok=True)
        known = sorted(mail for mail in self.mails if mail[0] <= upto)
        for name, own in (("inbox.mbox", False), ("sent.mbox", True)):
            (folder / name).write_bytes(b"".join(raw for _, sent, raw in known if sent is own))
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//lives//EN"]
        for event in self.events:
            if event.known <= upto:
                lines += self._event(event)
        (folder / "calendar.ics").write_text("\r\n".join([*lines, "END:VCALENDAR", ""]), encoding="utf-8")

    def _event(self, event: Event) -> list[str]:
        ends = event.starts + timedelta(minutes=event.minutes)
        return [
            "BEGIN:VEVENT",
            f"UID:{event.uid}",
            f"DTSTAMP:{event.known:%Y%m%dT%H%M%SZ}",
            f"DTSTART:{event.starts:%Y%m%dT%H%M%SZ}",
            f"DTEND:{ends:%Y%m%dT%H%M%SZ}",
            f"SUMMARY:{event.subject}",
            f"ORGANIZER:mailto:{event.organizer}",
            *(f"ATTENDEE;PARTSTAT={answer}:mailto:{one}" for one, answer in event.answers.items()),
            "END:VEVENT",
        ]

    def _box(self, address: str) -> str:
        name = self.names.get(address, "")
        if not name:
            return address
        return f'"{name}" <{address}>' if name.isascii() else f"{Header(name, 'utf-8').encode()} <{address}>"

    def _boxes(self, addresses: Iterable[str]) -> str:
        return ", ".join(map(self._box, addresses))
