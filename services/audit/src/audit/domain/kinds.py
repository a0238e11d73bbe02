"""The kinds of ids, by what the trail and the need to know ask of them.

The tables that the log keeps for its trail are filled by these: who changes what is asked here
fills them again, in a migration.
"""

from functools import lru_cache

CHAIN = dict.fromkeys(("pla", "eme", "prj"), 2) | {
    "cas": 1,
    "src": 3,
    "itm": 4,
    "com": 5,
    "csh": 5,
    "rec": 6,
    "inv": 7,
    "pay": 8,
    "rcv": 9,
}
"""The kinds of things that rest on one another, by height."""
ITEM, SOURCING = "itm", "src"
BESIDE = ("ven", "acc", "bud", "gra", "del", "prg", "fil")
"""The kinds that stand beside a chain and serve many."""
OF_A_CASE = frozenset(
    (
        *("cas", "pla", "itm", "eme", "prj", "ref", "trf", "acs", "cmp", "dup", "pre", "imp"),
        *("src", "quo", "com", "csh", "rec", "inv", "pay", "rcv", "ins", "sur", "vis"),
    )
)
"""The kinds of ids that have to do with a case. A stream of any other kind is asked as well."""
SERVES_MANY = frozenset({"ven", "reg", "acc", "bud", "gra", "del", "prg", "fil", "bun"})
"""Streams that mention the cases of many and are of none of them."""

OF_A_GRANT = {
    "gra": 0,
    "bud": 1,
    "com": 2,
    "csh": 2,
    "rec": 3,
    "inv": 3,
    "pay": 3,
    "rcv": 4,
    "exp": 1,
}
"""The kinds of what a grant's money does, by rank: each is of the grant of what it is first told
with that ranks before it."""
OF_NOBODY = frozenset({"acc", "del", "prg"})
"""The kinds of ids that tell of nobody's money and of nobody's help."""


@lru_cache(maxsize=1 << 14)
def kind(name: str) -> str:
    return name.partition("_")[0]


def height(name: str) -> int:
    """How high in the chain; 0 for what is not part of one."""
    return CHAIN.get(kind(name), 0)


def recovery_of(payment: str) -> str:
    """What is recovered of a payment is told under the rest of its id."""
    return f"rcv_{payment.removeprefix('pay_')}"


def is_beside(name: str) -> bool:
    return kind(name) in BESIDE


OBJECTS = {
    "acc": "account",
    "acs": "access",
    "ans": "bank_answer",
    "bud": "budget_line",
    "bun": "bundle",
    "cap": "capture",
    "cas": "case",
    "cmp": "complaint",
    "cof": "conflict",
    "com": "commitment",
    "csh": "cash",
    "dco": "delivery_code",
    "del": "delegation",
    "dev": "device",
    "dif": "difference",
    "doc": "document",
    "dup": "pair",
    "eme": "emergency",
    "enr": "enrolment",
    "era": "erasure",
    "exp": "export",
    "fgy": "forgery",
    "fil": "bank_file",
    "fnd": "finding",
    "gap": "gap",
    "gra": "grant",
    "hol": "legal_hold",
    "imp": "import",
    "ins": "instalment",
    "inv": "invoice",
    "itm": "item",
    "pay": "payment",
    "per": "person",
    "pla": "plan",
    "pre": "pre_notification",
    "prg": "programme",
    "prj": "project",
    "quo": "quotation",
    "rcv": "recovery",
    "rec": "delivery",
    "ref": "referral",
    "rpl": "replay",
    "sch": "search",
    "smp": "sample",
    "src": "sourcing",
    "sur": "survey",
    "trf": "transfer",
    "ven": "vendor",
    "vis": "visit",
}
"""What each kind of id stands for, in words."""
