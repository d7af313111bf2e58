"""Where a mail lay, told by the name of its folder or by Gmail's labels, in the languages mail programs speak."""

import re
from functools import lru_cache

from models.enums import Place

_NAMES = {
    Place.SENT: (
        "sent, sent items, sent mail, sent messages, sent-mail, outbox, gesendet, gesendete elemente, "
        "gesendete objekte, gesendete nachrichten, envoyés, éléments envoyés, messages envoyés, enviados, "
        "elementos enviados, correo enviado, inviata, posta inviata, inviati, verzonden, verzonden items, "
        "itens enviados, wysłane, skickat, skickade, sendt, sendte, lähetetyt, odeslané, отправленные, "
        "送信済み, 已发送, 已发送邮件"
    ),
    Place.DRAFT: (
        "drafts, draft, entwürfe, entwurf, brouillons, brouillon, borradores, borrador, bozze, bozza, concepten, "
        "rascunhos, szkice, utkast, kladder, luonnokset, koncepty, черновики, 下書き, 草稿"
    ),
    Place.SPAM: (
        "spam, junk, junk email, junk e-mail, junk-e-mail, bulk mail, indésirables, courrier indésirable, "
        "correo no deseado, posta indesiderata, lixo eletrônico, skräppost, "
        "спам, 迷惑メール, 垃圾邮件"
    ),
    Place.TRASH: (
        "trash, bin, deleted, deleted items, deleted messages, papierkorb, gelöscht, gelöschte elemente, "
        "gelöschte objekte, corbeille, éléments supprimés, papelera, elementos eliminados, cestino, posta eliminata, "
        "prullenbak, verwijderde items, lixeira, itens excluídos, kosz, papperskorgen, papirkurv, roskakori, koš, "
        "корзина, ゴミ箱, 已删除邮件"
    ),
    Place.CHAT: "chat, chats, hangouts",
}
_PLACES = {name.strip(): place for place, names in _NAMES.items() for name in names.split(",")}
# A mail bears many labels; the first of these that is among them says what it is.
_WEIGHT = (Place.SPAM, Place.TRASH, Place.DRAFT, Place.CHAT, Place.SENT)
_SUFFIX = re.compile(r"\.(mbox|mbx|mbs|gz|eml|maildir|sbd|zip)$")
_CATEGORY = re.compile(r"^(?:category|kategorie|catégorie|categoría|categoria|categorie)[ _:]+(\w+)")
_CATEGORIES = {
    "promotions": ("promotions", "werbung", "promociones", "promozioni", "promoções", "reclame"),
    "social": ("social", "soziale", "sociaux", "réseaux", "sociale"),
    "updates": ("updates", "benachrichtigungen", "notifications", "notificaciones", "aggiornamenti"),
    "forums": ("forums", "foren", "foros", "forum", "fóruns"),
}
_CATEGORY_NAMES = {name: category for category, names in _CATEGORIES.items() for name in names}


def of_folder(*names: str) -> Place:
    """Give the place that a file's or folder's name, or else one of its parents' (nearest first), stands for."""
    for name in names:
        plain = _SUFFIX.sub("", _SUFFIX.sub("", name.strip().lower())).strip("[] ")
        # Maildir++ writes ".Archive.Sent", IMAP copies write "INBOX/Sent" or "inbox.sent".
        for part in (plain, re.split(r"[./\]]-?", plain)[-1]):
            if part in _PLACES:
                return _PLACES[part]
    return Place.ORDINARY


@lru_cache(maxsize=4096)  # a mailbox has few sets of labels
def of_labels(labels: str) -> tuple[Place, tuple[str, ...]]:
    """Give the place and the category marks (`category=promotions`) that Gmail's labels say."""
    said = [label.strip().strip('"').lower() for label in labels.split(",")]
    places = {_PLACES.get(label) for label in said}
    place = next((place for place in _WEIGHT if place in places), Place.ORDINARY)
    found = (_CATEGORY.match(label) for label in said)
    categories = {_CATEGORY_NAMES.get(match[1]) for match in found if match}
    return place, tuple(f"category={name}" for name in sorted(filter(None, categories)))
