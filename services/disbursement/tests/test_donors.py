"""A donor reads which grants it gave and the reports that were made of them for it; no more."""

from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.test_exports import exported, paid

from events.io.http.trial import Caller
from events.roles import Role


def donor(till: Cashier, *, organisation: str = "AMIF", grant: str = "SK-2023-AVRR") -> Caller:
    return till.trial.sign_in("per_dana", Role.DONOR, organisation=organisation, grants=[grant])


async def test_it_finds_its_grants_and_the_reports_on_them(till: Cashier) -> None:
    await paid(till)
    report, iati = await exported(till, "donor_report"), await exported(till, "iati")
    dana = donor(till)
    (grant,) = ok(await dana.get("/v1/grants"))["items"]
    assert ok(await dana.get(f"/v1/grants/{grant['grant']}")) == grant
    assert ok(await dana.get("/v1/exports"))["items"] == [report]
    assert ok(await dana.get(f"/v1/exports/{report['export']}")) == report
    theirs = await dana.get(f"/v1/exports/{report['export']}/file")
    ours = await till.maria.get(f"/v1/exports/{report['export']}/file")
    assert theirs.content == ours.content != b""
    for path in ("", "/file"):
        assert (await dana.get(f"/v1/exports/{iati['export']}{path}")).status_code == 404


async def test_what_another_gave_is_to_it_what_never_was(till: Cashier) -> None:
    await paid(till)
    report = await exported(till, "donor_report")
    for other in (
        donor(till, organisation="GCERF"),
        donor(till, grant="SK-2027-AVRR"),
        till.sign_in("dana", Role.DONOR, organisation="AMIF"),
    ):
        for listed in ("/v1/grants", "/v1/exports", f"/v1/exports?grant={report['grant']}"):
            assert ok(await other.get(listed))["items"] == []
        for there, nowhere in (
            (f"/v1/grants/{report['grant']}", "/v1/grants/gra_none"),
            (f"/v1/exports/{report['export']}", "/v1/exports/exp_none"),
            (f"/v1/exports/{report['export']}/file", "/v1/exports/exp_none/file"),
        ):
            answers = [await other.get(path) for path in (there, nowhere)]
            assert [refused(each) for each in answers] == [(404, "not_found")] * 2
            assert len({each.json()["detail"] for each in answers}) == 1


async def test_of_payments_cases_and_people_it_reads_nothing(till: Cashier) -> None:
    payment = await chain.requested(till)
    dana = donor(till)
    for path in (payment, "/v1/payments", "/v1/commitments", "/v1/budget-lines", "/v1/events"):
        assert refused(await dana.get(path)) == (403, "forbidden"), path
