"""The signs of an introduction, the weight of each, and the words that name one (pure)."""

import re
from enum import StrEnum

DAY = 86_400
#: days after the first event in which what follows is looked at
FOLLOWS = 45 * DAY
#: the longest exchange that only finds a time for someone else, and how soon that meeting then is
ERRAND, ARRANGING = 4 * DAY, 21 * DAY
#: from here on an introduction counts
ENOUGH = 0.6
#: An introduction is between few: introducer, introduced, the user, and someone in copy.
MOST = 6
#: events looked at after the first
EVENTS = 60
#: How an introduction is worded in a subject: English, German, French, Spanish, Italian, and the arrows people draw.
WORDING = re.compile(
    r"<-?>|^(?:\w+, )?[Mm]eet [A-ZÀ-Þ]|(?i:\bintro(?:s|ducing|duction)?\b(?! (?:to|into|à|in|zu)\b))"
    r"|(?i:\bconnecting (?:you|the two))|(?i:darf ich vorstellen|vorstellung:|bekannt ?machen|\bkontakt zu\b)"
    r"|(?i:\bstelle (?:dir|euch|ihnen)\b|mise en (?:relation|contact)|(?:te|vous) présente)"
    r"|(?i:\b(?:te|os|le|ti|vi) presento\b)"
)


class Sign(StrEnum):
    """One sign for an introduction, or against it."""

    WORDED = "worded"
    TO_TWO = "to two"
    CROWDED = "crowded"
    MOVED_TO_BCC = "moved to bcc"
    BOTH_WAYS = "both ways"
    ALONE = "alone"
    LASTING = "lasting"
    STAYED_ONCE = "stayed once"
    STAYED = "stayed"
    MET_TOGETHER = "met together"
    ARRANGED = "arranged"
    COLLEAGUES = "colleagues"
    IN_MEETING = "in a meeting"


#: Log odds. Words of a subject help and are never needed; a colleague needs them.
WEIGHTS = {
    Sign.WORDED: 2.2,
    Sign.TO_TWO: 0.6,
    Sign.CROWDED: -1.2,
    Sign.MOVED_TO_BCC: 2.0,
    Sign.BOTH_WAYS: 0.6,
    Sign.ALONE: 0.35,
    Sign.LASTING: 1.3,
    Sign.STAYED_ONCE: -0.6,
    Sign.STAYED: -3.0,
    Sign.MET_TOGETHER: -1.2,
    Sign.ARRANGED: -3.0,
    Sign.COLLEAGUES: -2.8,
    Sign.IN_MEETING: -0.4,
}
BASE = -1.2
#: What each sign says to the user, where it speaks for the introduction.
SENTENCES = {
    Sign.WORDED: "the subject says so",
    Sign.TO_TWO: "it was written to the two of you",
    Sign.MOVED_TO_BCC: "you moved the introducer to Bcc",
    Sign.BOTH_WAYS: "you two have written to each other or met since",
    Sign.ALONE: "the introducer dropped out of the conversation",
    Sign.LASTING: "you two went on by yourselves",
}


def worded(subject: str) -> bool:
    """Whether a subject names an introduction."""
    return WORDING.search(subject[:300]) is not None
