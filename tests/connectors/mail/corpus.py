"""Mails of our own in the shapes that producers write: each with what it means. Kinds times languages times forms."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from typing import NamedTuple


class Shape(NamedTuple):
    """A mail, its kind, and what its fields mean."""

    kind: str
    mail: bytes
    sender: tuple[str, str]
    to: tuple[tuple[str, str], ...]
    subject: str
    at: datetime


class Said(NamedTuple):
    """A name and a subject in a language, and the charsets its writers use: codec and label."""

    name: str
    subject: str
    charsets: tuple[tuple[str, str], ...]


LANGUAGES = {
    "English": Said("Ann Park", "Lunch on Friday", (("ascii", "us-ascii"), ("utf-8", "utf-8"))),
    "German": Said("Jürgen Groß", "Grüße aus Köln", (("cp1252", "iso-8859-1"), ("iso8859-15", "iso-8859-15"), ("utf-8", "UTF-8"))),
    "French": Said("Hélène Lefèvre", "Réunion à l’été", (("cp1252", "windows-1252"), ("utf-8", "utf-8"))),
    "Polish": Said("Łukasz Żółć", "Spotkanie w środę", (("iso8859-2", "iso-8859-2"), ("cp1250", "windows-1250"))),
    "Turkish": Said("Çağrı Öztürk", "Toplantı yarın", (("iso8859-9", "iso-8859-9"), ("cp1254", "windows-1254"))),
    "Russian": Said("Анна Петрова", "Встреча в пятницу", (("koi8-r", "koi8-r"), ("cp1251", "windows-1251"), ("utf-8", "utf-8"))),
    "Greek": Said("Γιάννης Παππάς", "Συνάντηση αύριο", (("iso8859-7", "iso-8859-7"), ("utf-8", "utf-8"))),
    "Hebrew": Said("דוד כהן", "פגישה מחר", (("iso8859-8", "iso-8859-8-i"), ("cp1255", "windows-1255"))),
    "Arabic": Said("أحمد علي", "اجتماع غدا", (("cp1256", "windows-1256"), ("utf-8", "utf-8"))),
    "Thai": Said("สมชาย ใจดี", "การประชุมพรุ่งนี้", (("cp874", "windows-874"), ("cp874", "tis-620"))),
    "Chinese": Said("陶喆", "会议安排 明天", (("gbk", "gb2312"), ("gb18030", "gb18030"), ("utf-8", "utf-8"))),
    "Taiwanese": Said("王小明", "會議安排 明天", (("big5", "big5"), ("utf-8", "utf-8"))),
    "Japanese": Said("山田太郎", "明日の会議", (("iso2022_jp", "iso-2022-jp"), ("cp932", "shift_jis"), ("euc_jp", "euc-jp"))),
    "Korean": Said("김철수", "내일 회의", (("cp949", "ks_c_5601-1987"), ("euc_kr", "euc-kr"))),
}  # fmt: skip

EIGHT = datetime(2024, 7, 1, 8, tzinfo=UTC)
DATES = {
    "ordinary date": ("Mon, 1 Jul 2024 10:00:00 +0200", "1 Jul 2024 08:00:00 GMT", "Mon, 01 Jul 2024 01:00:00 -0700 (PDT)"),
    "offset after GMT": ("Mon, 1 Jul 2024 10:00:00 GMT+0200", "Mon Jul 01 2024 16:00:00 GMT+0800 (CST)", "Mon, 1 Jul 2024 09:00:00 GMT +0100"),
    "offset with a colon": ("Mon, 1 Jul 2024 10:00:00 +02:00",),
    "comments in the date": ("Mon, 1 Jul 2024 04:00:00 (EDT) -0400", "Mon, 1 Jul (that is summer) 2024 10:00:00 +0200"),
    "clock of twelve hours": ("Mon, 1 Jul 2024 10:00:00 AM +0200",),
    "fractions of a second": ("Mon, 1 Jul 2024 10:00:00.250 +0200",),
    "ISO date": ("2024-07-01T10:00:00+02:00", "2024-07-01T08:00:00Z"),
    "two-digit year": ("Mon, 1 Jul 24 08:00:00 GMT",),
    "name of a zone": ("Mon, 1 Jul 2024 04:00:00 EDT",),
    "name of a zone in Europe": ("Mon, 1 Jul 2024 10:00:00 CEST",),
    "asctime": ("Mon Jul  1 08:00:00 2024",),
    "American numbers": ("7/1/2024 8:00:00 AM", "07/01/2024 08:00:00"),
    "numbers, the day first": ("Mon, 1 07 2024 10:00:00 +0200", "1-7-2024 10:00:00 +0200"),
    "no noughts": ("Mon, 1 Jul 2024 8:0:0 +0000",),
    "date in an encoded word": ("=?utf-8?Q?Mon=2C_1_Jul_2024_10=3A00=3A00_+0200?=",),
}  # fmt: skip

ANN = ("ann@park.example", "Ann")
ADDRESSES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "ordinary address": ("Ann <ann@park.example>, ben@reed.example", (ANN, ("ben@reed.example", ""))),
    "quoted name": ('"Park, Ann" <ann@park.example>', (("ann@park.example", "Park, Ann"),)),
    "comment as a name": ("ann@park.example (Ann)", (ANN,)),
    "group": ("Team: Ann <ann@park.example>, ben@reed.example;", (ANN, ("ben@reed.example", ""))),
    "at sign in a name": ("boss@bank.example <ann@park.example>", (("ann@park.example", "boss@bank.example"),)),
    "address in an encoded name": ("=?utf-8?Q?boss@bank.example?= <ann@park.example>", (("ann@park.example", "boss@bank.example"),)),
    "address in single quotes": ("'ann@park.example'", (("ann@park.example", ""),)),
    "address twice in single quotes": ("\"'ann@park.example'\" <'ann@park.example'>", (("ann@park.example", ""),)),
    "mailto in brackets": ("Ann <mailto:ann@park.example>", (ANN,)),
    "dot behind the domain": ("Ann <ann@park.example.>", (ANN,)),
    "bracket never closed": ("Ann <ann@park.example", (ANN,)),
    "semicolons between": ("ann@park.example; ben@reed.example", (("ann@park.example", ""), ("ben@reed.example", ""))),
    "route": ("<@relay.example:ann@park.example>", (("ann@park.example", ""),)),
    "comma in an encoded name": ("=?utf-8?Q?Park,_Ann?= <ann@park.example>", (("ann@park.example", "Park, Ann"),)),
    "encapsulated by Exchange": ("<IMCEASMTP-ann+40park+2Eexample@own.example>", (("ann@park.example", ""),)),
    "quoted word within a name": ('Ann "A." Park <ann@park.example>', (("ann@park.example", "Ann A. Park"),)),
    "list in brackets": ("[ann@park.example, ben@reed.example]", (("ann@park.example", ""), ("ben@reed.example", ""))),
    "capitals in the domain": ("Ann <ann@PARK.Example>", (ANN,)),
}  # fmt: skip


def shapes() -> Iterator[Shape]:
    """Every shape, in an order that never changes."""
    dates = cycle(DATES["ordinary date"])
    for language, said in LANGUAGES.items():
        for codec, label in said.charsets:
            for kind, encoded in _written(said, codec, label):
                yield _shape(f"{kind}", encoded, (said.name, said.subject), next(dates), language)
    plain = (b"Ann Park", b"Lunch")
    for kind, forms in DATES.items():
        for form in forms:
            yield _shape(kind, plain, ("Ann Park", "Lunch"), form, "English")
    for kind, (field, meant) in ADDRESSES.items():
        shape = _shape(kind, plain, ("Ann Park", "Lunch"), "Mon, 1 Jul 2024 10:00:00 +0200", "English", to=field)
        yield shape._replace(to=meant)
    ordinary = _shape("", plain, ("Ann Park", "Lunch"), "Mon, 1 Jul 2024 10:00:00 +0200", "English")
    for kind, mail in (
        ("byte order mark", b"\xef\xbb\xbf" + ordinary.mail),
        ("blank lines first", b"\r\n\r\n" + ordinary.mail),
        ("line feeds", ordinary.mail.replace(b"\r\n", b"\n")),
        ("carriage returns", ordinary.mail.replace(b"\r\n", b"\r")),
        ("UTF-16", ordinary.mail.decode().encode("utf-16")),
    ):
        yield ordinary._replace(kind=kind, mail=mail)


def _written(said: Said, codec: str, label: str) -> Iterator[tuple[str, tuple[bytes, bytes]]]:
    """The ways producers write a name and a subject in a charset."""
    raw = (said.name.encode(codec), said.subject.encode(codec))
    words = [b"=?%b?B?%b?=" % (label.encode(), b64encode(one)) for one in raw]
    yield "base64 words", (words[0], words[1])
    if codec != "iso2022_jp":
        quoted = [b"=?%b?q?%b?=" % (label.encode(), b"".join(b"=%02X" % byte for byte in one)) for one in raw]
        yield "quoted words", (quoted[0], quoted[1])
        yield "word folded blindly", (quoted[0], quoted[1][:-9] + b"\r\n " + quoted[1][-9:])
        if not said.name.isascii():
            loose = [b"=?%b?Q?%b?=" % (label.encode(), one.replace(b" ", b"_").replace(b"?", b"=3F")) for one in raw]
            if b"=?" not in raw[0] + raw[1]:
                yield "raw bytes in words", (loose[0], loose[1])
        if not said.name.isascii() and codec == "utf-8":
            yield "raw UTF-8", raw
            middle = next(at for at in range(1, len(raw[1])) if raw[1][at] & 0xC0 == 0x80)
            yield "UTF-8 cut by folding", (raw[0], raw[1][:middle] + b"\r\n " + raw[1][middle:])
    cut = len(raw[1]) // 2 | 1
    halves = [b"=?%b?B?%b?=" % (label.encode(), b64encode(half)) for half in (raw[1][:cut], raw[1][cut:])]
    if codec != "iso2022_jp":
        yield "letter cut between words", (words[0], b"\r\n ".join(halves))


def _shape(
    kind: str,
    written: tuple[bytes, bytes],
    meant: tuple[str, str],
    date: str,
    language: str,
    *,
    to: str = "Ben <ben@reed.example>",
) -> Shape:
    address = f"writer@{language.lower()}.example"
    mail = b"\r\n".join((
        b"Message-ID: <1@x.example>", b"From: " + written[0] + f" <{address}>".encode(), f"To: {to}".encode(),
        b"Subject: " + written[1], f"Date: {date}".encode(), b"Content-Type: text/plain", b"", b"Hello.", b"",
    ))  # fmt: skip
    return Shape(kind, mail, (address, meant[0]), (("ben@reed.example", "Ben"),), meant[1], EIGHT)
