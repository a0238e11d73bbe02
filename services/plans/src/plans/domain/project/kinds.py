"""The words in which a project is told."""

from enum import StrEnum


class Stage(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    """All shares are signed and it was sent to the receiving office."""
    FEASIBLE = "feasible"
    APPROVED = "approved"
    SHORT = "short"
    """A share was withdrawn after the approval: no order is placed until the shares are whole."""
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"


class Leaving(StrEnum):
    """Why a share is withdrawn."""

    OWN_WISH = "own_wish"
    MOVED_AWAY = "moved_away"
    DECEASED = "deceased"
    NO_LONGER_ENTITLED = "no_longer_entitled"


class Cancellation(StrEnum):
    """Why a project is given up."""

    PARTICIPANTS_WISH = "participants_wish"
    NO_LONGER_POSSIBLE = "no_longer_possible"
    FUNDING_ENDED = "funding_ended"
