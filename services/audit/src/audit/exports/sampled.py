"""A sample as an auditor takes it away: a zip with all that it takes to draw it again.

sample.json         what was asked for, and what came of it; how it is drawn again
population.csv      what was drawn from (`population.py`)
worksheet.csv       what was drawn: each item, why, its entry and receipt, and room for what is
                    found
receipts/N.txt      that entry N is in the log (c2sp.org/tlog-proof)
checkpoint          what the receipts lead to
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import assert_never

from audit.domain.proof import write_receipt
from audit.domain.sample import (
    Drawing,
    LookAtEverything,
    Method,
    MoreStrataThanItems,
    Outcome,
    SeveralCurrencies,
    SizeNotSaid,
    refuse,
)
from audit.domain.sampling import draw, sizes
from audit.domain.sampling.draw import Drawn
from audit.exports.keeping import Kept, KeptFiles
from audit.exports.logged import entry_at, logged
from audit.exports.population import Member, Members, population
from audit.exports.scope import Create, Entries
from audit.exports.tables import line, safe
from audit.log.files import LogFiles
from audit.log.proofs import Prover, Signed
from events.canonical import plain
from events.money import Money
from events.values import Digest

FORMAT = "homeward-sample/1"
HEADING = (
    *("number", "item", "stratum", "entry", "receipt", "value", "currency", "office", "vendor"),
    *("chance", "surely", "hits", "audited_value", "difference", "remark"),
)
PLACES = Decimal("0.000001")
FEWER = (
    "There are fewer items than were asked for where the population has no more, and where several"
    " monetary units of one item were drawn: `hits` says how many."
)


@dataclass(frozen=True)
class Sampled:
    """What was drawn, from what."""

    drawing: Drawing
    outcome: Outcome
    members: Members
    drawn: Sequence[tuple[Member, Drawn]]

    def files(
        self, cut_off: int, root: str, receipt: Callable[[int], str]
    ) -> Iterator[tuple[str, bytes]]:
        """Each file of the zip. `receipt`: of the entry at that index."""
        told = {
            "format": FORMAT,
            "cut_off": cut_off,
            "root": root,
            "drawing": plain(self.drawing),
            "outcome": plain(self.outcome),
            "asked": self.drawing.size.items,
            "fewer": FEWER,
            "generator": draw.GENERATOR,
            "how": draw.__doc__,
        }
        yield "sample.json", json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n"
        yield "population.csv", self.members.file
        yield "worksheet.csv", worksheet(self.drawn)
        for index in sorted({member.entry for member, _ in self.drawn}):
            yield _receipt(index), receipt(index).encode()


def sample_of(entries: Entries, drawing: Drawing) -> Sampled:
    """Draw it. `Rejected` where that cannot be."""
    refuse(drawing)
    members = population(entries, drawing)
    every, start = None, None
    match drawing.method:
        case Method.MONETARY_UNIT:
            whole = members.value
            assert whole is not None, "a population in several currencies was refused"
            every = _interval(drawing, whole)
            start = Money(draw.start(drawing.seed, every.minor), every.currency)
            items = [each.item for each in members.members]
            found = list(draw.by_monetary_unit(items, every.minor, drawing.seed))
        case Method.RANDOM:
            found = _at_random(drawing, members)
        case _:
            assert_never(drawing.method)
    of_item = {member.item.id: member for member in members.members}
    drawn = [(of_item[each.item.id], each) for each in found]
    outcome = Outcome(
        population_digest=Digest(members.digest),
        population_items=len(members.members),
        population_value=members.value,
        interval=every,
        start=start,
        items=len(drawn),
        worksheet_digest=Digest(hashlib.sha256(worksheet(drawn)).hexdigest()),
    )
    return Sampled(drawing, outcome, members, drawn)


def _interval(drawing: Drawing, whole: Money) -> Money:
    size = drawing.size
    if size.items is not None:
        return Money(max(whole.minor // size.items, 1), whole.currency)
    if size.confidence_percent is None or size.materiality is None:
        raise SizeNotSaid(drawing.method)
    expected = size.expected or Money.zero(whole.currency)
    told = {whole.currency, size.materiality.currency, expected.currency}
    if len(told) > 1:
        raise SeveralCurrencies(tuple(sorted(told)))
    try:
        found = sizes.interval(size.confidence_percent, size.materiality.minor, expected.minor)
    except sizes.NoSampleWillDo:
        raise LookAtEverything from None
    return Money(min(found, whole.minor), whole.currency)


def _at_random(drawing: Drawing, members: Members) -> list[Drawn]:
    size, items = drawing.size, [each.item for each in members.members]
    wanted = size.items
    if wanted is None:
        if size.confidence_percent is None or size.tolerable_basis_points is None:
            raise SizeNotSaid(drawing.method)
        expected = size.expected_basis_points or 0
        try:
            wanted = sizes.items(size.confidence_percent, size.tolerable_basis_points, expected)
        except sizes.NoSampleWillDo:
            raise LookAtEverything from None
    try:
        return list(draw.at_random(items, wanted, drawing.seed))
    except draw.TooManyStrata:
        strata = len({item.stratum for item in items})
        raise MoreStrataThanItems(strata, wanted) from None


def worksheet(drawn: Sequence[tuple[Member, Drawn]]) -> bytes:
    """What was drawn, in the order of the draw, with room for what is found."""
    return b"".join(map(line, (HEADING, *_lines(drawn))))


def _lines(drawn: Sequence[tuple[Member, Drawn]]) -> Iterator[list[str]]:
    for number, (member, each) in enumerate(drawn, start=1):
        money = (member.value.amount, member.value.currency) if member.value else ("", "")
        chance = Decimal(each.chance.numerator) / each.chance.denominator
        yield [
            str(number),
            member.item.id,
            safe(member.item.stratum),
            str(member.entry),
            _receipt(member.entry),
            *money,
            safe(member.office),
            member.vendor,
            str(chance.quantize(PLACES, ROUND_HALF_EVEN)),
            "true" if each.surely else "false",
            str(each.hits),
            *("", "", ""),
        ]


def _receipt(index: int) -> str:
    return f"receipts/{index}.txt"


@dataclass(frozen=True)
class Made:
    """A sample, and where it is kept."""

    outcome: Outcome
    kept: Kept


def draw_sample(files: LogFiles, signed: Signed, drawing: Drawing) -> Made:
    """Draw it, and keep it . `BrokenLog`; `Rejected` where it cannot be drawn."""
    sampled = sample_of(logged(files, signed.checkpoint), drawing)
    prover = Prover(signed, files)

    def receipt(index: int) -> str:
        proof = prover.prove(entry_at(files, signed.checkpoint, index))
        return write_receipt(index, proof, signed.note)

    size, root = signed.checkpoint.size, signed.checkpoint.root.hex()

    def fill(create: Create) -> None:
        for name, content in sampled.files(size, root, receipt):
            with create(name) as file:
                file.write(content)
        with create("checkpoint") as file:
            file.write(signed.note.encode())

    about = {"sample": FORMAT, "cut_off": size, "root": root}
    return Made(sampled.outcome, KeptFiles(files).keep(fill, about))
