"""What a donor reads here: the grants that it gave, by the references that its token names, and the
reports that were made of them for it.
"""

from collections.abc import Collection
from typing import Annotated

from disbursement.views import lists
from events.io.http import Asked, Problem
from events.io.http.asked import Given
from events.roles import Role
from events.values import GrantId

NOT_YOURS = Problem("not_found", "There is no such thing, or it is not yours to see.")


class Giving:
    """The grants that who asks may look at; those who are no donor are asked nothing here."""

    def __init__(self, grants: Collection[GrantId] | None) -> None:
        self.grants = grants
        """None: all of them."""

    def must_know(self, grant: GrantId) -> None:
        """What another gave is refused as unknown."""
        if self.grants is not None and grant not in self.grants:
            raise NOT_YOURS


async def _giving(asked: Asked) -> Giving:
    me, view = asked.me, asked.desk.view
    if Role.DONOR not in me.roles:
        return Giving(None)
    assert view is not None, "this service was started without a database for its views"
    return Giving(await lists.agreed(view, me.organisation, me.grants))


Gave = Annotated[Giving, Given(_giving, reads_views=True)]
