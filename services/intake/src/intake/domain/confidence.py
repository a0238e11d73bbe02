"""What is told in confidence here: requests to be erased, legal holds."""

from events import confidence


class ConfidentialRead(confidence.ConfidentialRead, frozen=True, tag="intake.confidential_read.v1"):
    """An auditor was shown requests to be erased, legal holds, or what stands about a person."""
