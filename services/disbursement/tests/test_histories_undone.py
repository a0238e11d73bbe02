"""What was given up and is owed after all, and goods that are taken back after they were paid,
among all that happens beside orders and payments.
"""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.disbursement.tests.people import COMMITMENT, HANA, NOON, TOMAS, mandate
from services.disbursement.tests.test_histories import World
from services.disbursement.tests.test_histories_beside import (
    ADVANCED,
    BESIDE,
    CLAIMED,
    LUCKY,
    Wider,
    play,
    told,
)

from disbursement.domain.commitment import ClaimAdvanceAgain, commitment
from disbursement.domain.delegation import Authority
from disbursement.domain.recovery import ProposeReversal, ReverseWriteOff, recovery
from events.handler import Act
from events.values import Code


class Undone(Wider):
    async def it_is_owed_after_all(self, number: int) -> None:
        owed = await self._owed(number)
        if owed is None:
            return
        of = await self._paid(number)
        propose = ProposeReversal(by=HANA, at=NOON, reason=Code("it_came"), of=of)
        await self.tries(Act(recovery, owed.id, propose))
        may = mandate(TOMAS, Authority.APPROVE)
        reverse = ReverseWriteOff(by=TOMAS, at=NOON, mandate=may, of=of)
        again = ClaimAdvanceAgain(by=TOMAS, at=NOON, payment=owed.payment, amount=owed.owed)
        await self.tries(Act(recovery, owed.id, reverse), Act(commitment, COMMITMENT, again))


GIVEN_UP = (Wider.the_rest_is_given_up, 0)
AFTER_ALL = (Undone.it_is_owed_after_all, 0)
LOST = (*CLAIMED, GIVEN_UP)
TAKEN_BACK = ((World.a_delivery_is_disputed, 0), (World.a_dispute_is_settled, 0))
MORE = (*BESIDE, Undone.it_is_owed_after_all, *(step for step, _ in TAKEN_BACK))
steps = st.lists(st.tuples(st.sampled_from(MORE), st.integers(0, 59)), max_size=20)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.sampled_from(
        (
            LOST,
            (*LOST, AFTER_ALL),
            (*LUCKY, *LOST[-2:], AFTER_ALL),
            (*LUCKY, *TAKEN_BACK, (Wider.it_is_claimed_back, 3)),
        )
    ),
    steps,
)
def test_what_holds_after_every_step(first: Any, more: list[Any]) -> None:
    play((*first, *more), Undone())


def test_what_the_bank_sends_back_is_open_again_and_what_is_taken_back_of_it_committed() -> None:
    """An order that was paid is over; its payment comes back, and then a part of the goods goes."""
    more = (
        (Wider.the_bank_sends_it_back, 0),
        (World.a_delivery_is_disputed, 0),
        (World.a_dispute_is_settled, 1),
        (Wider.something_will_not_come, 0),
    )
    assert "commitment_amended" in told(play((*LUCKY, *more), Undone()))


def test_the_histories_do_come_to_all_of_it() -> None:
    arrived = (Wider.all_of_it_arrives_and_is_invoiced, 1)
    whole = (*ADVANCED, (Wider.it_is_claimed_back, 4), GIVEN_UP, arrived, AFTER_ALL)
    delivered = play((*whole, (Wider.the_claim_is_dropped, 0)), Undone())
    assert told(delivered) >= {
        "write_off_reversed",
        "advance_claimed_again",
        "advance_claim_dropped",
        "advance_cleared",
    }
    came = play((*whole, (Wider.some_of_it_comes, 0), arrived), Undone())
    assert told(came) >= {"write_off_reversed", "recovered_funds_placed", "vendor_paid"}
