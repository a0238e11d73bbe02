"""The terms of a competition: what a programme asks of a purchase beyond a number of offers."""

import msgspec

from events.money import Money


class Demand(msgspec.Struct, frozen=True):
    """What is asked below an amount."""

    below: Money
    written_working_days: int | None = None
    """How many lie between the written request and the decision; None: neither is needed."""
    committee: bool = False
    """Members of the committee vote on the award."""


class Quorum(msgspec.Struct, frozen=True):
    up_to: Money | None
    """None: whatever the amount."""
    members: int


class Terms(msgspec.Struct, frozen=True):
    """Of one programme, in the version under which the plan was approved."""

    demands: tuple[Demand, ...]
    """Lowest first, for the same amounts as the programme's bands."""
    quorum: tuple[Quorum, ...]
    """How many of the committee decide, by amount, lowest first."""

    def demand(self, value: Money) -> Demand | None:
        return next((each for each in self.demands if value < each.below), None)

    def votes(self, value: Money) -> int:
        """How many members have to say yes; 0: nobody is asked."""
        demand = self.demand(value)
        if demand is None or not demand.committee:
            return 0
        fits = (each for each in self.quorum if each.up_to is None or value <= each.up_to)
        return next(fits, self.quorum[-1]).members

    def working_days(self, value: Money) -> int:
        demand = self.demand(value)
        return (demand.written_working_days or 0) if demand else 0

    @property
    def ask_for_votes(self) -> bool:
        return any(each.committee for each in self.demands)
