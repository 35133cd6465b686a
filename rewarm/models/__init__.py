"""REMEMBER: rows and the set-based questions asked of them."""

from rewarm.models.appointment import Appointment, Clinician, Outcome
from rewarm.models.consent import Candidate, Consent, Evidence
from rewarm.models.contact import Address, Contact, Fact, Note, Source
from rewarm.models.conversation import Conversation, Handoff
from rewarm.models.event import Event
from rewarm.models.imports import Import, ImportRow
from rewarm.models.journey import Campaign, Enrollment, JourneyVersion, Segment
from rewarm.models.touch import Message, Touch
from rewarm.models.workspace import Bucket, Membership, Sender, User, Workspace

__all__ = [
    "Address",
    "Appointment",
    "Bucket",
    "Campaign",
    "Candidate",
    "Clinician",
    "Consent",
    "Contact",
    "Conversation",
    "Enrollment",
    "Event",
    "Evidence",
    "Fact",
    "Handoff",
    "Import",
    "ImportRow",
    "JourneyVersion",
    "Membership",
    "Message",
    "Note",
    "Outcome",
    "Segment",
    "Sender",
    "Source",
    "Touch",
    "User",
    "Workspace",
]
