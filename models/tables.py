"""Every table in one place, for those who need the whole schema (migrations, copies, erasing a user)."""

from models.accounts import Account, Lock, PushSubscription, Secret, SendingConsent, StreamState, User
from models.base import Base
from models.failures import Failure
from models.history import Interaction, Participation, Sighting, Unreadable
from models.judgement import DigestLine, Introduction, StoredAssessment, StoredDigest, UserHabits
from models.people import Address, Decision, Evidence, MatchEvidence, OwnAddress, Person, TakenAction

__all__ = [
    "Account",
    "Address",
    "Base",
    "Decision",
    "DigestLine",
    "Evidence",
    "Failure",
    "Interaction",
    "Introduction",
    "Lock",
    "MatchEvidence",
    "OwnAddress",
    "Participation",
    "Person",
    "PushSubscription",
    "Secret",
    "SendingConsent",
    "Sighting",
    "StoredAssessment",
    "StoredDigest",
    "StreamState",
    "TakenAction",
    "Unreadable",
    "User",
    "UserHabits",
]
