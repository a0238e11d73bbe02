"""What the bench of budget lines does is what the service does: nobody overspends."""

import pytest
from bench.figures import Setting
from bench.figures.hot_line import OVER, committed

from homeward.postgres import Postgres

MANY = OVER + 5


@pytest.mark.parametrize("lines", [1, MANY])
async def test_each_commitment_that_a_line_has_funds_for_is_stored(
    postgres: Postgres, lines: int
) -> None:
    assert await committed(Setting(postgres=postgres), lines, many=MANY) > 0
