"""What a file is, by its first bytes and, where those leave it open, by its name (pure)."""

from enum import Enum, auto

from connectors.archive.ics import is_ics
from connectors.archive.mbox.from_lines import mail_follows
from connectors.archive.packed.opening import is_compressed, utf_16
from connectors.vcalendar.recognize import is_calendar

BEGINNING = 4096  # bytes that show what a file is
OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how the container of Outlook's .msg files begins
#: of a file with a single mail
MAIL_ENDINGS = (".eml", ".emlx", ".msg", ".oft", ".emltpl", ".mht.eml")


class Kind(Enum):
    """What a file may hold."""

    MBOX = auto()
    MAIL = auto()
    CALENDAR = auto()
    EXPORT = auto()
    ZIP = auto()
    TAR = auto()
    COMPRESSED = auto()  # and recoded: what is in it has a kind of its own
    REFUSED = auto()
    UNKNOWN = auto()


#: What holds mail and cannot be read, by the ending of its name, with what it is.
REFUSED = {
    ".pst": "an Outlook data file",
    ".ost": "an Outlook offline copy",
    ".olm": "an archive of Outlook for Mac",
    ".dbx": "an Outlook Express folder",
    ".nsf": "a Notes database",
    ".tbb": "a folder of The Bat!",
    ".mbs": "an Opera Mail folder",
    ".rar": "a RAR archive",
    ".7z": "a 7-Zip archive",
}
MBOX_NAMES = (".mbox", ".mbx", ".mboxrd", ".mboxo", ".mboxcl", ".mboxcl2")


def kind_of(name: str, beginning: bytes) -> Kind:
    """Recognize what a file called `name` is that begins with these bytes."""
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    suffix = ending(name)
    if is_saved_mail(name):
        return Kind.MAIL
    if text.startswith(b"From "):
        return Kind.MBOX
    if beginning.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.ZIP
    if beginning[257:262] == b"ustar":
        return Kind.TAR
    if is_calendar(beginning):
        return Kind.CALENDAR
    if is_compressed(beginning) or utf_16(beginning):
        return Kind.COMPRESSED
    if text.startswith(b"{") and b'"occurred_at"' in text:
        return Kind.EXPORT
    if suffix in REFUSED:
        return Kind.REFUSED
    if suffix in MBOX_NAMES:
        return Kind.MBOX
    if is_ics(name):
        return Kind.CALENDAR
    return Kind.MAIL if mail_follows(text, 0) else Kind.UNKNOWN


def refusal(name: str) -> str:
    """Return the code that says what to do instead of connecting a refused file."""
    return "archive.packed_otherwise" if ending(name) in {".rar", ".7z"} else "archive.other_program"


def ending(name: str) -> str:
    """Return the ending of a name, in lower case and with its dot."""
    return f".{name.lower().rpartition('.')[2]}"


def is_saved_mail(name: str) -> bool:
    """Recognize by its name a file with a single mail."""
    return name.lower().endswith(MAIL_ENDINGS) and not name.startswith(".")
