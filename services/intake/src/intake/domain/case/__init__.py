"""A case: all assistance to one principal applicant and household under one programme.

    registered -> eligible -> arrived       the entitlement is granted once eligible
               -> ineligible (the end)

Nothing is decided about people who have not consented to it (rule S1), and nobody decides
alone: who registered a case does not find it eligible. A partner organisation reaches its own
cases and no other's (rule D10); the organisation that runs the programme reaches them all.
Rules are named as in the domain catalogue, section 9.
"""

from events.decider import Decider
from intake.domain.case.rules import decide
from intake.domain.case.state import evolve

case = Decider(decide=decide, evolve=evolve)
