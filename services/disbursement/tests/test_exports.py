"""Exports of a grant: valid by their standards, summing to the ledger, known by digest."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.metadata import files
from typing import Any

import jsonschema
import pytest
from lxml import etree
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import CASE, ITEM, LINA, NOON, OVENS, PLAN, PROGRAMME, eur
from tests.architecture.tree import ROOT

from disbursement.domain import reported
from disbursement.views import exports
from events import knowing
from events.money import Money, total
from events.roles import Role
from events.values import CaseId, Code, Digest, ProjectId, QuotationId, SourcingId

STANDARDS = ROOT.parent / "shared" / "data"
needs_the_standards = pytest.mark.skipif(
    not STANDARDS.is_dir(), reason="the standards' schemas are not beside the checkout"
)

FORMS = ("iati", "ocds", "hxl", "donor_report")
MEDICINE = Code("medical_help")
page = reported.ProgrammePublished(
    by=LINA,
    at=NOON,
    programme=PROGRAMME,
    version=2,
    assistance=(
        reported.Kind(Code("micro_business")),
        reported.Kind(MEDICINE, Code("health_service")),
    ),
    small_cells_below=1,
)
item = reported.ApprovedItem(
    item=ITEM, ceiling=eur(2000), type=Code("micro_business"), modality=Code("goods")
)
approved = reported.PlanApproved(by=LINA, at=NOON, plan=PLAN, programme=PROGRAMME, items=(item,))
SOURCING = SourcingId("src_oven")
asked = reported.QuotationsRequested(
    by=LINA, at=NOON, sourcing=SOURCING, item=ITEM, estimate=eur(1000)
)
offered = reported.QuotationReceived(
    by=LINA,
    at=NOON,
    sourcing=SOURCING,
    quotation=QuotationId("quo_1"),
    vendor=OVENS,
    document=Digest("9" * 64),
    total=Money(1_400_000_000, "IQD"),
)
chosen = reported.VendorSelected(by=LINA, at=NOON, item=ITEM, vendor=OVENS)
restricted = knowing.CaseRestricted(by=LINA, at=NOON, case=CASE)


async def paid(till: Cashier, *, below: int = 1) -> str:
    """The oven and the flour are paid for; the payment's path."""
    for registry, event in (
        (reported.from_plans, replace(page, small_cells_below=below)),
        (reported.from_plans, approved),
        (reported.from_vendors, asked),
        (reported.from_vendors, offered),
        (reported.from_vendors, chosen),
    ):
        await till.heard(registry, event, view="exports")
    payment = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(payment))
    return payment


async def grant(till: Cashier) -> str:
    found: str = ok(await till.maria.get("/v1/grants"))["items"][0]["grant"]
    return found


async def exported(till: Cashier, form: str, **more: Any) -> dict[str, Any]:
    body = {"grant": await grant(till), "format": form, **more}
    return await till.does(till.maria, "/v1/exports", body, status=201)


async def file_of(till: Cashier, export: dict[str, Any]) -> bytes:
    said = await till.maria.get(f"/v1/exports/{export['export']}/file")
    assert said.status_code == 200, said.text
    assert hashlib.sha256(said.content).hexdigest() == export["digest"]
    assert len(said.content) == export["size"]
    return said.content


async def made(till: Cashier, form: str, **more: Any) -> bytes:
    return await file_of(till, await exported(till, form, **more))


async def in_the_ledger(till: Cashier) -> dict[str, Money]:
    """What stands on each account of the grant."""
    said = ok(await till.maria.get(f"/v1/grants/{await grant(till)}/trial-balance"))
    return {each["account"]: Money.from_wire(each["balance"]) for each in said["lines"]}


def rows(content: bytes) -> list[dict[str, str]]:
    """The table's rows by hashtag."""
    _, tags, *lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    return [dict(zip(tags, line, strict=True)) for line in lines]


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# IATI


