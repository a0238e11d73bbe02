"""Verify what was taken from a Homeward log: verify_export.py ZIP BUNDLE --vkey VKEYS

ZIP is a sample, or an export as tables or as OCEL; BUNDLE is the whole log of that time or later.
The bundle is verified first (`verify.py`, which lies beside this file, as in each bundle), and it
must continue the checkpoint in the zip. Then an entry of the log must tell that these very bytes
were handed out, and what they tell is made again from the entries up to the checkpoint: the rows
of the tables, the events of OCEL, the population of a sample, and by its seed the sample.

The exit codes are those of `verify.py`; what is not held against the log is under "Not checked".
"""

import argparse
import csv
import hashlib
import io
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

try:
    from audit import verify
except ImportError:
    sys.path.insert(0, str(Path(__file__).parent))
    import verify  # type: ignore[import-not-found,no-redef]

Row = dict[str, str]
Told = dict[str, Any]
HANDED_OUT = {"audit.export_made.v1": "digest", "audit.sample_drawn.v1": "file"}
"""The entries that tell of it, and where they have the digest of the zip."""
TOLD_WHOLE = {"commitments", "deliveries", "invoices", "payments"}
"""What money did is told of restricted cases too, without their ids."""
IDS, TOLD = {"id", "ids"}, re.compile(r"(acc|bud|com|csh|del|gra|inv|pay|per|rec|rcv|ven)_")
"""The ids that are told whoever it was for; a case's, and then its programme's, may be left out."""


