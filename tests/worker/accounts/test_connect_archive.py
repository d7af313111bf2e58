"""Whose an archive is: known by what only its owner can have made, and never by a stray file or a slip of the pen."""

import json
from pathlib import Path

import pytest

from tests.worker.homes import open_home
from worker.accounts.connect_archive import OwnerUnclear, connect_archive

ME, ANNA = "mira@home.example", "anna@park.example"


def mbox(*mails: tuple[str, str], extra: str = "") -> str:
    return "".join(
        f"From x Mon Jun  1 09:00:00 2026\n{extra}From: {sender}\nTo: {to}\n"
        f"Date: Mon, {n + 1:02} Jun 2026 09:00:00 +0000\nMessage-ID: <{n}.{sender}>\n\n\n"
        for n, (sender, to) in enumerate(mails)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "mail"
    place.mkdir()
    (place / "Sent.mbox").write_text(mbox(*[(ME, ANNA)] * 6))
    (place / "INBOX.mbox").write_text(mbox(*[(ANNA, ME)] * 6))
    return place


def row(account: str) -> str:
    bob = {"person": "bob@hill.example", "name": "B", "address": "evil@evil.example", "role": "from"}
    line = {"id": "x1", "account": account, "channel": "email", "direction": "in", "people": [bob]}
    return json.dumps(line | {"occurred_at": "2026-06-01T00:00:00Z"}) + "\n"


@pytest.mark.parametrize("name", ["attachment.txt", "notes", "backup.jsonl"])
def test_an_export_that_lies_among_mail_does_not_say_whose_the_mail_is(tmp_path: Path, folder: Path, name: str) -> None:
    (folder / name).write_text(row(ANNA))
    found = connect_archive(open_home(tmp_path), [folder])
    assert found.address == ME
    assert found.streams == (3 if name.endswith(".jsonl") else 2)


def test_an_export_by_itself_names_its_owner(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text(row(ME))
    assert connect_archive(open_home(tmp_path / "home"), [tmp_path / "kept"]).address == ME


@pytest.mark.parametrize("typed", ["mria@home.example", "mira@hom.example", "somebody@else.example"])
def test_a_slip_in_me_is_refused_with_the_likely_address(tmp_path: Path, folder: Path, typed: str) -> None:
    with pytest.raises(OwnerUnclear, match=f"likely='{ME}'"):
        connect_archive(open_home(tmp_path), [folder], me=[typed])


def test_a_shared_mailbox_without_sent_mail_is_nobodys(tmp_path: Path) -> None:
    shared = tmp_path / "support.mbox"
    shared.write_text(
        mbox(
            *[(f"p{n}@x.example", "support@firm.example") for n in range(6)],
            extra="Delivered-To: support@firm.example\n",
        )
    )
    runtime = open_home(tmp_path / "home")
    with pytest.raises(OwnerUnclear):
        connect_archive(runtime, [shared])
    assert connect_archive(runtime, [shared], me=["support@firm.example"]).address == "support@firm.example"
