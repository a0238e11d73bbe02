"""The relay: copies a service's own history to the bus, in order, without a cursor of its own.

Sequence on the bus = position in the store. Each entry is published only directly after its
predecessor, so the bus itself says where to go on: after a crash, after an acknowledgement that
got lost, after a tail that the bus lost. A second relay is refused by the bus and does no harm.

Before it goes on anywhere, it compares what the bus holds last with what the store holds there.
A bus with anything else has another history, and to add to it would fork ours: the relay stops.
"""

from dataclasses import dataclass

from events.delivery.ports import Watch
from events.ports import Bus, Clock, Store, Unavailable, WrongSequence

WINDOW = 500
"""How many entries are on their way to the bus at once."""
IDLE_SECONDS = 5.0
"""How long a quiet relay waits before it asks the bus again whether it lost its tail."""
PAUSE_SECONDS = 0.2
"""How long to leave the bus alone after it refused or did not answer."""


class Forked(Exception):
    """The bus holds what the store does not: it belongs to another history.

    It happens when the database was restored to an earlier moment, or when somebody else got at
    the stream. Consumers may have acted on it; a person must decide. The stream has to be made
    anew before the relay goes on.
    """

    def __init__(self, position: int, said: str) -> None:
        super().__init__(said)
        self.position = position
        """Where the bus stands."""


class BusIsAhead(Forked):
    """The bus holds more than the store."""

    def __init__(self, bus: int, store: int) -> None:
        super().__init__(bus, f"the bus is at {bus}, the store at {store}")


class BusDiffers(Forked):
    """The last that the bus holds is not what the store holds there."""

    def __init__(self, position: int) -> None:
        super().__init__(position, f"the bus and the store differ at {position}")


@dataclass(frozen=True)
class Relay:
    """One service's relay."""

    source: str
    store: Store
    bus: Bus
    clock: Clock
    watch: Watch

    async def run(self) -> None:
        """For ever. Raises `Forked`, and has published nothing on top of it."""
        while True:
            try:
                await self._follow(await self._last())
            except (WrongSequence, Unavailable) as error:
                # another relay was faster, or the bus lost its tail, or is gone: ask it again
                self.watch.failed("relay", error)
                await self.clock.sleep(PAUSE_SECONDS)

    async def _last(self) -> int:
        """Where the bus stands, having made sure that it is a beginning of our history."""
        last, head = await self.bus.last(self.source), await self.store.head()
        if last > head:
            raise BusIsAhead(last, head)
        if last > 0:
            [ours] = await self.store.read(last - 1, 1)
            carried = await self.bus.entry(self.source, last)
            if carried is None:  # a replica that has not come so far, or a tail lost just now
                raise Unavailable(f"the bus does not show its last, {last}")
            if carried.raw != ours.raw:
                raise BusDiffers(last)
        return last

    async def _follow(self, last: int) -> None:
        while True:
            entries = await self.store.read(last, WINDOW)
            if entries:
                last = await self.bus.publish(self.source, entries)
            elif await self.store.wait(last, IDLE_SECONDS) <= last:
                last = await self._last()
