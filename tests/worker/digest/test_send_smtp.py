"""Handing over to real servers over real sockets: encryption, sign-in, refusals, and connections that break."""

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.sandbox.microsoft.tls import Certificates
from tests.services import free_port
from tests.worker.digest.digests import NOW, USUAL
from tests.worker.digest.postbox import PASSWORD, USER, Postbox, serving
from worker.digest.deliver.errors import NotSent, Unsure
from worker.digest.deliver.message import WaysOut, mail_of, message_id
from worker.digest.deliver.smtp import Post, hand_over, post_of

MIRA = "mira@mail.example"
NAMED = message_id(MIRA, "2026-11-16", MIRA)
MAIL = mail_of(USUAL, sender=MIRA, to=MIRA, named=NAMED, now=NOW, leave=WaysOut("No more digests, please: w0rd"))
SIGN_IN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"


@pytest.fixture
def box() -> Postbox:
    return Postbox()


@pytest.fixture
def certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    found = Certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.ca_file))
    return found


def send(url: str, to: str = MIRA) -> None:
    hand_over(post_of(url), MAIL, sender=MIRA, to=to, name="2026-11-16")


def test_the_mail_is_whole_and_tells_nobody_it_was_opened(box: Postbox) -> None:
    with serving(box) as port:
        send(f"smtp://127.0.0.1:{port}")
    (mail,) = box.mails
    assert mail["Message-ID"] == NAMED
    assert mail["To"] == MIRA
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"].strip() == f"<mailto:{MIRA}?subject=No%20more%20digests%2C%20please%3A%20w0rd>"
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    page = mail.get_body(("html",))
    assert page is not None
    assert "Anna Park" in page.get_content()
    for tracking in ("<img", "http:", "https:", "url(", "@import"):
        assert tracking not in page.get_content()
    assert all(len(line) <= 998 and max(line, default=0) < 128 for line in box.taken[0].split(b"\r\n"))


def test_the_message_id_is_the_same_for_the_same_reader_and_period() -> None:
    assert message_id(MIRA, "2026-11-16", MIRA) == NAMED
    assert len({NAMED, message_id(MIRA, "2026-11-23", MIRA), message_id("ben@x.example", "2026-11-16", MIRA)}) == 3


def test_starttls_and_a_sign_in(box: Postbox, certificates: Certificates) -> None:
    with serving(box, context=certificates.server_context, sign_in=True) as port:
        send(f"smtp://{SIGN_IN}@localhost:{port}")
        with pytest.raises(NotSent, match=r"digest\.wrong_password host='localhost' code=535"):
            send(f"smtp://{quote(USER, safe='')}:wrong@localhost:{port}")
    assert len(box.taken) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # aiosmtpd forgets that TLS came first
def test_tls_from_the_beginning(box: Postbox, certificates: Certificates) -> None:
    with serving(box, context=certificates.server_context, wrapped=True, sign_in=True) as port:
        send(f"smtps://{SIGN_IN}@localhost:{port}")
    assert len(box.taken) == 1


def test_a_stranger_with_a_certificate_of_his_own_gets_nothing(box: Postbox, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with (
        serving(box, context=Certificates(tmp_path / "other").server_context) as port,
        pytest.raises(NotSent, match=r"digest\.untrusted host='localhost'"),
    ):
        send(f"smtp://{SIGN_IN}@localhost:{port}")
    assert box.taken == []


def test_tls_spoken_to_a_server_that_does_not(box: Postbox) -> None:
    with serving(box) as port, pytest.raises(NotSent, match=r"digest\.no_tls"):
        send(f"smtps://127.0.0.1:{port}")


def test_nothing_leaves_this_machine_unencrypted(box: Postbox) -> None:
    with serving(box) as port:
        far = Post("smtp", "127.0.0.1", port)
        assert far.local
        assert not Post("smtp", "mail.example.org", 587).local


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(NotSent, match=r"digest\.no_answer .*why='.+"):
        send(f"smtp://127.0.0.1:{free_port()}")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("451 Come back later", r"code=451 said='Come back later'"),
        ("554 Looks like spam", r"digest\.refused .*code=554 said='Looks like spam'"),
    ],
)
def test_a_refusal_is_told_in_the_servers_words(box: Postbox, answer: str, said: str) -> None:
    box.answers.append(answer)
    with serving(box) as port, pytest.raises(NotSent, match=said) as refused:
        send(f"smtp://127.0.0.1:{port}")
    assert not isinstance(refused.value, Unsure)


def test_an_unknown_recipient(box: Postbox) -> None:
    with (
        serving(box) as port,
        pytest.raises(
            NotSent, match=r"digest\.address_refused address='nobody@mail\.example' code=550 said='No such user"
        ),
    ):
        send(f"smtp://127.0.0.1:{port}", to="nobody@mail.example")


@pytest.mark.parametrize("ending", ["hang up", "take and hang up"])
def test_a_connection_that_breaks_while_the_server_decides_leaves_a_doubt(box: Postbox, ending: str) -> None:
    box.answers.append(ending)
    with serving(box) as port, pytest.raises(Unsure):
        send(f"smtp://127.0.0.1:{port}")


@pytest.mark.parametrize("url", ["mail.example.org", "http://x", "smtp://", "smtp://h:port", "file://", "smtp://[::1"])
def test_a_setting_of_another_form_is_explained(url: str) -> None:
    with pytest.raises(NotSent, match=r"digest\.bad_url"):
        post_of(url)


def test_the_parts_of_a_setting() -> None:
    assert post_of("smtp://ann%40x.example:a%2Fb@mail.example") == Post(
        "smtp", "mail.example", 587, "ann@x.example", "a/b", "ann@x.example"
    )
    assert post_of("smtps://mail.example?from=digest@x.example") == Post(
        "smtps", "mail.example", 465, sender="digest@x.example"
    )
    assert "a/b" not in repr(post_of("smtp://ann:a%2Fb@mail.example"))


def test_a_folder_gets_the_page(tmp_path: Path) -> None:
    send(f"file://{tmp_path}/letters")
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["2026-11-16.html"]
    assert "Anna Park" in (tmp_path / "letters" / "2026-11-16.html").read_text()
    (tmp_path / "letters" / "deeper").write_text("")
    with pytest.raises(NotSent, match=r"digest\.folder"):
        send(f"file://{tmp_path}/letters/deeper")
