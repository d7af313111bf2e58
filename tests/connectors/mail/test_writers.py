"""Mail that a list, a relay or a colleague sent on: who wrote it, who sent it, and what is an absence note."""

import pytest

from connectors.headers import Beside, email_record, read_block
from models.records import EmailRecord


def record(lines: str) -> EmailRecord:
    made = email_record("k", read_block(lines.encode()), Beside("here"))
    assert isinstance(made, EmailRecord)
    return made


LISTED = "List-Id: <dev.lists.example>\nList-Post: <mailto:dev@lists.example>\nTo: dev@lists.example\n"


@pytest.mark.parametrize(
    "lines",
    [
        "From: Ann Park via dev <dev@lists.example>\nX-Original-From: Ann Park <ann@park.example>",
        "From: 'Ann Park' via dev <dev@lists.example>\nX-Original-Sender: ann@park.example",
        'From: "Ann Park (via dev)" <dev@lists.example>\nReply-To: Ann Park <ann@park.example>',
        "From: Ann Park via dev <dev@lists.example>\nReply-To: Ann Park <ann@park.example>, dev@lists.example",
        "From: Ann Park via dev <dev@lists.example>\nReply-To: dev@lists.example\nCc: Ann Park <ann@park.example>",
        "From: Ann Park über dev <dev@lists.example>\nReply-To: ann@park.example",
        "From: Ann Park <ann=40park.example@dmarc.lists.example>",
        "From: Ann Park via groups.io <ann=park.example@groups.io>",
        "From: Ann Park <ann@park.example>",
        "From: Ann Park <dev@lists.example>\nX-Original-From: Ann Park <ann@park.example>",
    ],
)
def test_the_writer_is_the_writer(lines: str) -> None:
    made = record(LISTED + lines)
    assert made.sender
    assert (made.sender.address, made.sender.name) == ("ann@park.example", "Ann Park")
    assert made.submitter is None


@pytest.mark.parametrize(
    "lines",
    [
        # not through a list: nothing but From says who wrote it
        "From: Eve <eve@evil.example>\nX-Original-From: Ann Park <ann@park.example>",
        "From: Ann Park via Docs <docs@relay.example>\nReply-To: Ann Park <ann@park.example>",
        # a list's own announcement
        f"{LISTED}From: Dev news <dev@lists.example>\nReply-To: office@lists.example",
        # a person on a list, with another address to answer to
        f"{LISTED}From: Bob Roe <bob@roe.example>\nX-Original-From: Ann Park <ann@park.example>",
        f"{LISTED}From: Bob Roe <bob@roe.example>\nReply-To: Ann Park <ann@park.example>",
        f"{LISTED}From: Bob Roe via dev <dev@lists.example>\nReply-To: Ann Park <ann@park.example>",
    ],
)
def test_from_stands_where_no_list_rewrote_it(lines: str) -> None:
    made = record(lines)
    assert made.sender
    assert made.sender.address != "ann@park.example"


def test_on_behalf_and_redirected() -> None:
    made = record("From: boss@own.example\nSender: Mira <mira@own.example>\nTo: ann@park.example")
    assert (made.sender and made.sender.address, made.submitter and made.submitter.address) == (
        "boss@own.example",
        "mira@own.example",
    )
    made = record(
        "From: ann@park.example\nResent-From: Mira <mira@own.example>\nResent-To: bob@roe.example\nTo: m@x.example"
    )
    assert made.resent_by
    assert made.resent_by.address == "mira@own.example"
    assert record("From: a@b.example\nSender: a@b.example").submitter is None