def expenditures(content: bytes) -> list[Any]:
    """The transactions of type 4."""
    root: Any = etree.fromstring(content)
    return [
        each
        for each in root.iterfind(".//transaction")
        if each.find("transaction-type").get("code") == "4"
    ]


@needs_the_standards
async def test_the_activity_is_valid_by_the_schema_of_iati(till: Cashier) -> None:
    await paid(till)
    schema = etree.XMLSchema(etree.parse(STANDARDS / "iati" / "iati-activities-schema.xsd"))
    root = etree.fromstring(await made(till, "iati"))
    assert schema.validate(root), schema.error_log
    root.remove(root[0])
    assert not schema.validate(root), "the schema refuses what has no activity"


@needs_the_standards
async def test_its_codes_are_of_the_standards_lists(till: Cashier) -> None:
    await paid(till)
    root = etree.fromstring(await made(till, "iati"))
    for element, attribute, name in (
        ("transaction-type", "code", "TransactionType"),
        ("activity-status", "code", "ActivityStatus"),
        ("activity-date", "type", "ActivityDateType"),
        ("participating-org", "role", "OrganisationRole"),
    ):
        codes = etree.parse(STANDARDS / "iati" / "codelists" / f"{name}.xml")
        known = {each.text for each in codes.iterfind(".//codelist-item/code")}
        told = {each.get(attribute) for each in root.iter(element)}
        assert told, element
        assert told <= known, element


async def test_a_payment_to_a_vendor_is_expenditure(till: Cashier) -> None:
    await paid(till)
    (told,) = expenditures(await made(till, "iati"))
    assert told.find("value").text == "1000.00"
    assert told.find("value").get("currency") == "EUR"
    assert told.find("transaction-date").get("iso-date") == "2026-03-04"


async def test_expenditure_sums_to_the_ledgers_bank(till: Cashier) -> None:
    payment = await paid(till)
    told = expenditures(await made(till, "iati"))
    amounts = [Money.parse(each.find("value").text, "EUR") for each in told]
    assert total(amounts, "EUR") == -(await in_the_ledger(till))["bank"]
    await till.bank_says("2.xml", chain.came_back(payment))
    told = expenditures(await made(till, "iati"))
    amounts = [Money.parse(each.find("value").text, "EUR") for each in told]
    assert total(amounts, "EUR") == -(await in_the_ledger(till))["bank"] == Money(0, "EUR")


async def test_payments_for_too_few_cases_wait(till: Cashier) -> None:
    await paid(till, below=5)
    content = await made(till, "iati")
    assert expenditures(content) == []
    assert b"fewer than 5 cases" in content
    assert rows(await made(till, "hxl")) == []


# OCDS


def checked(package: dict[str, Any]) -> Sequence[str]:
    """Everything that the standard's schemas find wrong."""
    ocds = STANDARDS / "ocds"
    outer = json.loads((ocds / "release-package-schema.json").read_text())
    outer["properties"]["releases"]["items"] = {}
    inner = json.loads((ocds / "dereferenced-release-schema.json").read_text())
    formats = jsonschema.FormatChecker()
    faults = [*jsonschema.Draft4Validator(outer, format_checker=formats).iter_errors(package)]
    for release in package["releases"]:
        faults += jsonschema.Draft4Validator(inner, format_checker=formats).iter_errors(release)
    return [fault.message for fault in faults]


@needs_the_standards
async def test_the_releases_are_valid_by_the_schema_of_ocds(till: Cashier) -> None:
    await paid(till)
    package = json.loads(await made(till, "ocds"))
    assert checked(package) == []
    package["releases"][0]["tag"] = ["paid"]
    del package["releases"][0]["ocid"]
    assert len(checked(package)) == 2


