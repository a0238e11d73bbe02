"""A search of all books for people who are in them twice: asked for by a person, done, told.

What it finds are suspected pairs, each of which waits for a person like any other.
"""

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, State
from events.values import SearchId


class StartSearch(Command, frozen=True):
    search: SearchId


class CompleteSearch(Command, frozen=True):
    compared: int
    suspected: int
    left: int


class DuplicateSearchStarted(Event, frozen=True, tag="intake.duplicate_search_started.v1"):
    """Somebody wants to know who is in the books twice."""

    search: SearchId


class DuplicateSearchCompleted(Event, frozen=True, tag="intake.duplicate_search_completed.v1"):
    """Everybody was compared with everybody who could be the same."""

    search: SearchId
    compared: int
    """Entries of people."""
    suspected: int
    """Pairs that nobody had suspected before."""
    left: int
    """Pairs beyond as many as one search brings up: another search does."""


SearchRequest = StartSearch | CompleteSearch
SearchEvent = DuplicateSearchStarted | DuplicateSearchCompleted


class Search(State, frozen=True):
    id: SearchId
    completed: DuplicateSearchCompleted | None = None


def decide(command: SearchRequest, search: Search | None) -> Sequence[SearchEvent]:
    match command:
        case StartSearch():
            assert search is None, "each search has an id of its own"
            return [DuplicateSearchStarted(by=command.by, at=command.at, search=command.search)]
        case CompleteSearch():
            assert search is not None, "only what was started is completed"
            if search.completed is not None:
                return []
            return [
                DuplicateSearchCompleted(
                    by=command.by,
                    at=command.at,
                    search=search.id,
                    compared=command.compared,
                    suspected=command.suspected,
                    left=command.left,
                )
            ]
        case _:
            assert_never(command)


def evolve(search: Search | None, event: SearchEvent) -> Search:
    match event:
        case DuplicateSearchStarted():
            return Search(id=event.search)
        case DuplicateSearchCompleted():
            assert search is not None, "a result of a search that nobody started"
            return replace(search, completed=event)
        case _:
            assert_never(event)


search = Decider(decide=decide, evolve=evolve)
