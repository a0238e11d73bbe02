"""Who may witness a delivery: nobody who has another part in the order, each by their own word."""

from datetime import date

from disbursement.domain.commitment import refusals_at_delivery as at_delivery
from disbursement.domain.commitment.checks import in_order, must_be_at
from disbursement.domain.commitment.confirming import Chain
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import WitnessDelivery
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.commitment.witnessed import DeliveryWitnessed
from events.values import PersonId


def chain_of(commitment: Commitment, recorder: PersonId, day: date) -> Chain:
    """Who has a part in the order; and whose word of that day another than the recorder took."""
    assert commitment.order is not None, "an issued commitment has an order"
    return Chain(
        recorder=recorder,
        counsellors=commitment.counsellors,
        others=frozenset({*commitment.collectors, commitment.order.issued_by}),
        said=frozenset(
            word.witness
            for word in commitment.words
            if word.date == day and word.taken_by != recorder
        ),
    )


def witnessed(command: WitnessDelivery, commitment: Commitment) -> list[DeliveryWitnessed]:
    must_be_at(commitment, Stage.ISSUED)
    assert commitment.order is not None, "an issued commitment has an order"
    in_order(command.date, commitment.order.issued, command.at.date())
    chain = chain_of(commitment, command.by, command.date)
    for person in (command.by, command.witness):
        if person in chain.counsellors | chain.others:
            raise at_delivery.WitnessHasAPart(person)
    paper = command.paper if command.witness != command.by else None
    if command.witness != command.by and (paper is None or not command.is_on_file):
        raise at_delivery.WitnessSignedNothing(command.witness)
    for signed, signatory in commitment.witness_papers:
        if signed == paper and signatory != command.witness:
            raise at_delivery.WitnessPaperUsed(signatory)
    if any(
        (word.witness, word.date, word.taken_by) == (command.witness, command.date, command.by)
        for word in commitment.words
    ):
        return []
    said = DeliveryWitnessed(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        witness=command.witness,
        date=command.date,
        paper=paper,
    )
    return [said]
