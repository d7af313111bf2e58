"""Every table in one place, for those who need the whole schema (migrations, copies, erasing a user)."""

from models.access import ApiToken, Notice, Outlet
from models.accounts import Account, Lock, PushSubscription, Secret, SendingConsent, StreamState, User
from models.base import Base
from models.console import AuditEvent, ConsoleSession, OutsideIdentity, Passkey, SignInLink
from models.failures import Failure
from models.history import Interaction, Participation, Sighting, Unreadable
from models.judgement import DigestLine, Introduction, StoredAssessment, StoredDigest, UserHabits
from models.learned import OwnDictionary
from models.organizations import Member, OptOut, Organization, Sharing
from models.people import Address, Decision, Evidence, MatchEvidence, OwnAddress, Person, TakenAction

__all__ = [
    "Account",
    "Address",
    "ApiToken",
    "AuditEvent",
    "Base",
    "ConsoleSession",
    "Decision",
    "DigestLine",
    "Evidence",
    "Failure",
    "Interaction",
    "Introduction",
    "Lock",
    "MatchEvidence",
    "Member",
    "Notice",
    "OptOut",
    "Organization",
    "Outlet",
    "OutsideIdentity",
    "OwnAddress",
    "OwnDictionary",
    "Participation",
    "Passkey",
    "Person",
    "PushSubscription",
    "Secret",
    "SendingConsent",
    "Sharing",
    "Sighting",
    "SignInLink",
    "StoredAssessment",
    "StoredDigest",
    "StreamState",
    "TakenAction",
    "Unreadable",
    "User",
    "UserHabits",
]
