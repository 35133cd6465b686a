"""Names what a channel said of a message, in the words in which the tests of all channels judge it."""

from rewarm.domain.outbox import Refused, Unknown

FOR_NOW, FOR_GOOD, IN_DOUBT, TAKEN = "refused for now", "refused for good", "unknown", "accepted"


def felt(outcome: object) -> str:
    """Say how an outcome is felt by the touch: only a refusal for now may be tried again."""
    match outcome:
        case Refused(permanent=True):
            return FOR_GOOD
        case Refused():
            return FOR_NOW
        case Unknown():
            return IN_DOUBT
    return TAKEN
