"""Names and subjects in the charsets of the world, as they should be labelled and as they are."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.headers import Beside, email_record, read_block
from connectors.mail.charsets import decode, from_bytes, guess
from connectors.text import decoded
from models.records import EmailRecord


def word(text: str, codec: str, label: str | None = None) -> str:
    return f"=?{label or codec}?B?{b64encode(text.encode(codec)).decode()}?="


@pytest.mark.parametrize(
    ("text", "codec", "labels"),
    [
        (
            "Grüße",
            "cp1252",
            ("iso-8859-1", "ISO8859-1", "latin1", "windows-1252", "cp1252", "us-ascii", '"iso-8859-1"'),
        ),
        ("„Euro“ 5 €", "cp1252", ("iso-8859-1", "windows-1252", "x-cp1252")),
        ("陶喆", "gbk", ("gb2312", "GB2312", "gbk", "x-gbk", "cp936", "gb_2312-80", "windows-936")),
        ("㐀 𠀀", "gb18030", ("gb18030", "gb2312")),
        ("①髙橋", "cp932", ("shift_jis", "x-sjis", "windows-31j", "cp932", "ms_kanji", "sjis")),
        ("똠방각하", "cp949", ("ks_c_5601-1987", "euc-kr", "cp949", "windows-949", "ksc5601")),
        ("會議 碁銹", "big5hkscs", ("big5", "big5-hkscs", "cn-big5", "x-x-big5")),
        ("ภาษาไทย", "cp874", ("windows-874", "tis-620", "iso-8859-11", "cp874")),
        ("שלום", "iso8859-8", ("iso-8859-8", "iso-8859-8-i", "logical", "visual")),
        ("Žluťoučký", "cp1250", ("windows-1250", "cp1250", "win-1250")),
        ("Привет", "koi8-r", ("koi8-r", "KOI8-R", "koi8", "cskoi8r", "cp20866")),
        ("Привет", "cp1251", ("windows-1251", "cp1251", "win-1251", "ansi-1251", "cp-1251")),
        ("Привіт", "koi8-u", ("koi8-u",)),
        ("café", "cp850", ("cp850", "ibm850", "ibm-850")),
        ("café", "mac-roman", ("macintosh", "x-mac-roman")),
        ("Grüße", "utf-8", ("utf-8", "UTF8", "unicode-1-1-utf-8", "cp65001", "utf-8 ")),
        ("日本", "utf-16", ("utf-16", "UTF-16")),
        ("日本 ok", "utf-16-be", ("utf-16be", "utf-16")),
        ("日本 ok", "utf-16-le", ("utf-16le", "utf-16")),
        ("日本", "utf-7", ("utf-7", "unicode-1-1-utf-7")),
        ("会议", "hz", ("hz-gb-2312",)),
        ("한글", "iso2022_kr", ("iso-2022-kr",)),
    ],
)
def test_labels_are_read_as_the_web_platform_reads_them(text: str, codec: str, labels: tuple[str, ...]) -> None:
    raw = text.encode(codec)
    assert {label: decode(raw, label) for label in labels} == dict.fromkeys(labels, text)


@pytest.mark.parametrize("label", ["iso-2022-jp", "ISO-2022-JP-MS", "cp50220", "_iso-2022-jp$ESC", "csiso2022jp"])
def test_japanese_of_seven_bits_with_the_rows_windows_added(label: str) -> None:
    assert decode(b"\x1b$B-!\x1b(B \x1b$B9b66\x1b(B \x1b(I1\x1b(B \x1b$B|b\x1b(B ok", label) == "① 高橋 ｱ 髙 ok"


@pytest.mark.parametrize(
    "label", ["unknown-8bit", "x-unknown", "default", "no-such-charset", "unicode_escape", "idna", ""]
)
@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Grüße aus Köln", "cp1252"),
        ("Встреча в пятницу", "cp1251"),
        ("Встреча в пятницу", "koi8-r"),
        ("会议安排 明天上午", "gbk"),
        ("會議安排 明天上午", "big5"),
        ("明日の会議について", "cp932"),
        ("明日の会議について", "euc_jp"),
        ("명일 회의 안내", "cp949"),
        ("Πρόσκληση σε συνάντηση", "iso-8859-7"),
        ("פגישה מחר בבוקר", "cp1255"),
        ("اجتماع غدا صباحا", "cp1256"),
        ("การประชุมพรุ่งนี้", "cp874"),
        ("Grüße", "utf-8"),
    ],
)
def test_unknown_labels_are_detected_not_taken_for_western(label: str, text: str, codec: str) -> None:
    assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?UTF-8?B?w7w=?= =?utf-8?B?w58=?=", "üß"),
        ("=?utf-8?B?SsO?=\n =?utf-8?B?8cmdlbg==?=", "Jürgen"),  # cut within a group of base64
        ("=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),  # cut within a letter
        ("=?utf-8?Q?Gr=C3=\n BC=C3=9Fe?=", "Grüße"),  # cut within the word, by somebody who folds blindly
        ("=?utf-8?Q?Gr=C3=BC=C3=\r\n\t9Fe?=", "Grüße"),
        ("=?utf-8?Q?Gr=C3= BC=C3=9Fe?=", "Grüße"),  # the same, unfolded by a provider
        ("=?utf-8?\n Q?Gr=C3=BC?=", "Grü"),
        ("=?utf-8?B?R3LD\n vMOfZQ==?=", "Grüße"),
        ("=?utf-8?Q?Good day\n to you?=", "Good day to you"),
        ("=?utf-8?Q?How_are_you??=", "How are you?"),
        ("=?utf-8?Q?a=3F=3D?= b", "a?= b"),
        ("=?utf-8?Q?Grüße?=", "Grüße"),
        ("=?iso-8859-1?Q?Grüße?=", "Grüße"),
        ("=?utf-8?Q?M=FCller?=", "Müller"),  # labelled wrongly
        ("=?utf-8?B?!!!?=", "=?utf-8?B?!!!?="[:0]),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?= =?iso-2022-jp?B?GyRCOGwbKEI=?=", "日本語"),
        ("=?utf-8?Q?=00=1B[31m?=", "[31m"),
    ],
)
def test_encoded_words(value: str, expected: str) -> None:
    assert decoded(value) == expected


def subject(raw: bytes) -> str | None:
    made = email_record("k", read_block(b"From: a@b.example\n" + raw), Beside("here"))
    assert isinstance(made, EmailRecord)
    return made.subject


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Subject: Grüße".encode("cp1252"), "Grüße"),
        ("Subject: Grüße".encode(), "Grüße"),
        (b"Subject: Gr\xc3\r\n \xbc\xc3\x9fe", "Grüße"),  # UTF-8 cut by folding
        ("Subject: Встреча в пятницу".encode("koi8-r"), "Встреча в пятницу"),
        ("Content-Type: text/plain; charset=koi8-r\nSubject: Да".encode("koi8-r"), "Да"),
        ("Subject: =?koi8-r?Q?Да?=".encode("koi8-r"), "Да"),  # raw bytes within a word, in its charset
        ("Subject: =?iso-8859-2?Q?Łódź?=\nTo: Ü <u@b.example>".encode("iso-8859-2"), "Łódź"),
        (b"Subject: \x1b$BF|K\\8l\x1b(B", "日本語"),
    ],
)
def test_raw_bytes(raw: bytes, expected: str) -> None:
    assert subject(raw) == expected


def test_lines_in_utf_8_stay_so_beside_others() -> None:
    assert from_bytes("Über\n".encode() + "Köln".encode("cp1252")) == "Über\nKöln"


@pytest.mark.parametrize("feed", [b"\n", b"\r\n", b"\r", b"\r\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark(feed: bytes, mark: bytes) -> None:
    block = mark + feed.join((b"From: Ann <a@b.example>", b"To: c@d.example,", b" e@f.example", b"Subject: Hi"))
    made = email_record("k", read_block(block), Beside("here"))
    assert isinstance(made, EmailRecord)
    assert (made.sender and made.sender.address, made.subject) == ("a@b.example", "Hi")
    assert [box.address for box in made.to] == ["c@d.example", "e@f.example"]


@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes_under_any_label_give_text(raw: bytes, label: str) -> None:
    assert isinstance(decode(raw, label), str)
    assert isinstance(guess(raw), str)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40), st.data())
def test_a_word_cut_anywhere_says_the_same(text: str, data: st.DataObject) -> None:
    raw = text.encode()
    cut = data.draw(st.integers(0, len(raw)))
    halves = [f"=?utf-8?B?{b64encode(half).decode()}?=" for half in (raw[:cut], raw[cut:])]
    assert decoded("\n ".join(halves)) == decoded(word(text, "utf-8"))
