"""Verify a Homeward log offline: python3 verify.py FOLDER --key VKEY [--why pay_…] [--json]

FOLDER is what the audit service exported, a folder or a zip. VKEY is the log's verifier key, or
a file with it, and must reach you by another way than FOLDER. This one file needs Python 3.11 and
the `cryptography` package, no network, and nothing else of Homeward; read it before you trust it.

It reads every entry, builds the Merkle tree (RFC 6962) anew and holds against it: the hash tiles
(c2sp.org/tlog-tiles), the signed checkpoint (c2sp.org/tlog-checkpoint), every older checkpoint.
Then it reads the entries as events: canonical form, no gap and no repeat in any service or any
stream, disclosures that fit their digests, and for every paid payment the different people whom
the rules demand. What it cannot know it lists under "Not checked".
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import time
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH, HASH = 256, 32
SHOWN = 20
"""How many failures are printed; all of them are in the JSON report."""
NEVER_CHECKED = (
    "that the people behind the names are real, and what was said on the phone at call-back",
    "that nobody was shown another log: compare the root with others who have the checkpoint",
    "that what happened was recorded at all",
)

Event = dict[str, Any]


class Kind(IntEnum):
    """What can be wrong. The number is the exit code; the lowest that occurs counts."""

    FOLDER = 3  # a file is missing, cut off, or does not belong
    SIGNATURE = 4  # a checkpoint is not signed by the key that you trust
    TREE = 5  # entries, hash tiles and the signed root do not fit each other
    HISTORY = 6  # an older checkpoint tells of another past
    ENTRY = 7  # an entry is not an event in canonical form
    ORDER = 8  # a gap or a repeat in a service or a stream
    DISCLOSURE = 9  # a disclosed value is not the one whose digest was logged
    DUTIES = 10  # paid without somebody's act, or one person did what two must
    UNKNOWN = 11  # the payment that was asked about is not in the log


class Bad(Exception):
    """Something does not hold. The message says what."""


@dataclass(frozen=True)
class Failure:
    kind: str
    where: str
    what: str


@dataclass
class Report:
    """What was found, good and bad."""

    folder: str
    origin: str = ""
    size: int = 0
    root: str = ""
    entries: int = 0
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    checkpoints: int = 0
    disclosed: int = 0
    withheld: int = 0
    payments: int = 0
    failures: list[Failure] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def fail(self, kind: Kind, where: str, what: str) -> None:
        self.failures.append(Failure(kind.name.lower(), where, what))

    @contextmanager
    def holding(self, kind: Kind, where: str) -> Iterator[None]:
        """What does not hold in here is a failure of that kind."""
        try:
            yield
        except Bad as bad:
            self.fail(kind, where, str(bad))

    @property
    def exit_code(self) -> int:
        return min((Kind[one.kind.upper()].value for one in self.failures), default=0)


# The folder


class Folder:
    """The files, from a folder or a zip, by their names with forward slashes."""

    def __init__(self, path: Path) -> None:
        if path.is_dir():
            names = [p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()]
            self._read: Callable[[str], bytes] = lambda name: (path / name).read_bytes()
        elif zipfile.is_zipfile(path):
            archive = zipfile.ZipFile(path)
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
            self._read = archive.read
        else:
            raise Bad("neither a folder nor a zip")
        self.names = set(names)
        if len(names) != len(self.names):
            raise Bad("the zip holds a name twice")

    def read(self, name: str) -> bytes:
        if name not in self.names:
            raise Bad("missing")
        try:
            return self._read(name)
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile, zlib.error) as e:
            raise Bad(f"cannot be read: {e}") from None

    def lines(self, name: str) -> Iterator[tuple[str, Any]]:
        """Where each line of a .jsonl stands, and its value; `Bad` if it is written otherwise."""
        text = self.read(name).decode(errors="replace")
        if not text.endswith("\n"):
            raise Bad("cut off")
        for number, line in enumerate(text[:-1].split("\n"), start=1):
            yield f"{name}:{number}", read_json(line)


def read_json(line: str) -> Any:
    """JSON without floats, if it stands there in the one canonical form (RFC 8785)."""
    try:
        value = json.loads(line, parse_float=_no_float, parse_constant=_no_float)
        canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        raise Bad("not JSON as it is written here") from None
    if canonical != line:
        raise Bad("not in canonical form")
    return value


def _no_float(text: str) -> NoReturn:
    raise ValueError(text)


def tile_name(level: int | str, number: int, width: int) -> str:
    """c2sp.org/tlog-tiles: 1234067 is x001/x234/067; a tile that is not full ends in .p/width."""
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.append(f"x{number % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(parts))}{partial}"


_TILE = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?")


def tiles(count: int) -> Iterator[tuple[int, int]]:
    """Number and width of each tile over so many hashes or entries."""
    for start in range(0, count, WIDTH):
        yield start // WIDTH, min(WIDTH, count - start)


def unpack(bundle: bytes, width: int) -> list[bytes]:
    """The entries of a bundle: each has its length before it, in 16 bits."""
    entries, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle):
            raise Bad("cut off within an entry")
        entries.append(bundle[at + 2 : end])
        at = end
    if len(entries) != width:
        raise Bad(f"{len(entries)} entries where {width} belong")
    return entries


# Keys and checkpoints: c2sp.org/signed-note, c2sp.org/tlog-checkpoint


@dataclass(frozen=True)
class Key:
    name: str
    id: bytes
    public: bytes


def read_key(text: str) -> Key:
    """A verifier key: name+id+key, Ed25519 only."""
    name, _, rest = text.strip().partition("+")
    number, _, encoded = rest.partition("+")
    key = unbase64(encoded)
    named = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    if not name or key[:1] != b"\x01" or len(key) != 1 + HASH or number != named.hex():
        raise Bad("not a verifier key (name+id+key, Ed25519)")
    return Key(name, named, key[1:])


def unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad("not base 64") from None
    if base64.b64encode(data).decode() != text:
        raise Bad("not base 64 as it is written")
    return data


def read_checkpoint(note: str, key: Key) -> tuple[int, bytes]:
    """Size and root, if the key signed them. Signatures by other keys are not looked at."""
    text, empty_line, signatures = note.rpartition("\n\n")
    if not empty_line or not signatures.endswith("\n"):
        raise Bad("not a signed note")
    signed = False
    for line in signatures[:-1].split("\n"):
        match = re.fullmatch(r"— (\S+) (\S+)", line)
        if match is None:
            raise Bad("a line that is no signature")
        signature = unbase64(match[2])
        if (match[1], signature[:4]) == (key.name, key.id):
            try:
                public = Ed25519PublicKey.from_public_bytes(key.public)
                public.verify(signature[4:], f"{text}\n".encode())
            except (InvalidSignature, ValueError):
                raise Bad("the signature does not fit the text") from None
            signed = True
    if not signed:
        raise Bad(f"not signed by {key.name} with the key that you trust")
    said = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,17})\n([^\n]+)", text)
    if said is None or said[1] != key.name:
        raise Bad("not a checkpoint of this log")
    return int(said[2]), unbase64(said[3])


# The tree


class Tree:
    """RFC 6962, leaf by leaf. Every eighth level is what the tiles hold."""

    def __init__(self) -> None:
        self.size = 0
        self.levels: defaultdict[int, bytearray] = defaultdict(bytearray)
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, entry: bytes) -> None:
        node, height = hashlib.sha256(b"\x00" + entry).digest(), 0
        self.size += 1
        self.levels[0] += node
        while self._peaks and self._peaks[-1][0] == height:
            node = hashlib.sha256(b"\x01" + self._peaks.pop()[1] + node).digest()
            height += 1
            if height % 8 == 0:
                self.levels[height // 8] += node
        self._peaks.append((height, node))

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        node = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node


# The entries


def read_event(entry: bytes) -> Event:
    """The entry as an event: CloudEvents 1.0 in canonical JSON."""
    event = read_json(entry.decode(errors="replace"))
    words = ("id", "source", "type", "subject", "time", "sequence", "position", "actorid")
    if not isinstance(event, dict) or not all(isinstance(event.get(w), str) for w in words):
        raise Bad("not an event")
    if event.get("specversion") != "1.0" or not isinstance(event.get("data"), dict):
        raise Bad("not an event")
    if event["type"].partition(".")[0] != event["source"].rpartition("/")[2]:
        raise Bad(f"{event['source']} emits no {event['type']}")
    return event


def name_of(event: Event) -> str:
    """`disbursement.vendor_paid.v1` is vendor_paid."""
    return str(event["type"].partition(".")[2].partition(".")[0])


class Log:
    """The entries, read once from first to last, and where to find them again."""

    def __init__(self, folder: Folder, size: int, report: Report) -> None:
        self.folder, self.size, self.report = folder, size, report
        self.tree = Tree()
        self.paid: list[int] = []
        self._streams: defaultdict[str, list[int]] = defaultdict(list)
        self._ids: set[str] = set()
        self._counts: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.bundle = lru_cache(maxsize=64)(self._bundle)

    def _bundle(self, number: int) -> list[bytes]:
        width = min(WIDTH, self.size - number * WIDTH)
        return unpack(self.folder.read(tile_name("entries", number, width)), width)

    def event(self, index: int) -> Event:
        return read_event(self.bundle(index // WIDTH)[index % WIDTH])

    def events(self, stream: str) -> Iterator[tuple[int, Event]]:
        """Every event of the stream, each with the number of its entry."""
        for index in self._streams.get(stream, ()):
            yield index, self.event(index)

    def read(self, roots: dict[int, bytes]) -> None:
        """Every entry, in order; at each size that was ever signed, the root."""
        for number, width in tiles(self.size):
            with self.report.holding(Kind.FOLDER, tile_name("entries", number, width)):
                for entry in self.bundle(number):
                    with self.report.holding(Kind.ENTRY, f"entry {self.tree.size}"):
                        self._take(self.tree.size, read_event(entry))
                    self.tree.add(entry)
                    size = self.tree.size
                    if size in roots and self.tree.root() != roots[size]:
                        kind = Kind.TREE if size == self.size else Kind.HISTORY
                        self.report.fail(kind, f"checkpoint of {size}", "signs another root")

    def _take(self, index: int, event: Event) -> None:
        service, stream = event["type"].partition(".")[0], event["subject"]
        if event["id"] in self._ids:
            self.report.fail(Kind.ORDER, f"entry {index}", f"event {event['id']} once more")
        self._ids.add(event["id"])
        for whose, stands in (("", event["position"]), (stream, event["sequence"])):
            self._counts[service, whose] += 1
            if stands != str(follows := self._counts[service, whose]):
                told = f"{whose or service} has {stands} where {follows} follows"
                self.report.fail(Kind.ORDER, f"entry {index}", told)
        self._streams[stream].append(index)
        self.report.withheld += len(event["data"].get("_sd", ()))
        if event["type"].startswith("disbursement.vendor_paid."):
            self.paid.append(index)
        source = self.report.sources.setdefault(service, {"entries": 0, "streams": 0})
        source["entries"] += 1
        source["streams"] += self._counts[service, stream] == 1


# What is checked


def check_checkpoints(folder: Folder, key: Key, report: Report) -> dict[int, bytes]:
    """Each root that the log has signed, as far as we know, by size; the newest comes last."""
    roots: dict[int, bytes] = {}
    if "checkpoints.jsonl" not in folder.names:
        report.not_checked.append("older checkpoints: the folder has none")
    else:
        with report.holding(Kind.FOLDER, "checkpoints.jsonl"):
            for where, note in folder.lines("checkpoints.jsonl"):
                with report.holding(Kind.SIGNATURE, where):
                    size, root = read_checkpoint(str(note), key)
                    if size <= max(roots, default=-1):
                        report.fail(Kind.HISTORY, where, f"size {size} after {max(roots)}")
                    roots[size] = root
    with report.holding(Kind.SIGNATURE, "checkpoint"):
        size, root = read_checkpoint(folder.read("checkpoint").decode(errors="replace"), key)
        if roots and (size, root) != max(roots.items()):
            report.fail(Kind.HISTORY, "checkpoint", "not the last of checkpoints.jsonl")
        roots[size] = root
        report.origin, report.size, report.root = key.name, size, root.hex()
    report.checkpoints = len(roots)
    return roots


def check_files(folder: Folder, log: Log) -> None:
    """Every hash tile against the tree; every other file must be one that belongs."""
    wanted = {"checkpoint"} | {
        tile_name(level, number, width)
        for level, hashes in log.tree.levels.items()
        for number, width in tiles(len(hashes) // HASH)
    }
    for name in sorted(wanted - folder.names):
        log.report.fail(Kind.FOLDER, name, "missing")
    belong = {"checkpoint", "checkpoints.jsonl", "disclosures.jsonl", "vkey", "verify.py"}
    for name in sorted(folder.names - belong):
        match = _TILE.fullmatch(name)
        if match is None:
            log.report.fail(Kind.FOLDER, name, "does not belong here")
            continue
        number, width = int(re.sub("[x/]", "", match[2])), int(match[3] or WIDTH)
        if tile_name(match[1], number, width) != name:
            log.report.fail(Kind.FOLDER, name, "does not belong here")
            continue
        with log.report.holding(Kind.TREE, name):
            check_tile(folder.read(name), match[1], number, width, log)


def check_tile(data: bytes, level: str, number: int, width: int, log: Log) -> None:
    """The tile, also one of an older and smaller tree, against the tree that we built."""
    if level == "entries":
        if number * WIDTH + width > log.size:
            raise Bad("beyond what the checkpoint covers")
        if unpack(data, width) != log.bundle(number)[:width]:
            raise Bad("other entries than the tree is built from")
        return
    start, end = number * WIDTH * HASH, (number * WIDTH + width) * HASH
    hashes = log.tree.levels.get(int(level), bytearray())
    if end > len(hashes) or data != hashes[start:end]:
        raise Bad("not the hashes of what is below it")


def check_disclosures(folder: Folder, log: Log) -> None:
    """RFC 9901, 4.2: base64url(SHA-256(disclosure)) is among the digests of its entry."""
    if "disclosures.jsonl" not in folder.names:
        return
    seen: set[str] = set()
    with log.report.holding(Kind.FOLDER, "disclosures.jsonl"):
        for where, told in folder.lines("disclosures.jsonl"):
            with log.report.holding(Kind.DISCLOSURE, where):
                match told:
                    case {"entry": int(index), "disclosure": str(opened)} if len(told) == 2:  # noqa: PLR2004
                        hashed = hashlib.sha256(opened.encode()).digest()
                    case _:
                        raise Bad("not a disclosure")
                digests = log.event(index)["data"].get("_sd", ()) if 0 <= index < log.size else ()
                digest = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
                if digest not in digests or digest in seen:
                    raise Bad(f"not what entry {index} has a digest of, or told twice")
                seen.add(digest)
    log.report.disclosed = len(seen)
    log.report.withheld -= len(seen)


# Who must have acted before money goes

Facts = defaultdict[str, list[tuple[int, Event]]]
"""By the name of an event, the entries that tell it, in order."""

CONTROLS: tuple[tuple[str, ...], ...] = (
    ("payment_requested", "payment_certified", "payment_approved", "payment_signed"),
    ("commitment_requested", "commitment_certified", "commitment_approved"),
    ("bank_account_proposed", "bank_account_callback_verified", "bank_account_approved"),
    ("vendor_proposed", "vendor_approved"),
    ("plan_drafted", "plan_approved"),
)
"""Acts that must all have happened, in this order, each by people who did none of the others."""
TIMES = {"payment_signed": 2}


def facts_of(log: Log, paid: int) -> tuple[dict[str, str], Facts]:
    """The ids that a payment rests on, and what had happened to each of them before it."""
    ids: dict[str, str] = {}
    facts: Facts = defaultdict(list)

    def learn(event: Event) -> None:
        for name, value in event["data"].items():
            if isinstance(value, str):
                ids.setdefault(name, value)

    learn(log.event(paid))
    for about in ("payment", "invoice", "commitment", "account", "vendor", "plan", "case"):
        for index, event in log.events(ids.get(about, "")):
            others = (name for name in ("payment", "invoice") if name in event["data"])
            if index <= paid and all(event["data"][name] == ids.get(name) for name in others):
                facts[name_of(event)].append((index, event))
                learn(event)
    return ids, facts


def check_duties(log: Log) -> None:
    for paid in log.paid:
        log.report.payments += 1
        ids, facts = facts_of(log, paid)
        where = f"entry {paid}, payment {ids.get('payment')}"
        for control in CONTROLS:
            for broken in breaches(control, facts):
                log.report.fail(Kind.DUTIES, where, broken)
        seen = {
            event["data"].get("evidence")
            for act in CONTROLS[0]
            for _, event in facts[act][-TIMES.get(act, 1) :]
        }
        if len(seen) > 1:
            log.report.fail(Kind.DUTIES, where, "not all acted on the same evidence")


def breaches(control: tuple[str, ...], facts: Facts) -> Iterator[str]:
    """What the people who had to act did not do as they should."""
    who: dict[str, str] = {}
    last = -1
    for act in control:
        times = TIMES.get(act, 1)
        done = facts[act][-times:]
        if len(done) < times:
            yield f"paid without {words(act)}" + (f" {times} times" if times > 1 else "")
        for index, event in done:
            for person in people(event):
                if person in who:
                    yield f"{person} did both: {words(who[person])}, {words(act)}"
                who[person] = act
            if index < last:
                yield f"{words(act)} before its time"
            last = index


def words(name: str) -> str:
    return name.replace("_", " ")


def people(event: Event) -> list[str]:
    """Who is answerable for a fact: the committee where one decided, else who acted."""
    return event["data"].get("approvers") or [event["actorid"]]


# Why was this paid?

BECAUSE = (
    ("the bank confirmed it", "vendor_paid"),
    ("{payment_signed} signed and released it", "payment_signed"),
    (
        "{payment_approved} approved what {payment_certified} certified",
        "payment_approved payment_certified",
    ),
    ("{payment_requested} asked for it to be paid", "payment_requested"),
    ("order, delivery and invoice agree", "three_way_match_passed"),
    ("{goods_received} recorded what the returnee received", "goods_received"),
    (
        "{commitment_approved} approved what {commitment_certified} found in the budget",
        "commitment_approved commitment_certified",
    ),
    (
        "{bank_account_approved} approved, {bank_account_callback_verified} called back",
        "bank_account_approved bank_account_callback_verified",
    ),
    ("{vendor_approved} approved the vendor, who was screened", "vendor_approved vendor_screened"),
    ("{plan_approved} approved the plan", "plan_approved"),
    ("the returnee signed the plan", "plan_signed_by_returnee"),
    ("the returnee may receive up to {total}", "entitlement_granted"),
    ("the returnee was registered, and consented", "returnee_registered consent_given"),
)
"""The causes of a payment, from the bank back to the registration; of which facts each speaks."""


def explain(log: Log, payment: str) -> list[str]:
    paid = next((i for i in log.paid if log.event(i)["data"].get("payment") == payment), None)
    if paid is None:
        log.report.fail(Kind.UNKNOWN, payment, "no payment of that id was paid in this log")
        return []
    ids, facts = facts_of(log, paid)
    what = log.event(paid)["data"]
    proof = "NOT PROVEN" if log.report.failures else "proof ok"
    lines = [f"{payment}   {money(what.get('amount'))} to {ids.get('vendor')}"]
    for sentence, spoken_of in BECAUSE:
        known: defaultdict[str, str] = defaultdict(lambda: "nobody")
        entries: list[int] = []
        for name in spoken_of.split():
            for index, event in facts[name]:
                entries.append(index)
                known["total"] = money(event["data"].get("total"))
            who = dict.fromkeys(person for _, event in facts[name] for person in people(event))
            known[name] = " and ".join(who) or "nobody"
        if entries:
            told = f"{'entry' if len(entries) == 1 else 'entries'} {', '.join(map(str, entries))}"
            lines.append(f"  because   {sentence.format_map(known)}   {told}   {proof}")
    return lines


def money(amount: Any) -> str:
    match amount:
        case {"amount": str(number), "currency": str(currency)}:
            whole, dot, rest = number.partition(".")
            return f"{int(whole):,}{dot}{rest} {currency}"
    return "an amount"


# The whole


def verify(path: Path, key: str | None = None, why: str | None = None) -> Report:
    """Check everything; the report says what was found and what was not looked at."""
    began = time.perf_counter()
    report = Report(str(path), not_checked=list(NEVER_CHECKED))
    with report.holding(Kind.FOLDER, str(path)):
        folder = Folder(path)
        shipped = folder.read("vkey").decode(errors="replace")
        if key is None:
            report.not_checked.append("the key: it came with the folder, --key was not given")
        elif shipped != f"{key.strip()}\n":
            report.fail(Kind.SIGNATURE, "vkey", "not the key that you trust")
        roots = check_checkpoints(folder, read_key(key or shipped), report)
        log = Log(folder, report.size, report)
        log.read(roots)
        report.entries = log.tree.size
        check_files(folder, log)
        if not report.failures:  # what follows reads meaning into entries that hold
            check_disclosures(folder, log)
            check_duties(log)
        if why is not None:
            report.why = explain(log, why)
    if report.withheld:
        report.not_checked.append(f"{report.withheld} personal values that are not disclosed here")
    report.seconds = round(time.perf_counter() - began, 3)
    return report


def tell(report: Report) -> str:
    """The report for people."""
    lines = list(report.why)
    lines += [f"  {one.kind:<11}{one.where}: {one.what}" for one in report.failures[:SHOWN]]
    if len(report.failures) > SHOWN:
        lines.append(f"  … and {len(report.failures) - SHOWN} more (--json lists all)")
    verdict = "OK" if not report.failures else f"NOT OK ({len(report.failures)} failures)"
    lines.append(
        f"{report.entries} of {report.size} entries, {len(report.sources)} sources, "
        f"{report.checkpoints} checkpoints, {report.payments} payments   {verdict} "
        f"in {report.seconds:.1f} s"
    )
    lines += [f"root {report.root}   {report.origin}"] if report.root else []
    lines += [f"Not checked: {what}" for what in report.not_checked]
    return "\n".join(lines) + "\n"


def main(argv: list[str] | None = None) -> int:
    """The exit code: 0, or the lowest `Kind` that failed."""
    parser = argparse.ArgumentParser(description="Verify a Homeward log offline.")
    parser.add_argument("folder", type=Path, help="what the audit service exported: folder or zip")
    parser.add_argument("--key", help="the log's verifier key, or a file with it")
    parser.add_argument("--why", metavar="PAYMENT", help="print why this payment was made")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    asked = parser.parse_args(argv)
    key = asked.key
    if key is not None and "+" not in key:
        try:
            key = Path(key).read_text(encoding="utf-8")
        except OSError as error:
            parser.error(f"--key {key}: {error.strerror}")
    report = verify(asked.folder, key, asked.why)
    told = json.dumps(asdict(report), indent=1) + "\n" if asked.json else tell(report)
    sys.stdout.write(told)
    return report.exit_code


if __name__ == "__main__":
    raise SystemExit(main())
