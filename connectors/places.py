"""Where a mail lay, by the name of its folder or by Gmail's labels, in the languages of mail programs."""

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

from connectors import folder_names
from models.enums import Place


def _table(lines: Iterable[str], place: Place) -> dict[str, Place]:
    return {normalize("NFC", name.strip()): place for line in lines for name in line.split(",")}


_LABELS = {
    **_table(folder_names.SENT, Place.SENT),
    **_table(folder_names.DRAFT, Place.DRAFT),
    **_table(folder_names.SPAM, Place.SPAM),
    **_table(folder_names.TRASH, Place.TRASH),
    **_table(folder_names.CHAT, Place.CHAT),
}
_INBOX = _table(folder_names.INBOX, Place.INBOX)
_FOLDERS = {**_table(folder_names.UNSENT, Place.DRAFT), **_LABELS}
# A mail bears many labels; the first of these that is among them says what it is.
_WEIGHT = (Place.SPAM, Place.TRASH, Place.DRAFT, Place.CHAT, Place.SENT)
_SUFFIX = re.compile(r"\.(mbox|mbx|mbs|mboxrd|gz|bz2|xz|eml|emlx|maildir|sbd|imapmbox|zip|tar|tgz)$")
# Another folder of the kind: "Sent-1", "Sent Items (2)", "Sent 2019", "sent-mail-jul-2024", "sent-2024-07".
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
# Possessive, or a name of many digits could be read in more ways than there is time for.
_NUMBERED = re.compile(rf"(?<=\w)(?:[-_. ]*+(?:\(?\d{{1,4}}+\)?|(?<=[-_. ]){_MONTH}(?=[-_. ]*\d)))++$")
LONGEST = 255  # of a folder's name in which a number is looked for
_UTF_7 = re.compile(r"&([A-Za-z0-9+,]*)-")
_CATEGORY = re.compile(
    r"^(?:category|kategorie|catégorie|categoría|categoria|categorie|kategori|kategoria|kategória|luokka|"
    r"категория|категорія|κατηγορία|カテゴリ|类别|類別|카테고리)[ _:\uff1a]+(\w+)"
)
_CATEGORIES = {
    "promotions": (
        "promotions",
        "werbung",
        "promociones",
        "promozioni",
        "promoções",
        "reclame",
        "reklame",
        "kampanjer",
        "oferty",
        "promocje",
        "promoce",
        "промоакции",
        "реклама",
        "プロモーション",
        "促销",
        "프로모션",
    ),
    "social": (
        "social",
        "soziale",
        "sociaux",
        "réseaux",
        "sociale",
        "sociaal",
        "sosialt",
        "społeczności",
        "sociální",
        "соцсети",
        "ソーシャル",
        "社交",
        "소셜",
    ),
    "updates": (
        "updates",
        "benachrichtigungen",
        "notifications",
        "notificaciones",
        "aggiornamenti",
        "atualizações",
        "oppdateringer",
        "powiadomienia",
        "aktualizace",
        "оповещения",
        "新着",
        "动态",
        "업데이트",
    ),
    "forums": ("forums", "foren", "foros", "forum", "fóruns", "fora", "fóra", "форумы", "フォーラム", "论坛", "포럼"),
}
_CATEGORY_NAMES = {name: category for category, names in _CATEGORIES.items() for name in names}


def of_folder(*names: str) -> Place:
    """Return the place that a file's or folder's name, or else one of its parents' (nearest first), stands for."""
    for name in names:
        plain = _SUFFIX.sub("", _SUFFIX.sub("", _spoken(name))).strip("[] ")
        # Maildir++ writes ".Archive.Sent", IMAP copies write "INBOX/Sent" or "inbox.sent".
        for part in (plain, re.split(r"[./\]]-?", plain)[-1]):
            for form in (part, _NUMBERED.sub("", part[:LONGEST])):
                if form in _FOLDERS:
                    return _FOLDERS[form]
    own = _SUFFIX.sub("", _SUFFIX.sub("", _spoken(names[0]))).strip("[] ") if names else ""
    return _INBOX.get(own, Place.ORDINARY)  # what lies in a folder below it may have been filed there


def _spoken(name: str) -> str:
    """Return a folder's name as people read it: Apple decomposes characters, IMAP writes them in its own UTF-7."""
    name = name.strip()
    if "&" in name:  # RFC 3501 section 5.1.3
        name = _UTF_7.sub(_letters, name)
    return normalize("NFC", name).lower()


def _letters(shifted: re.Match[str]) -> str:
    if not shifted[1]:
        return "&"
    try:
        return f"+{shifted[1].replace(',', '/')}-".encode().decode("utf-7")
    except UnicodeDecodeError:
        return shifted[0]


@lru_cache(maxsize=4096)  # a mailbox has few sets of labels
def of_labels(labels: str) -> tuple[Place, tuple[str, ...]]:
    """Return the place and the category marks (`category=promotions`) that Gmail's labels say."""
    said = [_spoken(label.strip().strip('"')) for label in labels.split(",")]
    places = {_LABELS.get(label) for label in said}
    place = next((place for place in _WEIGHT if place in places), Place.ORDINARY)
    found = (_CATEGORY.match(label) for label in said)
    categories = {_CATEGORY_NAMES.get(match[1]) for match in found if match}
    return place, tuple(f"category={name}" for name in sorted(filter(None, categories)))
