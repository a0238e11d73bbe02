"""Take a bundle, an export or a sample: what `./homeward audit bundle`, `export`, `sample` become.

The service's database is named by HOMEWARD_DATABASE_URL, its folder by HOMEWARD_DATA. What is made
is kept as over HTTP; that it was made is an event.
"""

import argparse
import os
import re
import shutil
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec

from audit.domain import registry
from audit.domain.bundle import ExportBundle, ExportGrantBundle, taken
from audit.domain.export import Form, MakeExport
from audit.domain.sample import Drawing, DrawSample, Method, Population, Size, Stratum
from audit.domain.sampling.sizes import CONFIDENCE_AT_LEAST, CONFIDENCE_AT_MOST
from audit.exports import acts
from audit.exports.keeping import KeptFiles
from audit.exports.make import make
from audit.exports.naming import Names, names_of_vendors
from audit.exports.output import Output, output
from audit.log import table
from audit.log.files import LogFiles
from audit.log.logged import BrokenLog
from events.handler import Act, Handler
from events.io import command
from events.io.peers import OnBehalf, Peers
from events.money import Money, NotMoney
from events.service import Connection
from events.values import CODE, Code, Digest, ExportId, GrantId, SampleId

DATA = "HOMEWARD_DATA"
SERVICES = "HOMEWARD_SERVICE_URLS"
NOT_GIVEN = (
    "of the values that are due are not in it: the vendors service did not give them, and nobody"
    " was erased; the verifier says which"
)
OPENED = "disbursement.grant_opened"
MONEY = re.compile(r"([0-9.]+) ?([A-Z]{3})", re.ASCII)
PERCENT = re.compile(r"([0-9]{1,2})(?:\.([0-9]{1,2}))?", re.ASCII)


def main() -> None:
    """Do what the command line names; a hindrance is told in a sentence."""
    asked = _arguments().parse_args()
    command.run(partial(_make, asked), service="audit")


async def _make(asked: argparse.Namespace, url: str) -> str:
    """What was made, in a sentence. The file is whole before the act is on record, and is where it
    is wanted after it: one never is without the other, but for a crash between the two.
    """
    files = LogFiles(_folder() / "log")
    async with command.opened(url, registry) as (store, handler):
        with output(asked.out) as out:
            try:
                act = await _act(asked, handler, store.pool, files)
                names = await _names(asked, act.command, store.pool)
                await _fill(act.command, out, store.pool, files, names.lines)
            except BrokenLog as broken:
                raise ValueError(f"the log's copy here is not what was signed: {broken}") from None
            await handler.do(act, context=command.operator(asked.by, handler))
            told = _told(act.command, out)
            if names.missing:
                told += f"\n{names.missing} {NOT_GIVEN}"
            return told


async def _act(
    asked: argparse.Namespace, handler: Handler, log: Connection, files: LogFiles
) -> Act[Any, Any, Any]:
    """What the command line asks for, made."""
    who = acts.Asked(by=asked.by, at=handler.clock.now(), cut_off=asked.cut_off)
    grant, days, ids = await _grant(asked.grant, log), (asked.since, asked.until), handler.ids
    match asked.what:
        case "bundle":
            return await acts.bundle(Code(ids.new("bun")), who, grant, days, log, files)
        case "export":
            new = ExportId(ids.new("exp"))
            return await acts.export(new, who, Form(asked.form), grant, days, log, files)
        case _:
            drawing = _drawing(asked, grant)
            return await acts.sample(SampleId(ids.new("smp")), who, drawing, log, files)


def _folder() -> Path:
    data = os.environ.get(DATA)
    if not data:
        raise ValueError(f"{DATA} does not name the audit service's folder.")
    return Path(data)


async def _names(asked: argparse.Namespace, made: Any, log: Connection) -> Names:
    """Of the vendors that were paid, where they are asked for: by who holds an auditor's token."""
    if asked.what != "bundle" or asked.disclose is None:
        return Names()
    if asked.token is None:
        raise ValueError("--disclose needs --token: a file with an auditor's own access token")
    token = asked.token.read_text("ascii").strip()
    told = msgspec.json.decode(os.environ.get(SERVICES, "{}"), type=dict[str, str])
    urls = {"vendors": ""} | told
    async with httpx.AsyncClient() as client:
        peers = Peers(client=client, urls=urls, issuer="", client_id="", client_secret="")
        return await names_of_vendors(taken(made), "audit", OnBehalf(peers, token), log)


async def _fill(
    made: Any, out: Output, log: Connection, files: LogFiles, names: bytes = b""
) -> None:
    """Write what was asked for beside the place where it will be."""
    if isinstance(made, ExportBundle | ExportGrantBundle):
        await make(taken(made), out.file, log, files, names)
        return
    digest = made.digest if isinstance(made, MakeExport) else made.file
    with KeptFiles(files).path(digest).open("rb") as kept:
        shutil.copyfileobj(kept, out.file)