async def test_an_order_is_told_from_the_plan_to_the_payment(till: Cashier) -> None:
    payment = await paid(till)
    (release,) = json.loads(await made(till, "ocds"))["releases"]
    assert release["tag"] == ["planning", "tender", "award", "contract", "implementation"]
    assert release["planning"]["budget"]["amount"] == {"amount": 2000, "currency": "EUR"}
    tender, (award,), (contract,) = release["tender"], release["awards"], release["contracts"]
    assert (tender["numberOfTenderers"], tender["procurementMethod"]) == (1, "direct")
    assert award["suppliers"] == [{"id": OVENS, "name": OVENS}]
    assert contract["value"] == {"amount": 1_400_000, "currency": "IQD"}
    assert [each["description"] for each in contract["items"]] == ["bread_oven", "flour_50kg"]
    (transaction,) = contract["implementation"]["transactions"]
    assert transaction["id"] == payment.rpartition("/")[2]
    assert transaction["value"] == {"amount": 1_400_000, "currency": "IQD"}


async def test_an_order_that_was_cancelled_is_told_as_ended(till: Cashier) -> None:
    path = await chain.ordered(till)
    await till.does(till.hana, f"{path}/cancel", {"reason": "returnee_left"})
    (release,) = json.loads(await made(till, "ocds"))["releases"]
    assert release["tag"] == ["planning", "award", "contract", "contractTermination"]
    assert release["contracts"][0]["status"] == "cancelled"


async def test_a_delivery_with_something_broken_is_met_in_part(till: Cashier) -> None:
    path = await chain.ordered(till)
    broken = {"line": 2, "quantity": 2, "condition": "damaged"}
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(1) | {"lines": [broken]})
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(5) | {"document": "e" * 64})
    (release,) = json.loads(await made(till, "ocds"))["releases"]
    milestones = release["contracts"][0]["implementation"]["milestones"]
    assert [each["status"] for each in milestones] == ["partiallyMet", "met"]


async def test_a_grant_without_an_order_has_no_release(till: Cashier) -> None:
    await chain.funded(till)
    body = {"grant": await grant(till), "format": "ocds"}
    assert refused(await till.maria.post("/v1/exports", body)) == (422, "NothingToTell")


# HXL


def wrong_by_the_schema(content: bytes) -> list[str]:
    """By the rules of libhxl's own schema that are errors: what is to be a number or a date."""
    (path,) = (each for each in files("libhxl") or () if each.name == "hxl-default-schema.json")
    rules = [each for each in json.loads(path.read_text()) if each["#valid_severity"] == "error"]
    assert rules
    return [
        f"{tag}: {value}"
        for rule in rules
        for row in rows(content)
        for tag, value in row.items()
        if value and any(_is(tag, pattern) for pattern in rule["#valid_tag"].split(","))
        if not _reads_as(rule["#valid_datatype"], value)
    ]


def _is(tag: str, pattern: str) -> bool:
    name, *attributes = tag.split("+")
    wanted, *needed = pattern.split("+")
    return name == wanted and set(needed) <= set(attributes)


def _reads_as(kind: str, value: str) -> bool:
    try:
        Decimal(value) if kind == "number" else date.fromisoformat(value)
    except (InvalidOperation, ValueError):
        return False
    return True


async def test_figures_are_valid_by_the_schema_of_hxl(till: Cashier) -> None:
    await paid(till)
    content = await made(till, "hxl")
    assert wrong_by_the_schema(content) == []
    assert (
        wrong_by_the_schema(content.replace(b"1000.00", b"a lot"))
        == ["#value+spent+eur: a lot"] * 3
    )


async def test_figures_sum_to_the_ledgers_bank(till: Cashier) -> None:
    await paid(till)
    told = rows(await made(till, "hxl"))
    assert [(r["#activity+budget+type"], r["#activity+type"]) for r in told] == [
        ("business_start", "micro_business"),
        ("business_start", "all"),
        ("all", "all"),
    ]
    bank = -(await in_the_ledger(till))["bank"]
    assert {row["#value+spent+eur"] for row in told} == {bank.amount}
    assert {row["#reached+cases"] for row in told} == {"1"}


