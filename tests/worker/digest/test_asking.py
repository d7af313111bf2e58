"""Actions by email and by signed link: obeyed once, for a while, for whoever got the digest, and for nobody else."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from models.accounts import User
from models.enums import Place
from models.history import Interaction
from models.judgement import DigestLine, StoredDigest
from models.people import Decision, TakenAction
from models.records import EmailRecord, Mailbox
from tests.connectors.imap.dovecot import PASSWORD, dovecot
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.digest.correspondents import ME, PROVIDERS, Correspondent, connected
from tests.worker.digest.digests import USUAL
from tests.worker.digest.test_send_account import go_out
from tests.worker.homes import NOW, open_home
from tests.worker.ingest.emails import ANN, BOB, sent
from tests.worker.ingest.emails import mail as received
from tests.worker.ingest.home import Home
from worker.app.runtime import Runtime
from worker.app.users import add_user
from worker.decisions.actions import Action
from worker.decisions.preferences import preferences_of
from worker.decisions.words import LIFE, SKEW, Signer, read_word, signing_key
from worker.digest.compose import compose
from worker.digest.deliver.send import Sent
from worker.digest.history import note
from worker.digest.render import html, text
from worker.digest.render.links import Links
from worker.storage.transactions import reading, writing
from worker.web.signed.links import signed_links

PERIOD = "2026-W46"
DAY = timedelta(days=1)
OWN = "me@own.example"


@pytest.fixture
def home(engine: Engine) -> Home:
    home = Home(engine)
    home.deliver([received("1"), sent("2"), sent("3", to=BOB)])
    home.recompute()
    named(home)
    return home


def named(home: Home) -> None:
    """Have a digest of yesterday name Ann."""
    at = home.now - DAY
    with writing(home.engine) as connection:
        connection.execute(insert(StoredDigest).values(user_id=home.user, period=PERIOD, made_at=at, document=b"x"))
        line = {"user_id": home.user, "period": PERIOD, "person": ANN, "kind": "cold", "position": 0, "at": at}
        connection.execute(insert(DigestLine).values(**line))


def signer(home: Home) -> Signer:
    with writing(home.engine) as connection:
        return Signer(signing_key(connection, home.user), PERIOD)


def asking(key: str, word: str, at: datetime, **other: object) -> EmailRecord:
    values: dict[str, object] = {
        "key": key, "message_id": f"{key}@x.example", "sender": Mailbox(OWN), "to": (Mailbox(OWN),), "sent_at": at,
        "received_at": at, "subject": f"keepwarm: snooze Ann for four weeks [{word}]", "place": Place.SENT,
    }  # fmt: skip
    return EmailRecord(**{**values, **other})  # type: ignore[arg-type]  # as the cases have it


def quieted(home: Home) -> list[tuple[str, str]]:
    with reading(home.engine) as connection:
        rows = connection.execute(
            select(Decision.kind, Decision.subject).where(
                Decision.user_id == home.user, Decision.kind.in_(("snooze", "mute", "rest"))
            )
        )
        return [(kind, subject) for kind, subject in rows]


def test_a_mail_to_oneself_is_obeyed_once_and_is_no_contact(home: Home) -> None:
    word = signer(home).word(Action.SNOOZE, ANN)
    with reading(home.engine) as connection:
        before = connection.scalars(select(Interaction.id).where(Interaction.user_id == home.user)).all()
    home.deliver([asking("a", word, home.now)], name="sent")
    assert quieted(home) == [("snooze", ANN)]
    with writing(home.engine) as connection:
        assert connection.scalars(select(Interaction.id).where(Interaction.user_id == home.user)).all() == before
        connection.execute(update(Decision).where(Decision.kind == "snooze").values(until=home.now))
    home.deliver([asking("b", word, home.now + DAY)], name="sent")  # replayed
    with reading(home.engine) as connection:
        until = connection.scalars(select(Decision.until).where(Decision.kind == "snooze")).all()
        assert until == [home.now], "the same word does nothing twice"


@pytest.mark.parametrize(
    ("action", "about", "kind"), [(Action.REST, ANN, "rest"), (Action.MUTE, ANN, "mute"), (Action.TALKED, ANN, None)]
)
def test_each_action_by_mail_is_confirmed_and_undone(home: Home, action: Action, about: str, kind: str | None) -> None:
    home.deliver([asking("a", signer(home).word(action, about), home.now)], name="sent")
    home.recompute()
    assert [one for one, _ in quieted(home)] == ([kind] if kind else [])
    home.now += 7 * DAY
    digest = compose(home.runtime, home.user, home.now)
    (said,) = digest.done
    assert "Ann" in said.sentence
    with writing(home.engine) as connection:
        made = {"user_id": home.user, "period": digest.period, "made_at": home.now}
        connection.execute(insert(StoredDigest).values(**made))
        note(connection, home.user, digest)
    undo = Signer(signer(home).key, digest.period).word(Action.UNDO, said.action)
    home.deliver([asking("u", undo, home.now + DAY)], name="sent")
    home.recompute()
    assert quieted(home) == []
    home.now += 7 * DAY
    assert [one.undoable for one in compose(home.runtime, home.user, home.now).done] == [False]
    with reading(home.engine) as connection:
        assert connection.scalar(select(TakenAction.undone_at).where(TakenAction.user_id == home.user)) is not None


def forgeries(home: Home) -> Iterator[EmailRecord]:
    mine = signer(home)
    word, now = mine.word(Action.MUTE, ANN), home.now
    yield asking("1", word, now, place=Place.INBOX)
    yield asking("2", word, now, place=Place.ORDINARY)
    yield asking("3", word, now, sender=Mailbox("eve@evil.example"))
    yield asking("4", word, now, to=(Mailbox("eve@evil.example"),))
    yield asking("5", word, now, cc=(Mailbox("eve@evil.example"),))
    yield asking("6", word, now, subject=f"Fwd: keepwarm: x [{word}]")
    yield asking("7", word, now, subject=f"keepwarm: x {word}")
    yield asking("8", word, now, subject=f"keepwarm: x [{word}] [{word}")
    yield asking("9", word[:-1] + ("a" if word[-1] != "a" else "b"), now)
    yield asking("10", word.replace("mute", "rest"), now)
    yield asking("11", word.replace("W46", "W45"), now)
    yield asking("12", mine.word(Action.MUTE, BOB), now)  # whom that digest did not name
    yield asking("13", mine.word(Action.MUTE), now)
    yield asking("14", word, now + LIFE + DAY)  # too old
    yield asking("15", word, now - DAY - SKEW - timedelta(minutes=1))  # older than the digest
    yield asking("16", Signer("guess", PERIOD).word(Action.MUTE, ANN), now)
    yield asking("17", Signer("", PERIOD).word(Action.MUTE, ANN), now)
    yield asking("18", "delete.2026-W46." + "a" * 26, now)
    yield asking("19", "\0" * 30, now)
    yield asking("20", word, now, to=())
    yield asking("21", word, now, subject=None)


def test_forged_replayed_expired_and_misdirected_words_do_nothing(home: Home) -> None:
    home.deliver(list(forgeries(home)), name="sent")
    assert quieted(home) == []
    home.deliver([asking("right", signer(home).word(Action.MUTE, ANN), home.now)], name="sent")
    assert quieted(home) == [("mute", ANN)]


def test_another_users_word_does_nothing(home: Home) -> None:
    other = Home(home.engine)
    other.deliver([received("1"), sent("2")])
    other.recompute()
    named(other)
    signer(other)
    home.deliver([asking("a", signer(other).word(Action.MUTE, ANN), home.now)], name="sent")
    assert quieted(home) == [] == quieted(other)
    with reading(home.engine) as connection:
        assert read_word(connection, other.user, signer(home).word(Action.MUTE, ANN), home.now) is None


def links_in(mail: bytes) -> list[str]:
    page = message_from_bytes(mail, policy=default).get_body(("html",))
    assert page is not None
    return [unescape(url) for url in re.findall(r'href="([^"]+)"', page.get_content())]


def subject_in(link: str, label: str) -> str | None:
    parts = urlsplit(link)
    subject = parse_qs(parts.query).get("subject", [""])[0]
    return subject if parts.scheme == "mailto" and unquote(parts.path) == ME and label in subject else None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_end_to_end_through_an_account(provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(provider, tmp_path, monkeypatch) as reader:
        reader.waits()
        assert go_out(reader) is Sent.SENT
        (fewer,) = [one for link in links_in(reader.outgoing[-1]) if (one := subject_in(link, "fewer people"))]
        reader.clock.now += timedelta(hours=1)
        reader.write(ME, fewer, reader.clock.now)
        reader.clock.now += timedelta(hours=1)
        reader.read()
        assert budget(reader) == 4
        reader.read(full=True)  # read again, it does nothing again
        assert budget(reader) == 4


def budget(reader: Correspondent) -> int:
    with reading(reader.runtime.engine) as connection:
        return preferences_of(connection, reader.user).budget


def test_end_to_end_through_imap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with dovecot() as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.place / "ca.pem"))
        keepwarm, me, at = Keepwarm(tmp_path / "home"), "fresh@mail.example", NOW - timedelta(days=18)
        head = f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000\nFrom: Me <{me}>\n"
        server.put(f"Message-ID: <1@x>\n{head}To: Ann <{ANN}>\nSubject: Hi\n\n".encode(), "Sent", at=at, user=me)
        line = ("connect", "imap", me, "--host", "localhost", "--port", str(server.tls))
        assert keepwarm(*line, say=f"{PASSWORD}\n").code == 0
        runtime = open_home(keepwarm.home)
        with writing(runtime.engine) as connection:
            user = connection.scalars(select(User.id)).one()
            key = signing_key(connection, user)
            stored = {"user_id": user, "period": PERIOD, "made_at": NOW - DAY}
            connection.execute(insert(StoredDigest).values(**stored))
            line_of = {"user_id": user, "period": PERIOD, "person": ANN, "kind": "cold", "position": 0, "at": NOW - DAY}
            connection.execute(insert(DigestLine).values(**line_of))
        subject = f"keepwarm: never name Ann [{Signer(key, PERIOD).word(Action.MUTE, ANN)}]"
        asked = f"Message-ID: <2@x>\nDate: {NOW - DAY:%a, %d %b %Y %H:%M:%S} +0000\nFrom: <{me}>\nTo: {me}\n"
        server.put(f"{asked}Subject: {subject}\n\n".encode(), "INBOX", at=NOW - DAY, user=me)
        assert keepwarm("sync").code == 0
        with reading(runtime.engine) as connection:
            assert connection.scalar(select(TakenAction.id)) is None, "in the inbox it proves nothing"
        server.put(f"{asked}Subject: {subject}\n\n".encode(), "Sent", at=NOW - DAY, user=me)
        assert keepwarm("sync").code == 0
        with reading(runtime.engine) as connection:
            taken = connection.execute(select(TakenAction.person, TakenAction.via)).one()
            assert (taken.person, taken.via) == (ANN, "mail")
        runtime.engine.dispose()


def client_of(runtime: Runtime) -> TestClient:
    return TestClient(Starlette(routes=list(signed_links(runtime))), base_url="http://127.0.0.1:8484")


def test_a_link_does_nothing_until_its_button_is_pressed(home: Home) -> None:
    client, path = client_of(home.runtime), f"/act/{home.user}.{signer(home).word(Action.SNOOZE, ANN)}"
    for _ in range(3):
        for method in ("GET", "HEAD"):
            page = client.request(method, path)
            assert page.status_code == 200
    assert "Snooze" in page.text or client.get(path).text.count("<form") == 1
    assert quieted(home) == [], "a scanner that opens every link changes nothing"
    pressed = client.post(path)
    assert quieted(home) == [("snooze", ANN)]
    undo = re.search(r'action="([^"]+)"', pressed.text)
    assert undo is not None
    assert client.post(path).status_code == 200, "pressed twice, it is done once"
    assert "no longer snoozed" in client.post(unescape(undo[1])).text
    assert quieted(home) == []


def test_one_click_unsubscribing_takes_a_post(home: Home) -> None:
    client, path = client_of(home.runtime), f"/act/{home.user}.{signer(home).word(Action.STOP)}"
    client.get(path)
    with reading(home.engine) as connection:
        assert preferences_of(connection, home.user).wanted
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with reading(home.engine) as connection:
        assert not preferences_of(connection, home.user).wanted


def test_links_that_are_forged_or_anothers_are_gone(home: Home) -> None:
    with writing(home.engine) as connection:
        other = add_user(connection, "other@users.example", home.now)
    client, word = client_of(home.runtime), signer(home).word(Action.MUTE, ANN)
    for ticket in (f"{other}.{word}", f"{home.user}.{word}x", f"{home.user}.", "x", "9" * 30, f"-1.{word}", "%00"):
        for method in ("GET", "POST"):
            assert client.request(method, f"/act/{ticket}").status_code == 404, ticket
    assert quieted(home) == []
    home.now += LIFE
    assert client.post(f"/act/{home.user}.{word}").status_code == 404
    strange = client_of(home.runtime).get(f"/act/{home.user}.{word}", headers={"Host": "evil.example"})
    assert strange.status_code == 421


def test_what_is_offered_fits_phones_and_names_nobody_who_could_break_out() -> None:
    links = Links(Signer("key", USUAL.period), ME)
    page = html.render(USUAL, links)
    assert page.count("We talked") == len(USUAL.lines)
    assert len(page) < 60_000
    assert "Stop" in page
    for line in USUAL.lines:
        for link in links.of(line):
            assert link.url.startswith(f"mailto:{ME}?subject=keepwarm%3A%20")
            assert len(link.url) < 400, "some mail programs cut longer ones"
    public = Links(Signer("key", USUAL.period), ME, "https://warm.example/act/1.")
    assert public.about_digest()[0].url.startswith("https://warm.example/act/1.fewer.")
    assert "We talked" not in text.render(USUAL)