def _told(made: Any, out: Output) -> str:
    """Put the file in its place, and say what it is and, of a bundle, how it is verified."""
    match made:
        case MakeExport():
            path = out.put(f"{made.form}-{made.cut_off}.zip")
            return f"{path}: as {made.form}, as of {made.cut_off} entries, {made.digest}"
        case DrawSample():
            path, outcome = out.put(f"sample-{made.sample}.zip"), made.outcome
            told = f"{outcome.items} of {outcome.population_items} {made.drawing.population}"
            if (made.drawing.size.items or 0) > outcome.items:
                told += f" ({made.drawing.size.items} were asked for)"
            return f"{path}: {told}, as of {made.cut_off} entries, {made.file}"
    bundle = taken(made)
    path = out.put(f"{bundle.grant or 'log'}-{bundle.size}.zip")
    of = f"what is of {bundle.grant}" if bundle.grant else "the whole log"
    check = f"./homeward audit verify {path} --vkey KEYS --policy POLICY"
    return f"{path}: {of}, as of {bundle.size} entries, root {bundle.root}\nverify it: {check}"


def _drawing(asked: argparse.Namespace, grant: GrantId | None) -> Callable[[Digest], Drawing]:
    def drawing(root: Digest) -> Drawing:
        return Drawing(
            population=Population(asked.population),
            method=Method(asked.method),
            seed=asked.seed or Code(root),
            size=Size(
                items=asked.items,
                confidence_percent=asked.confidence,
                materiality=asked.materiality,
                expected=asked.expected,
                tolerable_basis_points=asked.tolerable,
                expected_basis_points=asked.expected_rate,
            ),
            grant=grant,
            since=asked.since,
            until=asked.until,
            currency=asked.currency,
            stratified_by=Stratum(asked.by_stratum) if asked.by_stratum else None,
            bands=tuple(asked.band or ()),
        )

    return drawing


async def _grant(named: str | None, log: Connection) -> GrantId | None:
    """By its id or by the donor's reference. `ValueError` when there is none."""
    if named is None:
        return None
    opened = await table.of_type(log, OPENED, await table.size_of(log))
    told = [msgspec.json.decode(each.envelope.data) for each in opened]
    known = {each["reference"]: each["grant"] for each in told}
    if named in known.values():
        return GrantId(named)
    if named in known:
        return GrantId(known[named])
    raise ValueError(f"There is no grant {named}. There is: {', '.join(known) or 'none yet'}.")


def _count(told: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,17}", told, re.ASCII):
        raise argparse.ArgumentTypeError("a whole number, from 1")
    return int(told)


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise argparse.ArgumentTypeError("a day, such as 2026-11-21") from None


def _seed(told: str) -> Code:
    if not re.fullmatch(CODE, told):
        raise argparse.ArgumentTypeError("up to 64 letters, digits and . _ : / -")
    return Code(told)


def _money(told: str) -> Money:
    match = MONEY.fullmatch(told)
    try:
        if match is not None:
            return Money.parse(match[1], match[2])
    except NotMoney as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None
    raise argparse.ArgumentTypeError("an amount, such as 5000.00EUR")


def _basis_points(told: str) -> int:
    match = PERCENT.fullmatch(told)
    if match is None:
        raise argparse.ArgumentTypeError("percent, such as 5 or 2.5")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./homeward audit", description=__doc__)
    parts = parser.add_subparsers(dest="what", required=True)
    bundle = parts.add_parser("bundle", help="the log or a grant's part of it, to be verified")
    bundle.add_argument(
        "--disclose", choices=["vendors"], help="with the names of those who were paid"
    )
    bundle.add_argument("--token", type=Path, help="the file with an auditor's own access token")
    export = parts.add_parser("export", help="the log as OCEL 2.0 or as CSV tables, in a zip")
    export.add_argument("form", choices=[str(each) for each in Form], help="in which form")
    sample = parts.add_parser("sample", help="items to look at, with their receipts, in a zip")
    sample.add_argument("population", choices=[str(each) for each in Population], help="of what")
    sample.add_argument("method", choices=[str(each) for each in Method], help="drawn how")
    sample.add_argument("--items", type=_count, help="how many; or plan it by what follows")
    sample.add_argument(
        "--confidence",
        type=int,
        choices=range(CONFIDENCE_AT_LEAST, CONFIDENCE_AT_MOST + 1),
        metavar="PERCENT",
        help="how sure to be",
    )
    sample.add_argument("--materiality", type=_money, help="what may be wrong: 5000.00EUR")
    sample.add_argument("--expected", type=_money, help="what is expected to be wrong")
    sample.add_argument("--tolerable", type=_basis_points, help="percent of items that may deviate")
    sample.add_argument("--expected-rate", type=_basis_points, help="percent expected to")
    sample.add_argument("--by-stratum", choices=[str(each) for each in Stratum], help="divided by")
    sample.add_argument("--band", type=_money, action="append", help="where a band begins")
    sample.add_argument("--currency", type=_seed, help="of this currency alone")
    sample.add_argument("--seed", type=_seed, help="what to draw by (else the root of the log)")
    for each in (bundle, export, sample):
        each.add_argument("--grant", help="of one grant: the donor's reference, or its id")
        each.add_argument("--from", dest="since", type=_day, help="the first day")
        each.add_argument("--to", dest="until", type=_day, help="the last day")
        each.add_argument("--cut-off", type=_count, help="a size of the log that was signed")
        each.add_argument("--out", type=Path, help="the file to write (else one here)")
        command.by_whom(each)
    return parser


if __name__ == "__main__":
    main()
