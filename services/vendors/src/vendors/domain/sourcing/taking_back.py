"""An award taken back: the vendor fell away before anything was ordered from it.

Another person than who selected says so, with a reason. As soon as money is committed for the item
the award stands: the commitment is given up first.
"""

from vendors.domain.duties import Duty, nobody_twice
from vendors.domain.sourcing import refusals as no
from vendors.domain.sourcing.facts import AwardTakenBack
from vendors.domain.sourcing.kinds import Stage
from vendors.domain.sourcing.requests import TakeBackAward
from vendors.domain.sourcing.state import Sourcing


def taken_back(command: TakeBackAward, sourcing: Sourcing) -> AwardTakenBack:
    selected, by = sourcing.selected, sourcing.selected_by
    if sourcing.stage is not Stage.AWARDED or selected is None or by is None:
        raise no.SourcingIsAt(stage=sourcing.stage, needed=Stage.AWARDED)
    if command.by in sourcing.counsellors:
        raise no.CounsellorTakesNoPart(command.by)
    nobody_twice(command.by, ((Duty.SELECTED, by),))
    if command.committed:
        raise no.CommittedAlready(command.committed)
    offer = next(each for each in sourcing.quotations if each.id == selected)
    return AwardTakenBack(
        by=command.by,
        at=command.at,
        sourcing=sourcing.id,
        item=sourcing.item,
        case=sourcing.case,
        vendor=offer.vendor,
        reason=command.reason,
    )
