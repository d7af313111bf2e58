"""Which lines that begin with "From " begin a mail: decided by their form, and by what follows them (pure).

Writers differ: most put a date there and a blank line before it, Thunderbird wrote a bare "From ", some programs
neither quote such lines in bodies nor count bytes. Prose, patches and pasted mails all look alike at first.
Sources: RFC 4155; the mboxo, mboxrd, mboxcl and mboxcl2 conventions; git-format-patch(1).
"""

import re

LONGEST_FROM = 8192  # bytes of such a line; a longer one is text
LOOKED_AT = 2048  # bytes that follow it

_CLOCK = re.compile(rb"\d\d?:\d\d")
_DATED = re.compile(
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .{0,12}?"
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w* .{0,40}?\d\d?:\d\d"
)
_PATCH_DATE = b" Mon Sep 17 00:00:00 2001"
_PATCH_ENDS = (_PATCH_DATE, _PATCH_DATE + b"\r")
_SHA_1, _SHA_256 = len("\nFrom ") + 40, len("\nFrom ") + 64
_FIELD = re.compile(rb"(?:\xef\xbb\xbf)?([!-9;-~]{1,76})[ \t]*:|>From ")
_FIELD_SO_FAR = re.compile(rb"[!-9;-~]{0,76}[ \t]*")
_ENDED = re.compile(rb"\n(?:\r{0,2}\n|From )")
_KNOWN = frozenset(
    b"from to cc bcc date subject sender reply-to message-id references in-reply-to received return-path delivered-to "
    b"envelope-to mime-version content-type content-length content-transfer-encoding status x-status x-mozilla-status "
    b"x-mozilla-status2 x-uid x-uidl x-original-to x-gm-thrid x-gmail-labels x-account-key x-mozilla-keys "
    b"x-apparently-to authentication-results arc-seal dkim-signature received-spf list-id lines newsgroups user-agent "
    b"x-mailer thread-index thread-topic x-priority importance".split()
)
_MAIL = frozenset({b"from", b"date", b"message-id", b"received", b"return-path", b"delivered-to"})


def may_begin_mail(buffer: bytes, at: int, line_end: int) -> bool:
    """Whether the line could begin a mail if more came after `buffer`: the headers that follow are not at an end."""
    if len(buffer) >= line_end + LOOKED_AT or _ENDED.search(buffer, line_end):
        return False
    headed = _FIELD.match(buffer, line_end + 1) or _FIELD_SO_FAR.fullmatch(buffer, line_end + 1)
    return headed is not None or _DATED.search(buffer, at, line_end) is not None


def is_patch(buffer: bytes, at: int) -> bool:
    """Whether the line after the line feed at `at` is what `git format-patch` begins a patch with.

    That is a mail only in files of patches.
    """
    return buffer.startswith(_PATCH_DATE, at + _SHA_1) or buffer.startswith(_PATCH_DATE, at + _SHA_256)


def begins_mail(buffer: bytes, at: int, line_end: int, *, patches: bool) -> bool:
    """Whether the line after the line feed at `at`, up to `line_end`, begins a mail; `patches` says that patches do.

    `buffer` goes on for LOOKED_AT bytes behind it where the file does.
    """
    if not patches and buffer.endswith(_PATCH_ENDS, at, line_end) and is_patch(buffer, at):
        return False
    before = buffer[max(at - 2, 0) : at]
    blank = at == 0 or before.endswith(b"\n") or before in {b"\n\r", b"\r\r"}
    if _CLOCK.search(buffer, at, line_end) is None:
        return mail_follows(buffer, line_end + 1)
    found = _FIELD.match(buffer, line_end + 1)
    if found is not None and (blank or found[1] is None or found[1].lower() in _KNOWN):
        return True
    if _DATED.search(buffer, at, line_end) is None:
        return False
    # A mail without headers, or one that begins with no header; prose that follows makes it a quotation.
    after = buffer[line_end + 1 : line_end + 6].lstrip(b"\r")
    # Where the file ends behind it, that is not known yet (see may_begin_mail).
    nothing = after[:1] == b"\n" or after == b"From "
    return found is not None or (blank and (nothing or _names_mail(buffer, line_end + 1)))


def mail_follows(buffer: bytes, at: int) -> bool:
    """Whether a mail's headers begin at `at`: two that mail has, and one of them that only mail has."""
    return _FIELD.match(buffer, at) is not None and _names_mail(buffer, at)


def _names_mail(buffer: bytes, at: int) -> bool:
    names = set()
    for line in buffer[at : at + LOOKED_AT].split(b"\n"):
        if not line.strip() or line.startswith(b"From "):
            break
        if (found := _FIELD.match(line)) and found[1]:
            names.add(found[1].lower())
    return len(names & _KNOWN) > 1 and not names.isdisjoint(_MAIL)
