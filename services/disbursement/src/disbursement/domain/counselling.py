"""Who counsels a case, or did: none of them has a part in committing or paying its money (D7).

A case may pass to somebody else after money was asked for. Whoever counselled it chose what is
bought, and whoever counsels it now has it in their hands: both stay out of its money. Each act on
an order, a payment or cash first names those who came since, in the same append.
"""

from events.decider import Command
from events.values import PersonId


class NameCounsellors(Command, frozen=True):
    """These counsel the case, or did."""

    counsellors: frozenset[PersonId]

    def with_(self, known: frozenset[PersonId]) -> tuple[PersonId, ...]:
        """All of them with those who are known; nobody where nobody is new."""
        return tuple(sorted(known | self.counsellors)) if self.counsellors - known else ()
