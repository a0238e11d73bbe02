"""A plan: what a returnee and a counsellor agreed to ask for, and who said yes to it.

    draft -> submitted -> feasible -> approved (the end of the decision)
                                   -> rejected (the end)
             submitted or feasible -> returned, which is open to change like a draft

The ceilings of its items stay within the entitlement (A1) and its cash within the cash cap (A2).
Nothing is planned before eligibility and consent (S1), nothing submitted that the returnee has
not signed, and any change voids the signature (S2). Who drafted it, counsels the case, found it
feasible or declared a conflict has no vote on it (D1, D7). Rules are those of the domain
catalogue, section 9; the steps are IOM Slovakia's published nine, the second to the sixth.
"""

from events.decider import Decider
from plans.domain.plan.rules import decide
from plans.domain.plan.state import evolve

plan = Decider(decide=decide, evolve=evolve)
