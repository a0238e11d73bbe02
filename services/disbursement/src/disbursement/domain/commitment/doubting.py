"""Whether a payment came to nothing is doubted, as long as one person alone says so."""

from disbursement.domain.commitment import refusals_of_failures as no
from disbursement.domain.commitment.requests import ConfirmFailure, UploadFailure
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.commitment.unconfirmed import (
    FailureConfirmed,
    FailureUploaded,
    Unconfirmed,
    UnconfirmedEvent,
)


def told(command: UploadFailure | ConfirmFailure, commitment: Commitment) -> list[UnconfirmedEvent]:
    this = Unconfirmed(payment=command.payment, answer=command.answer)
    uploaded = isinstance(command, UploadFailure)
    if (this in commitment.unconfirmed) is uploaded:
        return []
    fact = FailureUploaded if uploaded else FailureConfirmed
    return [
        fact(
            by=command.by,
            at=command.at,
            commitment=commitment.id,
            payment=command.payment,
            answer=command.answer,
        )
    ]


def must_be_confirmed(commitment: Commitment) -> None:
    """Nothing takes the place of what may have been paid. `FailureUnconfirmed`."""
    for each in commitment.unconfirmed:
        raise no.FailureUnconfirmed(each.payment, each.answer)
