"""Absence notes recognized by what Exchange and Outlook put before the subject, in the languages they speak.

On-premises Exchange sends them without Auto-Submitted (RFC 3834), and X-Auto-Response-Suppress alone proves nothing: so
the fixed prefix counts, together with a second sign that a machine wrote it. A person's own answer begins with "Re:".
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from connectors.text import decoded

_PREFIXES = (
    "automatic reply, auto reply, autoreply, auto-reply, automatic response, auto response, autoresponse",
    "out of office, out of office autoreply, out of the office, out-of-office",
    "automatische antwort, abwesenheitsnotiz, abwesend, abwesenheit, abwesenheitsmeldung, autom. antwort",  # German
    "réponse automatique, absence du bureau, absent du bureau, message d'absence, absence",  # French
    "respuesta automática, fuera de oficina, fuera de la oficina, resposta automàtica",  # Spanish, Catalan
    "resposta automática, ausência temporária, ausente do escritório, fora do escritório",  # Portuguese
    "risposta automatica, fuori sede, fuori ufficio, assenza dall'ufficio",  # Italian
    "automatisch antwoord, automatisch bericht, afwezig, afwezigheidsbericht, niet aanwezig",  # Dutch
    "automatisk svar, autosvar, ikke til stede, fraværsbesked, ikke på kontoret, fraværende",  # Danish, Norwegian
    "autosvar, automatiskt svar, frånvaro, ej på kontoret, frånvarande",  # Swedish
    "automaattinen vastaus, poissaoloviesti, poissa, poissa toimistosta",  # Finnish
    "automatyczna odpowiedź, odpowiedź automatyczna, autoodpowiedź, nieobecność, poza biurem",  # Polish
    "automatická odpověď, mimo kancelář, nepřítomnost",  # Czech
    "automatická odpoveď, mimo kancelárie",  # Slovak
    "automatikus válasz, automatikus válaszüzenet, házon kívül, távollét",  # Hungarian
    "răspuns automat, raspuns automat, absent de la birou",  # Romanian
    "автоматический ответ, автоответ, нет на работе, вне офиса",  # Russian
    "автоматична відповідь, автоматичний відгук, відсутність",  # Ukrainian
    "автоматичен отговор, извън офиса",  # Bulgarian
    "аутоматски одговор, automatski odgovor, van kancelarije, izvan ureda",  # Serbian, Croatian
    "samodejni odgovor, odsotnost z dela, odsoten",  # Slovenian
    "automaatvastus, automaatne vastus, kontorist väljas",  # Estonian
    "automātiska atbilde, automātiskā atbilde, prombūtne",  # Latvian
    "automatinis atsakymas, ne biure",  # Lithuanian
    "αυτόματη απάντηση, εκτός γραφείου",  # Greek
    "otomatik yanıt, otomatik cevap, işyeri dışında, ofis dışında",  # Turkish
    "תשובה אוטומטית, מחוץ למשרד",  # Hebrew
    "رد تلقائي, الرد التلقائي, خارج المكتب",  # Arabic
    "自動応答, 自動返信, 不在, 外出中",  # Japanese
    "自动答复, 自动回复, 外出",  # Chinese, simplified
    "自動回覆, 不在辦公室, 自動答覆",  # Chinese, traditional
    "자동 회신, 자동 응답, 부재 중, 부재중",  # Korean
    "trả lời tự động, thư trả lời tự động",  # Vietnamese
    "การตอบกลับอัตโนมัติ, ตอบกลับอัตโนมัติ",  # Thai
    "balasan otomatis, jawaban otomatis, balasan automatik",  # Indonesian, Malay
    "स्वचालित उत्तर, स्वचालित जवाब",  # Hindi
    "sjálfvirkt svar, erantzun automatikoa, vastus automaatne",  # Icelandic, Basque
)
_KNOWN = frozenset(prefix.strip() for line in _PREFIXES for prefix in line.split(","))
_LONGEST = max(map(len, _KNOWN)) + 2
_PREFIX = re.compile(rf"\s*([^:\uff1a]{{2,{_LONGEST}}}?)\s*[:\uff1a]")
_SECOND_SIGNS = (
    "x-auto-response-suppress", "x-ms-exchange-inbox-rules-loop", "in-reply-to", "references", "auto-submitted",
)  # fmt: skip


def is_automatic_reply(headers: Mapping[str, str]) -> bool:
    """Recognize an absence note, or the answer of an inbox rule, by the headers of a mail (lower-case names)."""
    loop = headers.get("x-ms-exchange-inbox-rules-loop")
    if loop and (address := loop.strip().lower()[:320]) and address in headers.get("from", "").lower():
        return True  # a rule that redirects leaves From to the writer: that mail is theirs
    subject = headers.get("subject")
    if not subject or not (":" in subject or "=?" in subject or "\uff1a" in subject):
        return False
    return _prefixed(subject[:400]) and any(name in headers for name in _SECOND_SIGNS)


@lru_cache(maxsize=4096)
def _prefixed(subject: str) -> bool:
    found = _PREFIX.match(unicodedata.normalize("NFC", decoded(subject)).casefold())
    return found is not None and " ".join(found[1].split()) in _KNOWN
