"""A sourcing: the search for a vendor for one item of a plan.

    opened -> compared -> awarded, or cancelled
    awarded -> taken back, as long as nothing is committed for the item

How many quotations it takes follows from the value of the purchase, counted together with what
was awarded lately to the same vendor or for the same case: splitting a purchase gains nothing
(red flag R4). Fewer are enough only under a waiver with approver, reason and expiry (S15). Who
collected the quotations or waived the competition does not select (D4), the counsellor of the
case has no part in it (D7), and the vendor must be approved (S4).

Only offers that stand count: not one that was withdrawn or has expired, nor one of a vendor that is
suspended or debarred. Where several stand, somebody compares them all and recommends one, and that
one is selected. Where the value asks for it, vendors have had their working days to answer, and so
many members of the committee have voted for the award.
"""

from events.decider import Decider
from vendors.domain.sourcing.rules import decide
from vendors.domain.sourcing.state import evolve

sourcing = Decider(decide=decide, evolve=evolve)
