"""The money's stories are played under one programme; each buys at a price of its own."""

from itertools import count

import pytest

from homeward.demo.scene import Setting
from tests.scenarios.conftest import NewCase, Settings
from tests.scenarios.money.purchase import Purchase


@pytest.fixture(scope="module")
def setting(settings: Settings) -> Setting:
    """Iraqi traders, paid in dinars from a grant in euros."""
    return settings("iom-slovakia")


@pytest.fixture
def purchase(new_case: NewCase) -> Purchase:
    """Five school kits for a returnee, approved: nothing is bought yet."""
    return Purchase.planned(new_case("lina"), next(numbers))


numbers = count(1)
