"""Files of contacts as programs write them, and as strangers might."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contacts.card import Book, Card
from connectors.contacts.read import NotContacts, read_contacts
from connectors.contacts.table import NoContacts, read_table
from connectors.contacts.vcard import read_vcards

VCARD = """BEGIN:VCARD
VERSION:3.0
FN:Anna Berg
N:Berg;Anna;;;
EMAIL;TYPE=INTERNET:Anna.Berg@North.example
item1.EMAIL;TYPE=HOME:anna@home.example
PHOTO;ENCODING=b;TYPE=JPEG:AAAA
 BBBB
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Ben\\, the second
EMAIL:ben@south.example
END:VCARD
BEGIN:VCARD
VERSION:2.1
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Zo=C3=AB
EMAIL;INTERNET:zoe@west.example
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Nobody
END:VCARD
"""
GOOGLE = """First Name,Middle Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value
Anna,,Berg,* Work,anna.berg@north.example ::: a.berg@north.example,Home,anna@home.example
,,,,,,
Ben,van,Dam,,,,
"""
OLD_GOOGLE = "Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value\nAnna Berg,Anna,Berg,* ,anna@home.example\n"
LINKEDIN = """Notes:
"When exporting your connection data, you may notice that some of the email addresses are missing. You will only see
email addresses for connections who have allowed their connections to see or download their email address."

First Name,Last Name,URL,Email Address,Company,Position,Connected On
Anna,Berg,https://www.linkedin.com/in/anna,anna@home.example,North,CEO,01 Mar 2024
Ben,Ochoa,https://www.linkedin.com/in/ben,,South,CTO,02 Mar 2024
"""
OUTLOOK = (
    "First Name,Last Name,E-mail Address,E-mail Type,E-mail 2 Address\nAnna,Berg,anna@home.example,SMTP,a@b.example\n"
)


def test_vcards() -> None:
    found = read_vcards(VCARD)
    assert found.cards[0] == Card("Anna Berg", ("anna.berg@north.example", "anna@home.example"))
    assert found.cards[1].addresses == ("ben@south.example",)
    assert found.cards[2] == Card("Zoë", ("zoe@west.example",))
    assert (found.without_address, found.unreadable) == (1, 0)


@pytest.mark.parametrize(
    ("text", "cards", "nothing"),
    [
        (GOOGLE, [Card("Anna Berg", ("anna.berg@north.example", "a.berg@north.example", "anna@home.example"))], 1),
        (OLD_GOOGLE, [Card("Anna Berg", ("anna@home.example",))], 0),
        (LINKEDIN, [Card("Anna Berg", ("anna@home.example",))], 1),
        (OUTLOOK, [Card("Anna Berg", ("anna@home.example", "a@b.example"))], 0),
    ],
)
def test_tables(text: str, cards: list[Card], nothing: int) -> None:
    assert read_table(text) == Book(tuple(cards), nothing)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(OLD_GOOGLE.replace("Anna Berg", "Zoë Berg").encode(encoding))
    assert read_contacts(path).cards[0].name == "Zoë Berg"


@pytest.mark.parametrize("text", ["", "hello", "a,b,c\n1,2,3\n", "\0" * 100, "BEGIN:VCARD\n", "<html>"])
def test_what_holds_no_contacts_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x"
    path.write_text(text)
    with pytest.raises(NotContacts):
        read_contacts(path)


@given(st.text(max_size=300))
def test_nothing_that_strangers_write_breaks_it(text: str) -> None:
    read_vcards(f"BEGIN:VCARD\nVERSION:3.0\n{text}\nEND:VCARD\n{VCARD}")
    read_table(f"Name,E-mail\n{text}\n")
    try:
        read_table(text)
    except NoContacts:
        return


def test_names_stay_on_one_line_and_are_no_addresses() -> None:
    table = 'Name,E-mail\n"two\nlines\t\x1b[2J",a@b.example\na@b.example,c@d.example\n'
    assert [card.name for card in read_table(table).cards] == ["two lines [2J", ""]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (
            "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=98=D0=B2=D0=B0=D0=BD=20=D0=9F=\n=D0=B5=D1=82=D1=80=D0=BE=D0=B2",
            "Иван Петров",
        ),
        ("FN;QUOTED-PRINTABLE;CHARSET=UTF-8:J=C3=B6rg=\n Petr=\nov", "Jörg Petrov"),
        (
            "FN;QUOTED-PRINTABLE;CHARSET=UTF-8:=D0=98=D0=B2=D0=B0=D0=BD=20=D0=9F=D0=B5\n=D1=82=D1=80=D0=BE=D0=B2",
            "Иван Петров",
        ),
        ("N:Doe;Jane;;;", "Jane Doe"),
        ("N:Doe;Jane;Q.;Dr.;MD\nFN:", "Jane Q. Doe"),
        ("N:Doe\nFN:Jane Doe", "Jane Doe"),
    ],
)
def test_names_of_old_phones_are_read_whole(tmp_path: Path, lines: str, name: str) -> None:
    file = tmp_path / "phone.vcf"
    file.write_text(f"BEGIN:VCARD\nVERSION:2.1\n{lines}\nEMAIL;INTERNET:a@x.example\nEND:VCARD\n")
    assert read_contacts(file).cards == (Card(name, ("a@x.example",)),)