class AsOf(verify.Log):
    """A log that was verified, as far as it went at a checkpoint."""

    def __init__(self, path: Path, size: int, cut_off: int) -> None:
        super().__init__(verify.Folder(path), size, verify.Report(str(path)))
        self.cut_off = cut_off

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Those up to the checkpoint."""
        for number, width in verify.tiles(self.cut_off):
            yield from islice(self.raw(number), width)

    def rows(self, tables: Sequence[Told]) -> dict[str, dict[str, Row]]:
        """By table and by id: what the entries come to."""
        found: dict[str, dict[str, Row]] = {}
        for table, cells in zip(tables, verify.gathered(self.entries(), tables), strict=True):
            names = [str(column["column"]) for column in table["columns"]]
            found[table["table"]] = {
                key: {name: cells[key].get(n, "") for n, name in enumerate(names)}
                for key in sorted(cells)
            }
        return found


def check(
    path: Path, bundle: Path, key: str | None, policy: verify.Policy | None = None
) -> verify.Report:
    """The report of the bundle, if that does not hold; else of the zip."""
    try:
        export = verify.Folder(path)
        kept = export.read("checkpoint").decode(errors="replace")
        about = listed(export)
    except (verify.Bad, *verify.UNREADABLE) as bad:
        report = verify.Report(str(path))
        report.fail(verify.Kind.FOLDER, str(path), str(bad))
        return report
    report = verify.verify(bundle, key, policy=policy, kept=kept, whole=True)
    if report.failures:
        return report
    report.folder = str(path)
    with report.holding(verify.Kind.MANIFEST, path.name):
        _, size, root, *_ = kept.split("\n")
        if (str(about["cut_off"]), about["root"]) != (size, verify.unbase64(root).hex()):
            raise verify.Bad("of another checkpoint than lies in it")
        whole = AsOf(bundle, report.size, report.size)
        made = handed_out(whole, hashlib.sha256(path.read_bytes()).hexdigest(), report)
        log = AsOf(bundle, report.size, about["cut_off"])
        tables = verify.known_tables(log.folder)
        if "sample" in about:
            check_sample(export, log.rows(tables), tables, made, report)
        elif about["form"] == "tables":
            check_tables(export, log.rows(tables), tables, {**about, **made}, report)
        else:
            check_ocel(export, log, report)
    return report


def listed(export: verify.Folder) -> Told:
    """What the zip says that it is; each file is as the manifest lists it."""
    *told, (_, last) = export.lines("manifest.jsonl")
    lines = export.read("manifest.jsonl").splitlines(keepends=True)[:-1]
    if last != {"manifest": hashlib.sha256(b"".join(lines)).hexdigest()} or not told:
        raise verify.Bad("the manifest was changed")
    files = {line["name"]: (line["sha256"], line["size"]) for _, line in told[1:]}
    there = {name: export.read(name) for name in export.names - {"manifest.jsonl"}}
    if {n: (hashlib.sha256(d).hexdigest(), len(d)) for n, d in there.items()} != files:
        raise verify.Bad("its files are not those of its manifest")
    about: Told = told[0][1]
    if not {"sample", "export"} & about.keys():
        raise verify.Bad("neither a sample nor an export of a log")
    return about


def handed_out(log: AsOf, digest: str, report: verify.Report) -> Told:
    """What the entry says that tells of these bytes; it is proven by the bundle."""
    for index, entry in log.entries():
        kind = verify.type_of(entry)
        if kind in HANDED_OUT and log.event(index)["data"][HANDED_OUT[kind]] == digest:
            report.why.append(f"entry {index} tells that these bytes were handed out ({kind})")
            data: Told = log.event(index)["data"]
            return data
    told = "no entry of this log tells that it was handed out; it may take a later bundle"
    report.fail(verify.Kind.UNKNOWN, digest, told)
    return {}


# Tables


def check_tables(
    export: verify.Folder,
    logged: dict[str, dict[str, Row]],
    tables: Sequence[Told],
    about: Told,
    report: verify.Report,
) -> None:
    """Each row is the log's, and none is missing that has to be there."""
    verify.known_tables(export)
    totals = [["file", "sha256", "rows", "column", "currency", "count", "sum"]]
    left_out = 0
    for table in tables:
        data = export.read(table["file"])
        heading, *lines = csv.reader(io.StringIO(data.decode(), newline=""))
        told = {line[0]: dict(zip(heading, line, strict=True)) for line in lines}
        due = logged[table["table"]]
        with report.holding(verify.Kind.TABLES, table["file"]):
            if heading != [column["column"] for column in table["columns"]]:
                raise verify.Bad("other columns than the data dictionary has")
            if list(told) != sorted(told) or len(told) != len(lines):
                raise verify.Bad("rows twice, or not in the order of their ids")
            for id_, row in told.items():
                if id_ not in due or not within(due[id_], table, about):
                    raise verify.Bad(f"{id_} is not in the log, or not of these days")
                hold_row(row, due[id_], table, about)
            missing = [id_ for id_ in due if id_ not in told and within(due[id_], table, about)]
            for id_ in missing:
                if has_to_be_there(due[id_], table, about, logged):
                    raise verify.Bad(f"{id_} is missing")
            left_out += len(missing)
        totals += total(table, hashlib.sha256(data).hexdigest(), list(told.values()))
    if export.read(verify.TOTALS) != verify.as_csv(totals):
        report.fail(verify.Kind.TABLES, verify.TOTALS, "not what the tables come to")
    if left_out:
        told_of = (
            "whether they are of restricted cases" if not about["grant"] else "of another grant"
        )
        report.not_checked.append(f"{left_out} rows of the log that are not in it: {told_of}")


def within(row: Row, table: Told, about: Told) -> bool:
    """Whether the row is of the days that were asked for."""
    day = next((row[name][:10] for name in table["dated"] if row[name]), "")
    since, until = about.get("since"), about.get("until")
    return not ((since and day < since) or (until and not "" < day <= until))


def hold_row(row: Row, due: Row, table: Told, about: Told) -> None:
    """Each cell is the log's; ids of restricted cases are left out, and then the programme too."""
    gone: set[str] = set()
    for column in table["columns"]:
        name, kind = column["column"], column["kind"]
        told, logged = row[name], safe(due[name], kind)
        if told == logged or (told == "" and about["grant"]):
            continue
        left = {*logged.split()} - {*told.split()}
        if kind not in IDS or {*told.split()} - {*logged.split()} or any(map(TOLD.match, left)):
            id_ = row[table["columns"][0]["column"]]
            raise verify.Bad(f"{id_}, {name}: {told!r}, and the log has {logged!r}")
        gone |= left
    if gone and (not about["withheld"] or all(id_.startswith("prg_") for id_ in gone)):
        raise verify.Bad(f"{min(gone)} is left out, and no id of a restricted case is")


