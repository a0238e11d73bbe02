"""A vendor: who may be paid, once somebody other than its proposer has approved it.

    proposed -> approved <-> suspended

How it goes (rejected, inactive, debarred) is told in `leaving`.

Approval needs a clear screening against the sanctions lists that is not too old (S4). A possible
match on a later screening suspends the vendor at once; only a person lifts that, after a clear
one. Who proposed a vendor neither approves nor reinstates it, nor decides a match (D5). What the
platform itself finds on the lists, and who decides it, is told in `searching`; who is found to be
on a list is debarred, for good.
"""

from events.decider import Decider
from vendors.domain.vendor.rules import decide
from vendors.domain.vendor.state import evolve

vendor = Decider(decide=decide, evolve=evolve)
