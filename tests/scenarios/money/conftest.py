"""The money's stories are played under one programme, but for what only a page of their own says;
each buys at a price of its own.
"""

from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from homeward.demo import buying, paying, people
from homeward.demo.scene import Setting
from homeward.demo.stage import Json, Stage
from tests.scenarios.conftest import NewCase, Settings
from tests.scenarios.money.purchase import Purchase

GRANT = {
    "donor": "EXAMPLE-DONOR",
    "name": "FIRST-WEEKS-2026",
    "currency": "EUR",
    "from": date(2025, 1, 1),
    "until": date(2027, 12, 31),
    "budget_lines": {"basic_needs": "9000.00 EUR", "pocket_money": "900.00 EUR"},
}
VENDORS: Json = {
    "stationer": {
        "name": "قرطاسية المتنبي",
        "latin_name": "Mutanabbi Stationers",
        "kind": "company",
        "country": "IQ",
        "town": "Baghdad",
        "phone": "+964 790 000 0901",
        "account": {
            "scheme": "iban",
            "country": "IQ",
            "currency": "IQD",
            "number": "IQ22NBIQ850000000000901",
        },
    },
    "kiosk": {
        "name": "كشك الأعظمية",
        "latin_name": "Adhamiya Corner Shop",
        "kind": "company",
        "country": "IQ",
        "town": "Baghdad",
        "phone": "+964 790 000 0902",
        "account": {
            "scheme": "bban",
            "wallet": "mobile_money",
            "country": "IQ",
            "currency": "IQD",
            "number": "0770 123 0902",
        },
    },
}


@pytest.fixture(scope="module")
def setting(settings: Settings) -> Setting:
    """Iraqi traders, paid in dinars from a grant in euros."""
    return settings("iom-slovakia")


@pytest.fixture(scope="session")
def first_weeks(stage: Stage, settings: Settings) -> Setting:
    """The programme of our own; a second approving officer, and two more vendors there."""
    others = settings("iom-slovakia")
    paying.delegate(stage, "5000.00 EUR", {"alma": "approve"})
    page = Path(__file__).with_name("first-weeks.yaml")
    return replace(
        others,
        programme=people.publish_programme(stage, page),
        lines=paying.open_grant(stage, GRANT),
        vendors=others.vendors | buying.approve_vendors(stage, VENDORS),
    )


@pytest.fixture
def purchase(new_case: NewCase) -> Purchase:
    """Five school kits for a returnee, approved: nothing is bought yet."""
    return Purchase.planned(new_case("lina"), next(numbers))


numbers = count(1)