def has_to_be_there(row: Row, table: Told, about: Told, logged: dict[str, dict[str, Row]]) -> bool:
    """Whether nothing accounts for its absence."""
    if not about["grant"]:
        return not about["withheld"] or table["table"] in TOLD_WHOLE
    line = row.get("budget_line") or logged["commitments"].get(row.get("commitment", ""), {}).get(
        "budget_line", ""
    )
    return bool(logged["budget_lines"].get(line, {}).get("grant") == about["grant"])


def total(table: Told, digest: str, rows: Sequence[Row]) -> list[list[str]]:
    """The lines of the control totals for it."""
    whole = [table["file"], digest, str(len(rows))]
    sums: defaultdict[tuple[int, str], list[Decimal]] = defaultdict(list)
    for number, column in enumerate(table["columns"]):
        for row in rows:
            if "currency" in column and row[column["column"]]:
                sums[number, row[column["currency"]]].append(Decimal(row[column["column"]]))
    lines = [[*whole, "", "", "", ""]]
    for (number, currency), amounts in sorted(sums.items()):
        name = table["columns"][number]["column"]
        lines.append([*whole, name, currency, str(len(amounts)), str(sum(amounts))])
    return lines


def safe(text: str, kind: str = "") -> str:
    return f"'{text}" if kind not in verify.NUMBERS and text[:1] in verify.FORMULAS else text


# OCEL


