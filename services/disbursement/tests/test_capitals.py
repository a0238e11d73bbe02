"""Our references have no capitals; some banks print everything in them."""

from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier
from services.disbursement.tests.test_bank_answers import open_lines, stage


async def test_a_bank_that_prints_in_capitals_means_the_same_payment(till: Cashier) -> None:
    path = await chain.instructed(till)
    ours = chain.reference(path)
    await till.bank_says("1.xml", chain.booked(path).replace(ours, ours.upper()))
    assert await open_lines(till) == []
    assert await stage(till, path) == "reconciled"


async def test_what_is_none_of_ours_is_told_as_the_bank_printed_it(till: Cashier) -> None:
    await chain.funded(till)
    await till.bank_says("1.xml", chain.booked("/v1/payments/PAY_UNKNOWN"))
    [line] = await open_lines(till)
    assert (line["why"], line["reference"]) == ("unknown_reference", "PAY-UNKNOWN")


async def test_a_whole_file_is_named_in_capitals_too(till: Cashier) -> None:
    path = await chain.instructed(till)
    file = (await till.hana.get(path)).json()["file"].replace("_", "-").upper()
    told = chain.PAIN_002.format(message="ST-1", file=file, group="<GrpSts>RJCT</GrpSts>", one="")
    await till.bank_says("1.xml", told)
    assert await stage(till, path) == "rejected"
