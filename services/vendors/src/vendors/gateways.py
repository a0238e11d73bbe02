"""Gateways: what this service needs beside the store: keys, and who compares names."""

import hmac
from dataclasses import dataclass, field
from typing import Any

from events.values import OrganisationName, VendorId
from vendors.comparing import Comparer, IntakesReturnees
from vendors.domain.likeness import Likeness
from vendors.naming import PublicNames
from vendors.screening.work import Child, Matcher


@dataclass(frozen=True)
class Gateways:
    """What the routes are given beside the store."""

    blinding_key: bytes = field(repr=False)
    """Makes the claims by which an account number is unique without being known."""
    matching_key: bytes = field(repr=False, default=b"")
    """Makes of a match with a sanctions list what tells nobody whom it is with."""
    matcher: Matcher = field(default_factory=Child)
    """Compares names with those on the lists."""
    comparer: Comparer | None = field(default=None, repr=False)
    """Says whom a vendor may be; None: nobody is asked."""

    public_names: PublicNames | None = field(default=None, repr=False)
    """Says how organisations are called; None: nobody is named."""

    async def public_name(self, one: VendorId) -> OrganisationName | None:
        """How the vendor is called, if that is for everybody to know."""
        return await self.public_names.of(one) if self.public_names else None

    async def alike(self, one: VendorId, *, asked: str) -> tuple[Likeness, ...]:
        """Whom the vendor may be, compared now. `Unavailable`."""
        if self.comparer is None:
            return ()
        return await self.comparer.compare(one, asked=asked)


def gateways(running: Any) -> Gateways:
    """The keys follow from the service's secret, which stays when the vault's key changes."""
    key = hmac.digest(running.secret, b"vendors: account number claims", "sha256")
    matching = hmac.digest(running.secret, b"vendors: matches with sanctions lists", "sha256")
    comparing = hmac.digest(running.secret, b"vendors: tokens to compare by", "sha256")
    comparer = Comparer(
        running.store,
        running.handler.registry,
        running.store.pool,
        IntakesReturnees(running.peers),
        comparing,
    )
    names = PublicNames(running.store, running.handler.registry)
    return Gateways(blinding_key=key, matching_key=matching, comparer=comparer, public_names=names)
