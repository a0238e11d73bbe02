"""Organisations are named in public once they are approved: the name comes out of the vault."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from events.handler import Act
from events.ports import Store
from events.registry import Registry
from events.service import Effect, Heard
from events.values import ORGANISATION_NAME, SYSTEM, OrganisationName, VendorId
from vendors.domain.vendor import vendor
from vendors.domain.vendor.facts import VendorApproved, VendorProposed, VendorReinstated
from vendors.domain.vendor.naming import TellPublicName


@dataclass(frozen=True)
class PublicNames:
    """How organisations are called in public."""

    store: Store
    registry: Registry

    async def of(self, one: VendorId) -> OrganisationName | None:
        """As it was proposed; None for a person, who has no name any more, and who is named."""
        entries = await self.store.load(one)
        facts = [(entry.envelope.id, self.registry.read(entry.envelope)) for entry in entries]
        history: list[Any] = [fact for _, fact in facts]
        state = vendor.fold(history)
        if state is None or not state.may_be_named:
            return None
        proposed = [id_ for id_, fact in facts if isinstance(fact, VendorProposed)]
        opened = await self.store.disclosures(proposed)
        names = (d.value for id_ in proposed for d in opened.get(id_, ()) if d.name == "name")
        name = " ".join(str(next(names, "")).split())
        return OrganisationName(name) if re.fullmatch(ORGANISATION_NAME, name) else None


async def tell(fact: Heard[Any], given: Any) -> Iterable[Act[Any, Any, Any]]:
    """Of an organisation, once it is approved."""
    one = fact.event.vendor
    name = await given.public_name(one)
    if name is None:
        return []
    told = TellPublicName(by=SYSTEM, at=fact.envelope.time, name=name)
    return [Act(vendor, one, told)]


APPROVED = Registry.of("vendors", [VendorApproved, VendorReinstated])
effects = (Effect("name_organisations", {"vendors": APPROVED}, tell),)