def check_ocel(export: verify.Folder, log: AsOf, report: verify.Report) -> None:
    """Each event is an entry of the log, at its index; no entry is told twice."""
    before = -1
    with report.holding(verify.Kind.TABLES, "ocel.json"):
        for event in json.loads(export.read("ocel.json"))["events"]:
            index = next(int(a["value"]) for a in event["attributes"] if a["name"] == "log_index")
            if not before < index < log.cut_off:
                raise verify.Bad(f"{event['id']} stands at {index}, after {before}")
            entry, before = log.event(index), index
            if [event[it] for it in ("id", "type", "time")] != [
                entry[it] for it in ("id", "type", "time")
            ]:
                raise verify.Bad(f"{event['id']} is not entry {index}")
            raw = log.bundle(index // verify.WIDTH)[index % verify.WIDTH].decode()
            for related in event["relationships"]:
                if json.dumps(related["objectId"], ensure_ascii=False) not in raw:
                    raise verify.Bad(f"entry {index} does not name {related['objectId']}")
    told = "objects and attributes of ocel.json, and what it leaves out: held by its digest alone"
    report.not_checked.append(told)


# Samples

SOURCES: dict[str, tuple[str, str, str, str, str]] = {
    "payments": ("payments", "paid_entry", "functional", "vendor", "budget_line"),
    "commitments": ("commitments", "first_entry", "reserved", "vendor", "budget_line"),
    "invoices": ("invoices", "first_entry", "amount", "vendor", "commitment"),
    "deliveries": ("deliveries", "first_entry", "", "", "commitment"),
    "cash": ("cash", "handed_over_entry", "reserved", "", "budget_line"),
    "vendors": ("vendors", "first_entry", "", "vendor", ""),
}
"""Of each population: its table, and the columns that have the entry, the amount, the vendor, and
that by which it is of a grant."""


def check_sample(
    export: verify.Folder,
    logged: dict[str, dict[str, Row]],
    tables: Sequence[Told],
    made: Told,
    report: verify.Report,
) -> None:
    """The population is all that there was to draw from, and the seed draws these items of it."""
    told = json.loads(export.read("sample.json"))
    drawing, outcome = told["drawing"], told["outcome"]
    with report.holding(verify.Kind.TABLES, "sample.json"):
        if made and (given(drawing), given(outcome)) != (
            given(made["drawing"]),
            given(made["outcome"]),
        ):
            raise verify.Bad("tells of another drawing than the log")
    items = list(population(logged, tables, drawing))
    with report.holding(verify.Kind.TABLES, "population.csv"):
        heading = ["item", "entry", "value", "currency", "office", "vendor", "stratum"]
        lines = [heading, *([safe(item[name]) for name in heading] for item in items)]
        if export.read("population.csv") != verify.as_csv(lines):
            raise verify.Bad("not the items that the log had to draw from")
    with report.holding(verify.Kind.TABLES, "worksheet.csv"):
        drawn = [
            *(by_monetary_unit if drawing["method"] == "monetary_unit" else at_random)(
                items, drawing, outcome
            )
        ]
        due = verify.as_csv(worksheet(drawn))
        if export.read("worksheet.csv") != due or outcome["items"] != len(drawn):
            raise verify.Bad("not the items that the seed draws")
        asked = drawing["size"].get("items")
        if asked is not None and len(drawn) < asked:
            report.not_checked.append(
                f"{asked - len(drawn)} items of {asked}: there are fewer in it"
            )
        if drawing["seed"] != told["root"]:
            report.not_checked.append(
                "that the seed fell by chance: whoever drew chose it, and could know what it draws"
            )
        if asked is None:
            report.not_checked.append("whether so many items are enough: how the size was planned")


def given(told: Any) -> Any:
    """What is told, without what is not."""
    if isinstance(told, dict):
        return {name: given(value) for name, value in told.items() if value not in (None, [])}
    return told


def population(
    logged: dict[str, dict[str, Row]], tables: Sequence[Told], drawing: Told
) -> Iterator[Row]:
    """The items that may be drawn, by their ids."""
    name, at, amount, vendor, under = SOURCES[drawing["population"]]
    [table] = [each for each in tables if each["table"] == name]
    priced = "currency" if amount == "amount" else f"{amount}_currency"
    for id_, row in logged[name].items():
        claims = row.get("pro_forma") != "true" and (not amount or Decimal(row[amount] or 0) > 0)
        line = (
            logged["commitments"].get(row.get("commitment", ""), row)
            if under == "commitment"
            else row
        )
        funds = logged["budget_lines"].get(line.get("budget_line", ""), {}).get("grant")
        value, currency = (row[amount], row[priced]) if amount else ("", "")
        if (
            row[at]
            and claims
            and within(row, table, drawing)
            and drawing.get("grant") in (None, funds)
            and drawing.get("currency") in (None, currency)
        ):
            item = {"item": id_, "entry": row[at], "value": value, "currency": currency}
            item |= {"office": office(logged, row), "vendor": row[vendor] if vendor else ""}
            yield item | {"stratum": stratum(item, drawing)}


def office(logged: dict[str, dict[str, Row]], row: Row) -> str:
    """Where its case was registered; of what is for no case, where it was asked for or recorded."""
    bought = logged["commitments"].get(row.get("commitment", ""), {})
    case = row.get("case") or bought.get("case", "")
    return logged["cases"].get(case, {}).get("office") or row.get("office", "")


def stratum(item: Row, drawing: Told) -> str:
    by = drawing.get("stratified_by")
    if by != "band":
        return item[by] if by else ""
    begins = sorted(drawing["bands"], key=lambda each: minor(each["amount"]))
    below = [each for each in begins if minor(each["amount"]) <= minor(item["value"])]
    return (
        f"{len(below):02d} from {below[-1]['amount']} {below[-1]['currency']}"
        if below
        else "00 below"
    )


def minor(amount: str) -> int:
    return int(amount.replace(".", "") or 0)


Drawn = tuple[Row, Fraction, int]
"""An item, how probable it was, and how often it was hit."""


def ticket(drawing: Told, name: str) -> str:
    return hashlib.sha256(f"{drawing['seed']},{name}".encode()).hexdigest()


def at_random(items: Sequence[Row], drawing: Told, outcome: Told) -> Iterator[Drawn]:
    """Of each stratum those with the lowest tickets, as many as are its part."""
    strata: defaultdict[str, list[Row]] = defaultdict(list)
    for item in items:
        strata[item["stratum"]].append(item)
    size = min(drawing["size"].get("items") or outcome["items"], len(items))
    exact = {name: Fraction(size * len(its), len(items)) for name, its in strata.items()}
    parts = {name: max(int(part), 1) for name, part in exact.items()}
    while short := size - sum(parts.values()):
        step = 1 if short > 0 else -1
        may = [name for name in parts if step > 0 or parts[name] > 1]
        parts[min(may, key=lambda each: (step * (parts[each] - exact[each]), each))] += step
    for name in sorted(strata):
        its = sorted(strata[name], key=lambda each: (ticket(drawing, each["item"]), each["item"]))
        for item in its[: parts[name]]:
            yield item, Fraction(parts[name], len(its)), 1


def by_monetary_unit(items: Sequence[Row], drawing: Told, outcome: Told) -> Iterator[Drawn]:
    """Those of which a unit is hit: one each interval, from the start that the seed gives."""
    every = minor(outcome["interval"]["amount"])
    asked = drawing["size"].get("items")
    if asked and every != max(sum(minor(each["value"]) for each in items) // asked, 1):
        raise verify.Bad("the interval is not what so many items come to")
    following = 1 + int(ticket(drawing, "start"), 16) % every
    if minor(outcome["start"]["amount"]) != following:
        raise verify.Bad("the start is not what the seed gives")
    end = 0
    for item in sorted(
        items, key=lambda each: (each["stratum"], ticket(drawing, each["item"]), each["item"])
    ):
        end += minor(item["value"])
        hits = max((end - following) // every + 1, 0)
        following += hits * every
        if hits:
            yield item, min(Fraction(minor(item["value"]), every), Fraction(1)), hits


def worksheet(drawn: Sequence[Drawn]) -> Iterator[list[str]]:
    yield [
        *("number", "item", "stratum", "entry", "receipt", "value", "currency", "office", "vendor"),
        *("chance", "surely", "hits", "audited_value", "difference", "remark"),
    ]
    for number, (item, chance, hits) in enumerate(drawn, start=1):
        share = (Decimal(chance.numerator) / chance.denominator).quantize(
            Decimal("0.000001"), ROUND_HALF_EVEN
        )
        yield [
            *(str(number), item["item"], safe(item["stratum"]), item["entry"]),
            *(f"receipts/{item['entry']}.txt", item["value"], item["currency"]),
            *(safe(item["office"]), item["vendor"], str(share)),
            *("true" if chance == 1 else "false", str(hits), "", "", ""),
        ]


def main(argv: list[str] | None = None) -> int:
    """The exit code: 0, or the lowest `Kind` that failed."""
    parser = argparse.ArgumentParser(
        prog=os.environ.get("HOMEWARD_VERIFY_AS"),
        description="Verify a sample or an export against a bundle of the whole log, offline.",
    )
    parser.add_argument("export", type=Path, help="the zip that was taken from the log")
    parser.add_argument("bundle", type=Path, help="the whole log of that time or later")
    parser.add_argument("--vkey", help="a file with the log's verifier keys")
    parser.add_argument("--policy", help="a file that says who has to have cosigned")
    asked = parser.parse_args(argv)
    try:
        key = verify.text_of(asked.vkey) if asked.vkey else None
        policy = verify.read_policy(verify.anchor(asked.policy)) if asked.policy else None
    except (OSError, verify.Bad, UnicodeDecodeError) as bad:
        parser.error(f"what you trust cannot be read: {bad}")
    report = check(asked.export, asked.bundle, key, policy)
    sys.stdout.write(verify.tell(report))
    return report.exit_code


if __name__ == "__main__":
    raise SystemExit(main())