# The donor's report


async def test_the_report_tells_budget_against_actual(till: Cashier) -> None:
    await paid(till)
    line, whole = rows(unpacked(await made(till, "donor_report"))["budget.csv"])
    stands = await in_the_ledger(till)
    assert line["#value+paid+ledger+eur"] == (-stands["bank"]).amount == "1000.00"
    assert line["#value+delivered+eur"] == stands["expense"].amount
    said = ok(await till.maria.get(f"/v1/grants/{await grant(till)}/budget"))["lines"][0]
    assert line["#value+paid+rule+eur"] == said["paid"]["amount"]
    assert line["#value+available+eur"] == said["available"]["amount"]
    kept = [line[f"#value+{each}+eur"] for each in ("earmarked", "committed", "available")]
    spent = ok(await till.maria.get("/v1/budget-lines"))["items"][0]["spent"]["amount"]
    parts = [Money.parse(each, "EUR") for each in (*kept, spent)]
    assert total(parts, "EUR") == Money.parse(line["#value+approved+eur"], "EUR")
    assert (whole["#activity+budget+type"], whole["#value+approved+eur"]) == ("all", "5000.00")


async def test_payments_sum_to_the_budgets_lines(till: Cashier) -> None:
    await paid(till)
    report = unpacked(await made(till, "donor_report"))
    (payment,) = rows(report["payments.csv"])
    line, _ = rows(report["budget.csv"])
    assert payment["#value+paid+ledger+eur"] == line["#value+paid+ledger+eur"]
    assert payment["#value+paid+rule+eur"] == line["#value+paid+rule+eur"]
    assert (payment["#value+paid"], payment["#currency+code"]) == ("1400000.000", "IQD")


async def test_each_payment_has_its_papers(till: Cashier) -> None:
    await paid(till)
    report = unpacked(await made(till, "donor_report"))
    papers = rows(report["documents.csv"])
    assert [each["#meta+document+type"] for each in papers] == [
        "quotation",
        "order",
        "delivery",
        "invoice",
        "bank_file",
    ]
    digests = [each["#meta+document+sha256"] for each in papers]
    assert digests[0] == "9" * 64
    assert digests[2:4] == [chain.DOCUMENT, chain.BILLED]
    (sent,) = till.at_the_bank()
    assert digests[4] == hashlib.sha256(sent.read_bytes()).hexdigest()


async def test_what_has_no_rate_under_the_rule_is_told_apart(till: Cashier) -> None:
    line = await chain.funded(
        till, published="2026-02-20", conversion="rate_of_the_month_paid", rates="InforEuro"
    )
    commitment = await chain.matched(till, commitment=await chain.committed(till, line))
    payment = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, commitment))
    )
    await till.bank_says("1.xml", chain.booked(payment))
    told, _ = rows(unpacked(await made(till, "donor_report"))["budget.csv"])
    assert (told["#value+paid+rule+eur"], told["#meta+without_rate"]) == ("0.00", "1400000.000 IQD")


async def test_all_tables_of_the_report_are_valid_by_the_schema_of_hxl(till: Cashier) -> None:
    await paid(till)
    report = unpacked(await made(till, "donor_report"))
    for name in ("budget.csv", "payments.csv", "documents.csv"):
        assert wrong_by_the_schema(report[name]) == [], name
    about = json.loads(report["report.json"])
    assert (about["reference"], about["conversion"]) == ("SK-2023-AVRR", "rate_of_the_day_paid")


# Restricted cases


async def test_of_a_restricted_case_no_export_says_whose_it_is_or_from_whom(till: Cashier) -> None:
    await paid(till)
    for form in FORMS:
        content = await made(till, form)
        whole = b"".join(unpacked(content).values()) if form == "donor_report" else content
        assert not any(word.encode() in whole for word in (CASE, ITEM, PLAN, "per_")), form
    await till.heard(knowing.from_intake, restricted)
    telling = (OVENS, "micro_business", "bread_oven", "INV-2231")
    for form in FORMS:
        content = await made(till, form)
        whole = b"".join(unpacked(content).values()) if form == "donor_report" else content
        assert not any(word.encode() in whole for word in telling), form


