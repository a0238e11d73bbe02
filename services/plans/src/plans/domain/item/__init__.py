"""An approved item as it is carried out: paid in parts, each on a condition; used, or misused.

    agreed -> each part: short -> released | withheld        (in the order of the parts, S8)

A part is released when the attendance of its period reaches the programme's threshold (courses,
wage subsidies, rent by month) or when the returnee's own contribution is proved (matching grants).
What is released is the most that disbursement pays. Attendance is to a service what a receipt is
to goods: who drafted the plan, counsels the case or agreed the parts does not record it (S7, D7).
A part whose condition was not met is decided by the programme's manager: released all the same,
for a reason (S15), or withheld for good. A loan is never ours: a lender's is a referral, and what
we give beside it is a grant that matches what the returnee puts in.
"""

from events.decider import Decider
from plans.domain.item.rules import decide
from plans.domain.item.state import evolve

item = Decider(decide=decide, evolve=evolve)
