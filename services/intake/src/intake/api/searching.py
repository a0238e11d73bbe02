"""Searching all books for people who are in them twice."""

from fastapi import Response

from events.handler import Act
from events.io.http import Answer, Do, Load, NewIds, Now, Who
from events.roles import READERS, Role
from events.values import SearchId
from intake.api.routes import CONFLICTS, UNKNOWN, api
from intake.domain.search import Search, StartSearch
from intake.domain.search import search as searches


class SearchAnswer(Answer):
    search: SearchId
    completed: bool
    compared: int | None
    """Entries of people; absent until it is completed."""
    suspected: int | None
    """Pairs that nobody had suspected before; find them under `/v1/duplicates`."""
    left: int | None
    """Pairs beyond as many as one search brings up: start another."""
    version: int

    @classmethod
    def of(cls, state: Search, version: int) -> "SearchAnswer":
        done = state.completed
        return cls(
            search=state.id,
            completed=done is not None,
            compared=done.compared if done else None,
            suspected=done.suspected if done else None,
            left=done.left if done else None,
            version=version,
        )


@api.command(
    "/v1/duplicate-searches",
    creates=SearchAnswer,
    allows={Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def start_duplicate_search(me: Who, now: Now, do: Do, ids: NewIds) -> Response:
    """Compare everybody in the books with everybody. What is found waits for somebody to decide."""
    search = SearchId(ids.new("sch"))
    start = StartSearch(by=me.id, at=now, search=search)
    return await do(Act(searches, search, start), answer=SearchAnswer.of)


@api.query("/v1/duplicate-searches/{search}", answers=SearchAnswer, allows=READERS)
async def read_duplicate_search(search: SearchId, load: Load) -> Response:
    """Read how far a search is."""
    return await load(searches, search, answer=SearchAnswer.of)
