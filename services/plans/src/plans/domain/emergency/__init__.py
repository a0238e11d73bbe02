"""An emergency: a few things that somebody needs before there is a plan, or instead of one.

    requested -> authorised -> ratified
              -> declined   -> not ratified: what no order holds is free again

Only where the programme allows it, of the types and up to the amount that it names, by one person
who did not ask for it. Others decide on it afterwards: the programme says within how many hours.
When those are over it is overdue, which everybody sees, and which keeps its authoriser, and its
case, from any other emergency until it is decided on. Time alone never ratifies it.

It draws on the case's entitlement like a plan does, once there is one; before that, the
programme's amount for emergencies is the only limit.
"""

from events.decider import Decider
from plans.domain.emergency.rules import decide
from plans.domain.emergency.state import evolve

emergency = Decider(decide=decide, evolve=evolve)
