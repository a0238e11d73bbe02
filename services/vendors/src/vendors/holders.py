"""Whether the holder of an account may be called as its vendor is.

Names are held against each other as they are against sanctions lists: across scripts, spellings,
order and missing parts. What is compared is opened from the vault and forgotten again.
"""

from events.ports import Store
from events.values import VendorId
from vendors.comparing import NAMES
from vendors.screening.lists import Listed
from vendors.screening.names import Index


async def called_alike(store: Store, vendor: VendorId, holder: str) -> bool:
    """Not where nobody knows any more how the vendor is called; its owners are others."""
    proposed = (await store.load(vendor))[:1]
    opened = await store.disclosures([each.envelope.id for each in proposed])
    names = [
        each.value
        for disclosed in opened.values()
        for each in disclosed
        if each.name in NAMES and isinstance(each.value, str)
    ]
    return alike(holder, names)


def alike(holder: str, names: list[str]) -> bool:
    """Whether the holder's name may be one of these."""
    known = [Listed(entry=name, name=name, weak=False, person=True) for name in names]
    return bool(Index(known).find(holder))
