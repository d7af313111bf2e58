"""Every table in one place, for those who need the whole schema (migrations, copies, erasing a user)."""

from models.accounts import Account, Secret, SendingConsent, StreamState, Turn, User, Watch
from models.base import Base
from models.failures import Failure
from models.history import Interaction, Participation, Sighting, Unreadable
from models.judgement import Assessment, Introduction, Letter, Nudge, OwnHabits
from models.people import Address, Decision, Likeness, OwnAddress, Person

__all__ = [
    # who
    "Account",
    "Address",
    # what we think
    "Assessment",
    "Base",
    "Decision",
    "Failure",
    # what happened
    "Interaction",
    "Introduction",
    "Letter",
    "Likeness",
    "Nudge",
    "OwnAddress",
    "OwnHabits",
    "Participation",
    "Person",
    "Secret",
    "SendingConsent",
    "Sighting",
    "StreamState",
    "Turn",
    "Unreadable",
    "User",
    "Watch",
]
