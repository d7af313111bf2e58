"""The months as mail programs write them where they follow the language of the machine instead of RFC 5322.

Abbreviations and beginnings as in CLDR ("dates/calendars/gregorian/months"), without accents and in lower case, for the
languages whose dates were met in mailboxes. What means two months in two languages ("lis") is left out.
"""

import re
import unicodedata

_BEGINNINGS = (
    "jan ene gen sty tammi oca янв",
    "feb fev fevr lut helmi sub фев",
    "mar mrz mrt maa maerz maalis мар",
    "apr avr abr kwi huhti nis апр",
    "may mai maj mag mei touko май мая",
    "jun juin giu cze kesa haz июн",
    "jul juil lug lip heina tem июл",
    "aug aou ago sie elo agu авг",
    "sep set wrz syys eyl сен",
    "oct okt ott out paz loka eki окт",
    "nov marras kas ноя",
    "dec dez des dic gru joulu ara дек",
)
MONTH_OF = {name: number for number, names in enumerate(_BEGINNINGS, start=1) for name in names.split()}
#: The longest beginnings first: "maalis" before "maa", "marras" before "mar".
MONTH_NAME = re.compile(
    r"(?<![^\W\d_])(" + "|".join(sorted(MONTH_OF, key=lambda name: (-len(name), name))) + r")[^\W\d_]*", re.IGNORECASE
)


def plain(text: str) -> str:
    """Return a text without accents: a short "i" is a separate character in Cyrillic, and stays."""
    return "".join(
        one if "\u0400" <= one <= "\u04ff" else "".join(c for c in unicodedata.normalize("NFKD", one) if c.isascii())
        for one in text
    )
