"""The made-up life as files that any archive may consist of: an mbox without bodies, and a calendar."""

from datetime import datetime, timedelta
from email.utils import format_datetime, formataddr
from pathlib import Path

from worker.demo.cast import OWNER
from worker.demo.life import Email, Meeting, emails, meetings


def write_life(folder: Path, now: datetime) -> list[Path]:
    """Write the life up to `now` into a folder; returns the files."""
    mail, calendar = folder / "emails.mbox", folder / "meetings.ics"
    mail.write_text("".join(map(_email, emails(now))), encoding="utf-8")
    events = "".join(map(_event, meetings(now)))
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//keepwarm//demo//EN\r\n"
    calendar.write_bytes(f"{head}{events}END:VCALENDAR\r\n".encode())
    return [mail, calendar]


def _named(who: tuple[str, str]) -> str:
    return formataddr(who, "utf-8")


def _email(email: Email) -> str:
    name = f"<{email.number}@demo.example>"
    headers = {
        "From": _named(email.sender),
        "To": ", ".join(map(_named, email.to)),
        "Date": format_datetime(email.at),
        "Message-ID": name,
        "Subject": email.subject,
    }
    if email.answers:
        headers |= {"In-Reply-To": f"<{email.answers}@demo.example>", "References": f"<{email.answers}@demo.example>"}
    if email.bulk:
        headers |= {"List-Unsubscribe": "<mailto:leave@lists.example>", "Precedence": "bulk"}
    lines = "".join(f"{field}: {value}\n" for field, value in headers.items())
    return f"From {email.sender[1]} {email.at:%a %b %d %H:%M:%S %Y}\n{lines}\n\n"


def _event(meeting: Meeting) -> str:
    stamp = "%Y%m%dT%H%M%SZ"
    lines = (
        "BEGIN:VEVENT",
        f"UID:{meeting.number}@meetings.demo.example",
        f"DTSTAMP:{meeting.at:{stamp}}",
        f"DTSTART:{meeting.at:{stamp}}",
        f"DTEND:{meeting.at + timedelta(hours=1):{stamp}}",
        f"SUMMARY:{meeting.title}",
        f"ORGANIZER:mailto:{OWNER[1]}",
        f"ATTENDEE;PARTSTAT=ACCEPTED;CN={meeting.other[0]}:mailto:{meeting.other[1]}",
        "END:VEVENT",
    )
    return "".join(f"{line}\r\n" for line in lines)
