"""The money's account to those who gave it: what was exported adds up to the ledger."""

import csv
import hashlib
import io
import zipfile
from decimal import Decimal

from homeward.demo.stage import NotAsTold, Stage

HOME = "disbursement/v1"


def report_to_donors(stage: Stage) -> None:
    """Maria exports each grant for its donor; what was paid by the report is what left the bank.
    Dana, of one of the donors, reads what was made for them, and finds no grant of others.
    """
    given = {each["grant"] for each in stage.reads("dana", f"{HOME}/grants")["items"]}
    for grant in stage.reads("maria", f"{HOME}/grants", limit=200)["items"]:
        body = {"grant": grant["grant"], "format": "donor_report"}
        done = stage.does("maria", "exported the donor's report", f"{HOME}/exports", body)
        packed = stage.downloads("maria", f"{HOME}/exports/{done['export']}/file")
        if hashlib.sha256(packed).hexdigest() != done["digest"]:
            raise NotAsTold(f"another file than {done['digest']}")
        told, in_the_ledger = paid_by(packed), left_the_bank(stage, grant["grant"])
        if told != in_the_ledger:
            raise NotAsTold(f"the report says {told} was paid, the ledger {in_the_ledger}")
        stage.tells("", f"it adds up to the ledger: {told} {grant['currency']}", "")
        report = f"{HOME}/exports/{done['export']}"
        if grant["grant"] not in given:
            stage.finds_nothing("dana", report)
            continue
        if stage.downloads("dana", f"{report}/file") != packed:
            raise NotAsTold("the donor was given another report")
        stage.tells(stage.name("dana"), "read the report on the grant", "")


def paid_by(packed: bytes) -> Decimal:
    """What all budget lines paid, by the report."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        text = archive.read("budget.csv").decode("utf-8")
    *_, whole = csv.DictReader(io.StringIO(text, newline=""))
    return Decimal(whole["Paid, in the ledger"])


def left_the_bank(stage: Stage, grant: str) -> Decimal:
    """The same, by the ledger."""
    balance = stage.reads("maria", f"{HOME}/grants/{grant}/trial-balance")
    lines = (each for each in balance["lines"] if each["account"] in ("bank", "cash"))
    return -sum((Decimal(each["balance"]["amount"]) for each in lines), Decimal(0))
