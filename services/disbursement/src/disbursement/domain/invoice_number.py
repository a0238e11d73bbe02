"""The number of a vendor's invoice: kept as it is printed, compared in another form.

One invoice that is sent twice is the first red flag of all (R1): the same number of the same
vendor, however it is written. Two invoices whose digits are merely divided in another way are not
one: `A-55/2`, `A-552` and `A-5/52` are three numbers.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, NewType

from msgspec import Meta

from events.decider import Rejected
from events.values import Shape

PRINTED = "^\\w(?:[\\w ./:#()\u2010-\u2015\uff0d-]{0,33}[\\w)])?$"
"""Letters and digits of any script, and what stands between them: at most 35, which is as long as
a document's number is in a bank's messages (ISO 20022 Max35Text)."""

InvoiceNumber = NewType(
    "InvoiceNumber", Annotated[str, Meta(pattern=PRINTED, examples=["78-2026"]), Shape(PRINTED)]
)
"""As it stands on the invoice."""

_GROUP = re.compile(r"\d+|[^\W\d_]+")


@dataclass(unsafe_hash=True)
class UnreadableNumber(Rejected):
    """The invoice number has no letter or digit that can be compared."""

    length: int


def comparable(printed: InvoiceNumber) -> str:
    """The form in which two numbers are one (R1): `INV 2026/0117` is `inv-2026-117`.

    Capitals, compatibility forms, scripts of digits and leading zeros make no difference, nor
    does what stands between groups of letters and of digits; but each group stays one.
    """
    groups = _GROUP.findall(unicodedata.normalize("NFKC", printed).casefold())
    if not groups:
        raise UnreadableNumber(len(printed))
    return "-".join(str(int(group)) if group.isdecimal() else group for group in groups)


_LOOKS_LIKE = str.maketrans({"o": "0", "i": "1", "l": "1", "s": "5", "b": "8", "z": "2"})


def blurred(printed: InvoiceNumber) -> str:
    """The form in which numbers look alike at a glance: `A-1O7`, `A/107`; `A-552`, `A-55/2`.

    Letters that are taken for digits are digits, and nothing stands between.
    """
    return comparable(printed).replace("-", "").translate(_LOOKS_LIKE)
