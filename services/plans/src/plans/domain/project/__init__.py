"""A project: assistance that several cases share in, or a community with its returnees.

    proposed -> agreed -> feasible -> approved -> handed over (the end)
                                   -> rejected (the end)
        agreed or feasible -> proposed, when it is returned or a share is withdrawn
        approved -> short, when a share is withdrawn before anything was ordered; open to change
        any but the ends -> cancelled (the end), while nothing is ordered

The shares come to 100 percent, each of them money of its participant's own entitlement (A7): it is
drawn there in the append that approves the project, beside what an individual plan draws. Each
participant, or a child's guardian, signs the project with all shares; any change voids all
signatures. A community's project has a host share besides, which draws on nobody's entitlement: the
grant pays it. Who proposed or changed it, counsels a participant, found it feasible or declared a
conflict has no vote (D1, D6, D7).
"""

from events.decider import Decider
from plans.domain.project.rules import decide
from plans.domain.project.state import evolve

project = Decider(decide=decide, evolve=evolve)
