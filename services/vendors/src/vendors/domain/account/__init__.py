"""A vendor's bank account: where money goes, so three people look at it before it does.

    proposed -> called back -> approved -> active -> replaced
    proposed -> approved, where every programme leaves the call out (`call_back: no`)
    proposed -> not confirmed; any of them -> frozen

The proposer, the one who calls the vendor back and the approver are three people (D5). The call
goes to a contact that was on file before the account was proposed, never to one that came with
it. A vendor's first account is active when approved; any later one waits some days unused,
because a change of bank details is how payments are stolen.
"""

from events.decider import Decider
from vendors.domain.account.rules import decide
from vendors.domain.account.state import evolve

account = Decider(decide=decide, evolve=evolve)
