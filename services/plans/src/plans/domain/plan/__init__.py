"""A plan: what a returnee and a counsellor agreed to ask for, and who said yes to it.

    draft -> submitted -> feasible -> approved: in force  <->  suspended
                                   -> rejected            -> completed, or cancelled
             submitted or feasible -> returned, which is open to change like a draft
    until it is decided on -> withdrawn

A quorum of the committee approves, a quorum rejects. Where the votes are split and neither side
has its quorum, others of the committee decide; when the programme's time to answer is over, the
system returns the plan and the votes are void. Time alone never approves and never rejects.

A plan in force changes by an amendment: the next version, asked for by the same steps while the
one in force stays; approved, it takes its place. What orders hold of an item stays in it.

The ceilings of its items stay within the entitlement (A1) and its cash within the cash cap (A2).
Nothing is planned before eligibility and consent (S1), nothing submitted that the returnee has
not signed, and any change voids the signature (S2). Who drafted it, counsels the case, found it
feasible or declared a conflict has no vote on it (D1, D7). Rules are those of the domain
catalogue, section 9; the steps are IOM Slovakia's published nine, the second to the sixth.

`requests` are put to `rules`, which ask `drafting`, `judging` and `carrying_out`; what follows are
`facts` and `facts_in_force`, and `evolution` makes the `state` of them.
"""

from events.decider import Decider
from plans.domain.plan.evolution import evolve
from plans.domain.plan.rules import decide

plan = Decider(decide=decide, evolve=evolve)