async def test_sums_are_whole_with_a_restricted_case(till: Cashier) -> None:
    await paid(till)
    await till.heard(knowing.from_intake, restricted)
    line, _ = rows(unpacked(await made(till, "donor_report"))["budget.csv"])
    assert line["#value+paid+ledger+eur"] == "1000.00"
    (told,) = expenditures(await made(till, "iati"))
    assert told.find("value").text == "1000.00"


async def test_a_project_is_as_quiet_as_each_of_its_cases(till: Cashier) -> None:
    other, project = CaseId("cas_2"), CaseId("prj_1")
    share = knowing.ProjectApproved(
        by=LINA,
        at=NOON,
        project=ProjectId(project),
        run_by=Code("iom"),
        organisation=Code("iom"),
        shares=(knowing.Share(CASE), knowing.Share(other)),
    )
    await till.heard(knowing.from_plans, share, view="project_knowing")
    for case in (CASE, other):
        registered = knowing.ReturneeRegistered(
            by=LINA,
            at=NOON,
            case=case,
            run_by=Code("iom"),
            organisation=Code("iom"),
            counsellor=LINA,
        )
        await till.heard(knowing.from_intake, registered, view="need_to_know")
    behind = (await exports.people(till.tables, {project}))[project]
    assert behind == exports.People(frozenset({CASE, other}), restricted=False)
    await till.heard(knowing.from_intake, replace(restricted, case=other))
    assert (await exports.people(till.tables, {project}))[project].restricted
    unheard = CaseId("cas_nobodys")
    assert (await exports.people(till.tables, {unheard}))[unheard].restricted


# What was exported


async def test_the_same_cut_off_gives_the_same_bytes(till: Cashier) -> None:
    payment = await paid(till)
    before = {form: await exported(till, form) for form in FORMS}
    await till.bank_says("2.xml", chain.came_back(payment))
    for form in before:
        again = await exported(till, form, cut_off=before[form]["cut_off"])
        assert again["digest"] == before[form]["digest"], form
        later = await exported(till, form)
        assert later["digest"] != again["digest"], form


async def test_an_export_is_an_event_with_its_digest_and_cut_off(till: Cashier) -> None:
    await paid(till)
    stands = await till.trial.store.head()
    done = await exported(till, "iati")
    (event,) = [e for e in await till.trial.events() if type(e).__name__ == "GrantExported"]
    assert (event.digest, event.cut_off) == (done["digest"], stands)  # type: ignore[attr-defined]
    (listed,) = ok(await till.elif_.get(f"/v1/exports?grant={done['grant']}"))["items"]
    assert listed == ok(await till.elif_.get(f"/v1/exports/{done['export']}")) == done


async def test_what_has_not_happened_yet_is_not_told(till: Cashier) -> None:
    await chain.funded(till)
    body = {"grant": await grant(till), "format": "iati", "cut_off": 10_000}
    assert refused(await till.maria.post("/v1/exports", body)) == (422, "CutOffAhead")
    body = {"grant": "gra_nobodys", "format": "iati"}
    assert refused(await till.maria.post("/v1/exports", body)) == (404, "NoSuchGrant")


async def test_exports_are_for_who_answers_for_grants(till: Cashier) -> None:
    await paid(till)
    done = await exported(till, "donor_report")
    for who in (till.hana, till.lina, till.sign_in("arben", Role.COUNSELLOR, organisation="ngo")):
        for path in ("", f"/{done['export']}", f"/{done['export']}/file"):
            assert refused(await who.get(f"/v1/exports{path}")) == (403, "forbidden")