ANSWER = "From: ann@park.example\nTo: me@own.example\n"


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: budget", "Out of Office: budget", "Out of Office AutoReply: budget", "AUTOMATIC REPLY: budget",
        "Automatische Antwort: Budget", "Abwesenheitsnotiz: Budget", "Réponse automatique\u00a0: budget",
        "Respuesta automática: presupuesto", "Resposta automática: orçamento", "Risposta automatica: bilancio",
        "Automatisch antwoord: budget", "Automatisk svar: budget", "Autosvar: budget", "Automaattinen vastaus: budjetti",
        "Automatyczna odpowiedź: budżet", "Automatická odpověď: rozpočet", "Automatikus válasz: költségvetés",
        "Автоматический ответ: бюджет", "Otomatik Yanıt: bütçe", "自動応答: 予算", "自动答复: 预算", "自動回覆: 預算",
        "자동 회신: 예산", "תשובה אוטומטית: תקציב", "رد تلقائي: الميزانية", "Αυτόματη απάντηση: προϋπολογισμός",
        "=?utf-8?Q?R=C3=A9ponse_automatique_=3A_budget?=", "자동 회신：예산",
    ],
)  # fmt: skip
@pytest.mark.parametrize("sign", ["X-Auto-Response-Suppress: All", "In-Reply-To: <s@own.example>"])
def test_absence_notes_of_exchange(subject: str, sign: str) -> None:
    assert "automatic-reply" in record(f"{ANSWER}Subject: {subject}\n{sign}").signals


@pytest.mark.parametrize(
    "lines",
    [
        "Subject: budget\nX-Auto-Response-Suppress: All\nIn-Reply-To: <s@own.example>",  # says nothing by itself
        "Subject: Re: Automatic reply: budget\nIn-Reply-To: <s@own.example>",  # a person answered the note
        "Subject: Automatic reply to be discussed: budget\nIn-Reply-To: <s@own.example>",
        "Subject: Out of office: who covers in July?",  # begins a conversation
        "Subject: budget\nX-MS-Exchange-Inbox-Rules-Loop: boss@own.example",  # redirected by a rule of somebody else's
        "Subject: [budget] away\nIn-Reply-To: <s@own.example>",
        "X-Apple-Action: JUNK_MAIL\nX-Autogenerated: Forward",
    ],
)
def test_what_a_person_wrote(lines: str) -> None:
    assert "automatic-reply" not in record(ANSWER + lines).signals


@pytest.mark.parametrize(
    "lines",
    [
        "X-Apple-Action: VACATION",  # iCloud writes no other
        "Preference: auto_reply",
        "X-POST-MessageClass: 9; Autoresponder",
        "X-Autogenerated: Reply",
        "Subject: [Automatyczna odpowied\u017a] bud\u017cet\nPrecedence: junk",
        "Subject: (Autoreply) budget\nIn-Reply-To: <s@own.example>",
    ],
)
def test_absence_notes_of_others(lines: str) -> None:
    assert "automatic-reply" in record(ANSWER + lines).signals


NOTES = "Message-ID: <OF44593B19.B51EFFFF-ON802576A1.00581EF6-802576A1.00581EF8@park.example>\n"


@pytest.mark.parametrize(
    ("sender", "subject", "automatic"),
    [
        ("Ann Park/Sales/Park <ann@park.example>", "AUTO: Ann Park is out of the office (returning 02/23/2026)", True),
        ("ann.park@park.example", "AUTO: Park, Ann is out of the office. (returning 23/02/2026)", True),
        ("Ann Park <ap@park.example>", "AUTO: Ann Park ist au\u00dfer Haus (R\u00fcckkehr am 23.02.2026)", True),
        ("Ann Park <ap@park.example>", "Ann Park is out of the office.", True),
        ("Ann Park <ap@park.example>", "Ben Reed is out of the office, can you answer?", False),
        ("Ann Park <ap@park.example>", "AUTO: new tyres by Friday", False),
        ("Ann Park <ap@park.example>", "Lunch with Ann Park", False),
    ],
)
def test_absence_notes_of_notes(sender: str, subject: str, automatic: bool) -> None:
    lines = f"From: {sender}\nTo: me@own.example\nSubject: {subject}\n"
    assert ("automatic-reply" in record(lines + NOTES).signals) is automatic
    assert "automatic-reply" not in record(f"{lines}Message-ID: <1@park.example>").signals


def test_the_answer_of_an_inbox_rule() -> None:
    lines = "Subject: Thanks\nX-MS-Exchange-Inbox-Rules-Loop: Ann@park.example"
    assert "automatic-reply" in record(ANSWER + lines).signals
