"""What `plans.programme_published.v1` said, in the words of version 2.

Version 1 knew nothing of levels in the plural, bands of approval, emergencies, projects or
surveys. What it did not say was no rule, and stays none.
"""

from typing import Any

SEEN_TO = {"quotations_by_threshold", "invoice", "delivery_signed_by_the_returnee", "attendance"}
"""Listed among the documents by version 1; sourcing, matching and instalments see to them."""


def from_v1(data: dict[str, Any]) -> dict[str, Any]:
    members = data["approval"]["members"]
    return data | {
        "kept_by": [],
        "extended_until": None,
        "one_programme_at_a_time": False,
        "other_assistance": "declared",
        "pooling": True,
        "restricted_by_default": False,
        "break_glass_hours": 72,
        "assistance": [_assistance(each) for each in data["assistance"]],
        "emergency": None,
        "collective": None,
        "community": None,
        "approval": data["approval"] | {"bands": [{"up_to": None, "members": members}]},
        "survey": None,
        "small_cells_below": 5,
    }


def _assistance(old: dict[str, Any]) -> dict[str, Any]:
    return old | {
        "levels": [old["level"]],
        "before_commitment": _documents(old["before_order"]),
        "before_payment": _documents(old["before_payment"]),
    }


def _documents(codes: list[str]) -> list[str]:
    return [code for code in codes if code not in SEEN_TO]
