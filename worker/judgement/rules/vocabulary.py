"""What a rule may know of a person: the one table of facts that rules, checks and documents share."""

from enum import StrEnum
from typing import NamedTuple


class Axis(StrEnum):
    """The two axes that no number mixes."""

    DEPTH = "depth"
    WARMTH = "warmth"


class Fact(NamedTuple):
    """One word of the vocabulary.

    A *slow* fact is a function of the pair's past touches and the week alone, so the past value of a depth can be found
    again; only slow facts may be used by depth rules.
    """

    name: str
    kind: type[float] | type[bool] | type[str]
    unit: str
    sentence: str
    slow: bool = False


_YEAR = "in this week and the 52 before"

FACTS: tuple[Fact, ...] = (
    # the pair's roots
    Fact("two_way", bool, "", "both have written to the other, or they have met", slow=True),
    Fact("days_known", float, "days", "from the first direct touch to now", slow=True),
    Fact("shared_days", float, "days", "days with anything in common, copies and crowds included, ever", slow=True),
    Fact("contact_days", float, "days", "days with a direct touch (a mail in To, or a meeting), ever", slow=True),
    Fact("contact_days_year", float, "days", f"days with a direct touch {_YEAR}", slow=True),
    Fact("contact_days_month", float, "days", "days with a direct touch in this week and the 4 before", slow=True),
    Fact("alone_days_year", float, "days", f"days with a touch between the two alone {_YEAR}", slow=True),
    Fact("meetings", float, "meetings", "meetings of up to ten people, ever", slow=True),
    Fact("meetings_year", float, "meetings", f"meetings of up to ten people {_YEAR}", slow=True),
    Fact("meetings_alone_year", float, "meetings", f"meetings of the two alone {_YEAR}", slow=True),
    Fact("months_active", float, "months", "four-week spans with a direct touch, ever", slow=True),
    Fact("months_active_year", float, "months", f"four-week spans with a direct touch begun {_YEAR}", slow=True),
    Fact("mail_strength", float, "weeks", "weeks with direct mail, each worth half as much after 180 days", slow=True),
    Fact(
        "common_strength", float, "days", "days with anything in common, each worth half as much after 180", slow=True
    ),
    Fact("copied_strength", float, "days", "days one copied the other, each way, worth half after 180 days", slow=True),
    Fact("meeting_strength", float, "weeks", "weeks with a meeting, each worth half as much after 270 days", slow=True),
    Fact("last_touch_age", float, "days", "from the last direct touch to the start of this week", slow=True),
    Fact("last_common_age", float, "days", "from the last thing in common to the start of this week", slow=True),
    Fact("introduced", bool, "", "somebody brought the two together", slow=True),
    # warmth: how things stand today
    Fact("silent_days", float, "days", "since the last direct touch"),
    Fact(
        "usual_gap_days",
        float,
        "days",
        "the median gap between the pair's conversations, drawn to the owner's where the pair is young",
    ),
    Fact("long_gap_days", float, "days", "nine of ten gaps of the pair are shorter, drawn to the owner's likewise"),
    Fact("long_silences", float, "silences", "silences of 30 days or more that ended by themselves"),
    Fact("they_touched_last", bool, "", "the last mail came from them"),
    Fact("you_touched_last", bool, "", "the last mail came from you"),
    Fact("meeting_booked", bool, "", "a meeting of few with them is booked, about as soon as you would talk anyway"),
    Fact("days_to_meeting", float, "days", "to the booked meeting; 0 where there is none"),
    Fact("introduced_by", str, "", "who brought you together; empty where nobody is known"),
    Fact("established", bool, "", "the pair is rooted enough for its silence to mean something"),
    Fact("cold_probability", float, "%", "how likely this silence lasts, as the cold model says"),
    Fact("depth", float, "points", "the depth found by the depth rules, 0-100"),
    Fact("stage", str, "", "contact, growing, rooted or deep"),
    Fact("owner_silent_days", float, "days", "since you last wrote to or met anybody"),
    # words for sentences
    Fact("last_touch", str, "", "the day of the last direct touch"),
    Fact("last_meeting", str, "", "the day of the last meeting; empty where there was none", slow=True),
    Fact("known_since", str, "", "the month of the first direct touch", slow=True),
    Fact("next_meeting", str, "", "the day of the booked meeting; empty where there is none"),
)

BY_NAME: dict[str, Fact] = {fact.name: fact for fact in FACTS}
