"""One aggregate as it stands, for whoever decides: in an answer to a person, or by itself."""

from typing import Any, Protocol, TypeVar

from events.decider import Decider, State

S = TypeVar("S", bound=State)


class Load(Protocol):
    """Reads one aggregate from its own history: always current, never behind."""

    async def state(self, decider: Decider[Any, S, Any], stream: str) -> tuple[S | None, int]:
        """The state and version as they stand; (None, 0) when there is none."""
        ...
