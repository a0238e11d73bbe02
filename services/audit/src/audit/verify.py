"""Verify a Homeward log offline: verify.py FOLDER --vkey VKEY [--policy FILE] [--why pay_…]

FOLDER is what the audit service exported, a folder or a zip. VKEY is the log's verifier keys, or
a file with them; --policy is a file that says which witnesses have to have cosigned
(c2sp.org/tlog-policy). Both must reach you by another way than FOLDER. This one file needs Python
3.11 and the `cryptography` package, 48 or later, no network, and nothing else of Homeward; read it
before you trust it.

It reads every entry, builds the Merkle tree (RFC 6962) anew and holds against it: the hash tiles
(c2sp.org/tlog-tiles), the signed checkpoint (c2sp.org/tlog-checkpoint), every older checkpoint,
and counts the witnesses' cosignatures (c2sp.org/tlog-cosignature) under the newest.
Then it reads the entries as events: canonical form, each of a type that is known, no gap, no repeat
and no step back in time in any service or any stream, disclosures that fit their digests. For every
paid payment it asks who acted, under which delegation and on which evidence, and whether amount,
delivery, vendor, account and plan bear it; for every erasure, who approved it and that each service
told of it. What it cannot know, or did not come to, it lists under "Not checked".

The exit code is 0 when all of that holds, 2 when the command is mistyped, else a number of `Kind`.
"""

import argparse
import base64
import csv
import gc
import io
import json
import lzma
import multiprocessing
import os
import re
import struct
import sys
import time
import zipfile
import zlib
from calendar import month_name
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import chain, pairwise, product
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, NoReturn, TypeVar

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

    MLDSA44PublicKey.from_public_bytes(bytes(1312))
except Exception:  # noqa: BLE001  there is none, or one that has no ML-DSA
    sys.stderr.write("This needs the Python package cryptography, 48 or later, for ML-DSA-44.\n")
    raise SystemExit(2) from None

WIDTH, HASH, LONGEST = 256, 32, 1 << 20
SHOWN = 20
"""How many failures are printed; all of them are in the JSON report."""
NEVER_CHECKED = (
    "that the people behind the names are real, and what was said on the phone at call-back",
    "that who acted had the role for it, where the act needs no delegation",
    "that nobody was shown another log: compare the root with others, or keep it (--kept)",
    "that what happened was recorded at all, and that the services' clocks were right",
    "what a document says: evidence, deliveries and invoices are here by digest and by figures",
    "that a rate is the one that its source published",
    "sums: entitlement, ceilings of items, budget lines, what one delegation was used for before",
    "entitlement, consent and programme behind a payment, and the file by which the bank was told",
    "of cash: that it was planned, and that it is within the item's ceiling and the entitlement",
    "of cash: what donors are told that it came to",
    "what a bank booked that is of no payment here",
    "how the vendor was chosen: quotations, their number, who collected them",
    "who counsels a case: it is who plan, commitment and payment name",
    "conflicts of interest that somebody declared, and whether the case went on",
    "the days that people wrote of deliveries and invoices: what counts is when they were recorded",
    "whether vendor or account were suspended between the request and the payment",
)

NOT_OF_AN_EXCERPT = (
    "that no entry was left out: nothing proves that an excerpt has all that it should have",
    "older checkpoints: an excerpt has no tree to hold them against",
    "the plans and cases behind the payments: an excerpt has their ids alone",
    "what vendors paid back, who had asked for that, and what the bank booked of it",
)

Event = dict[str, Any]
S = TypeVar("S")
T = TypeVar("T")


class Kind(IntEnum):
    """What can be wrong. The number is the exit code; the lowest that occurs counts."""

    FOLDER = 3  # a file is missing, cut off, does not belong, or is no schema that is known here
    SIGNATURE = 4  # a checkpoint is not signed by each key that you trust
    TREE = 5  # entries, hash tiles and the signed root do not fit each other
    HISTORY = 6  # an older checkpoint tells of another past, or cannot be held against an excerpt
    ENTRY = 7  # an entry is not an event in canonical form, or of no type that is known
    ORDER = 8  # a gap, a repeat or a step back in time (over a minute) in a service or a stream
    DISCLOSURE = 9  # a disclosed value is not the one whose digest was logged
    DUTIES = 10  # paid without somebody's act or authority, or one person did what two must
    UNKNOWN = 11  # the payment that was asked about is not in the log
    RULES = 12  # paid twice, or what was paid is not what was ordered, delivered and asked for
    WITNESS = 13  # fewer witnesses cosigned the newest checkpoint than your policy asks for
    ERASURE = 14  # a value is missing that no erasure in the log covers, or was erased and is told
    TABLES = 15  # a table tells otherwise than the entries that it was made from
    MANIFEST = 16  # a file is not the one that was packed, or one of every bundle is not listed
    UNPROVEN = 17  # no key of yours: whoever made the folder may have made the log with it


class Bad(Exception):
    """Something does not hold. The message says what."""


UNREADABLE = (
    *(ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError),
    *(EOFError, OSError, csv.Error, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
)
"""What comes of reading what is not as the services write it."""


@dataclass(frozen=True)
class Failure:
    kind: str
    where: str
    what: str

    @property
    def stops(self) -> bool:
        """Whether nothing more can be asked of the entries. A clock that was wrong changes none."""
        return Kind[self.kind.upper()] <= Kind.ORDER and BACK not in self.what


BACK = "goes back from"


@dataclass
class Report:
    """What was found, good and bad."""

    folder: str
    origin: str = ""
    size: int = 0
    root: str = ""
    excerpt: bool = False
    entries: int = 0
    until: str = ""
    witnesses: dict[str, str] = field(default_factory=dict)
    """Those of your policy who cosigned the newest checkpoint, and when."""
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    checkpoints: int = 0
    disclosed: int = 0
    withheld: int = 0
    erased: int = 0
    payments: int = 0
    failures: list[Failure] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """The types of events of which no rule reads what they tell."""
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
        except UNREADABLE as error:
            self.fail(kind, where, f"not told as it should be: {error!r}")

    @property
    def exit_code(self) -> int:
        return min((Kind[one.kind.upper()].value for one in self.failures), default=0)


# The folder


class Folder:
    """The files, from a folder or a zip, by their names with forward slashes."""

    def __init__(self, path: Path) -> None:
        if not (path.is_dir() or zipfile.is_zipfile(path)):
            raise Bad("neither a folder nor a zip")
        self.path = path
        self.reopen()
        if self._zip:
            names = [name for name in self._zip.namelist() if not name.endswith("/")]
        else:
            names = [p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()]
        self.names = set(names)
        if len(names) != len(self.names):
            raise Bad("the zip holds a name twice")
        self.listed: dict[str, tuple[str, int]] = {}
        """Digest and size of each file, by the manifest."""
        self.held: dict[str, bool] = {}
        """Each that was read: whether it is the one that was listed."""

    def reopen(self) -> None:
        """For a process of its own, which must not read through another's open file."""
        self._zip = None if self.path.is_dir() else unzipped(self.path)

    def close(self) -> None:
        if self._zip:
            self._zip.close()

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        if name not in self.names:
            raise Bad("missing")
        try:
            with self._zip.open(name) if self._zip else (self.path / name).open("rb") as file:
                yield file
        except UNREADABLE as e:
            raise Bad(f"cannot be read: {e}") from None

    def read(self, name: str) -> bytes:
        with self._opened(name) as file:
            data = file.read()
        if name in self.listed and name not in self.held:
            self.held[name] = self.listed[name] == (sha256(data).hexdigest(), len(data))
        return data

    def hold(self, name: str) -> None:
        """Against what was listed, piece by piece: `ocel.json` may be longer than all else."""
        with self._opened(name) as file:
            hashed = sha256()
            while piece := file.read(LONGEST):
                hashed.update(piece)
            self.held[name] = self.listed[name] == (hashed.hexdigest(), file.tell())

    def lines(self, name: str) -> Iterator[tuple[str, Any]]:
        """Where each line of a .jsonl stands, and its value; `Bad` if it is written otherwise."""
        text = self.read(name).decode(errors="replace")
        if not text.endswith("\n"):
            raise Bad("cut off")
        for number, line in enumerate(text[:-1].split("\n"), start=1):
            yield f"{name}:{number}", read_json(line)


def unzipped(path: Path) -> zipfile.ZipFile:
    """The zip, unless it would swell beyond reason. It is never unpacked, so that names that lead
    out of a folder lead nowhere; they do not belong and are told.
    """
    try:
        archive = zipfile.ZipFile(path)
    except UNREADABLE as e:
        raise Bad(f"a broken zip: {e}") from None
    packed, whole = path.stat().st_size, sum(info.file_size for info in archive.infolist())
    if whole > max(SWELLS * packed, SMALL):
        raise Bad(f"a zip of {packed} bytes that would swell to {whole}")
    return archive


SWELLS, SMALL = 100, 1 << 26
"""A bundle is packed about ten times smaller than it is; what is small may swell as it likes."""


def read_json(line: str) -> Any:
    """JSON without floats, if it stands there in the one canonical form (RFC 8785)."""
    try:
        value, _ = READ.raw_decode(line)
        canonical = WRITE.encode(value)
    except (ValueError, RecursionError):
        raise Bad("not JSON as it is written here") from None
    if canonical != line:
        raise Bad("not in canonical form")
    return value


def check_json(line: str) -> None:
    """The same, and what it says is left unread: between plain quotes stands what may, so only the
    rest is looked at, and the keys. Of those that have the same of both, the first is read.
    """
    pieces = line.split('"')
    if len(pieces) % 2 == 0 or "\\" in line or not line.isprintable():
        read_json(line)
        return
    rest = '"'.join(pieces[::2])
    shape = rest, keys_in(rest)(pieces)
    if shape not in CANONICAL:
        read_json(line)
        if len(CANONICAL) == MANY:
            CANONICAL.clear()
        CANONICAL.add(shape)


CANONICAL: set[tuple[str, Any]] = set()
"""What stands outside of quotes, and the keys, wherever that was found in canonical form."""
MANY = 1 << 14


@lru_cache(maxsize=MANY)
def keys_in(rest: str) -> Callable[[Sequence[str]], Any]:
    """What takes the keys out of the pieces between quotes: a colon follows each."""
    after = rest.split('"')[1:]
    keys = [2 * at + 1 for at, following in enumerate(after) if following.startswith(":")]
    return itemgetter(*keys) if keys else tuple


def _no_float(text: str) -> NoReturn:
    raise ValueError(text)


READ = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
WRITE = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


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
    entries, at, last = [], 0, len(bundle) - 1
    while at < last:
        begins = at + 2
        at = begins + (bundle[at] << 8) + bundle[at + 1]
        entries.append(bundle[begins:at])
    if at != last + 1:
        raise Bad("cut off within an entry")
    if len(entries) != width:
        raise Bad(f"{len(entries)} entries where {width} belong")
    return entries


# Keys and checkpoints: c2sp.org/signed-note, c2sp.org/tlog-checkpoint


ED25519, COSIGNED, MLDSA44 = 0x01, 0x04, 0x06
"""Kinds of keys: a log signs with the first and the last, a witness with the last two."""
KEY_BYTES = {ED25519: HASH, COSIGNED: HASH, MLDSA44: 1312}


@dataclass(frozen=True)
class Key:
    """The public half of a key, and whose it is: a log's or a witness's."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        named = self.name.encode(errors="surrogateescape") + b"\n" + bytes([self.kind])
        return sha256(named + self.public).digest()[:4]


def read_key(text: str, *kinds: int) -> Key:
    """A verifier key, name+id+key, of one of these kinds."""
    name, _, rest = text.partition("+")
    number, _, encoded = rest.partition("+")
    public = unbase64(encoded)
    key = Key(name, public[0] if public else 0, public[1:])
    fits = key.kind in kinds and len(key.public) == KEY_BYTES[key.kind]
    if not name or not fits or number != key.id.hex():
        raise Bad("not a verifier key (name+id+key) of this kind of signer")
    return key


def read_keys(text: str) -> list[Key]:
    """The log's verifier keys, one a line: Ed25519, ML-DSA-44 or both."""
    keys = [read_key(line, ED25519, MLDSA44) for line in text.strip().split("\n")]
    if len({key.name for key in keys}) != 1:
        raise Bad("keys of more than one log")
    return keys


def unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad("not base 64") from None
    if base64.b64encode(data).decode() != text:
        raise Bad("not base 64 as it is written")
    return data


@dataclass
class Checkpoint:
    """What a log said when it had that size, and who signed it."""

    size: int
    root: bytes
    text: str
    signed: dict[Key, int] = field(default_factory=dict)
    """By whose key, and when, in seconds since 1970; a log's Ed25519 key does not say when."""
    others: int = 0
    """Signatures by keys that nobody told us of. They are not looked at."""


def read_note(note: str) -> tuple[str, str]:
    """What a signed note says, and the lines with its signatures."""
    text, empty_line, signatures = note.rpartition("\n\n")
    if not empty_line or not signatures.endswith("\n"):
        raise Bad("not a signed note")
    return text, signatures


def read_checkpoint(note: str, log: Sequence[Key], witnesses: Sequence[Key] = ()) -> Checkpoint:
    """The checkpoint, if each signature by a key that we know fits, and one is the log's."""
    text, signatures = read_note(note)
    said = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,17})\n([^\n]+)", text)
    if said is None or said[1] != log[0].name or len(unbase64(said[3])) != HASH:
        raise Bad("not a checkpoint of this log")
    checkpoint = Checkpoint(int(said[2]), unbase64(said[3]), f"{text}\n")
    keys = {(key.name, key.id): key for key in (*log, *witnesses)}
    for line in signatures[:-1].split("\n"):
        match = re.fullmatch(r"— (\S+) (\S+)", line)
        if match is None:
            raise Bad("a line that is no signature")
        signature = unbase64(match[2])
        key = keys.get((match[1], signature[:4]))
        if key is None and match[1] == log[0].name:
            raise Bad("a signature in the log's name by a key that you do not trust")
        if key is None:
            checkpoint.others += 1
            continue
        try:
            checkpoint.signed[key] = check_signature(key, signature[4:], checkpoint, log[0].name)
        except (InvalidSignature, ValueError):
            raise Bad(f"the signature of {key.name} does not fit the text") from None
    if not checkpoint.signed.keys() & {*log}:
        raise Bad(f"not signed by {log[0].name} with a key that you trust")
    return checkpoint


def check_signature(key: Key, signature: bytes, told: Checkpoint, origin: str) -> int:
    """`InvalidSignature` unless the key signed the checkpoint; when that was, if it says so."""
    if key.kind == ED25519:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, told.text.encode())
        return 0
    at = int.from_bytes(signature[:8])  # what follows is c2sp.org/tlog-cosignature
    if at >> 63:
        raise ValueError("a time that cannot be")
    if key.kind == COSIGNED:
        signed = f"cosignature/v1\ntime {at}\n{told.text}".encode()
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature[8:], signed)
        return at
    names = [name.encode(errors="surrogateescape") for name in (key.name, origin)]
    cosigner, log = (bytes([len(name)]) + name for name in names)
    tree = (0).to_bytes(8) + told.size.to_bytes(8) + told.root
    signed = b"subtree/v1\n\0" + cosigner + signature[:8] + log + tree
    MLDSA44PublicKey.from_public_bytes(key.public).verify(signature[8:], signed)
    return at


# Who has to have cosigned: c2sp.org/tlog-policy


@dataclass
class Policy:
    """The logs, the witnesses, and how many of these it takes."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = ""

    def met(self, cosigners: Collection[Key], name: str | None = None) -> bool:
        """Whether these are enough; for the whole, or for one group of it."""
        name = name or self.quorum
        if name in self.groups:
            needed, members = self.groups[name]
            return sum(self.met(cosigners, member) for member in members) >= needed
        return name == "none" or self.witnesses[name] in cosigners

    def take(self, words: Sequence[str]) -> None:
        """One line of the file."""
        taken = {"none", *self.witnesses, *self.groups}
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self.logs.append(read_key(vkey, ED25519, MLDSA44))
            case ["witness", name, vkey, *url] if len(url) <= 1 and name not in taken:
                self.witnesses[name] = read_key(vkey, COSIGNED, MLDSA44)
            case ["group", name, count, *members] if name not in taken:
                in_one = [*members, *(each for _, named in self.groups.values() for each in named)]
                known = taken - {"none"}
                told = {"any": "1", "all": str(len(members))}.get(count, count)
                if not known >= {*members} or len({*in_one}) != len(in_one):
                    raise Bad("a member that is unknown, or is in a group already")
                if not re.fullmatch(r"[1-9][0-9]{0,3}", told) or int(told) > len(members):
                    raise Bad(f"{count} of {len(members)}")
                self.groups[name] = int(told), members
            case ["quorum", name] if name in taken and not self.quorum:
                self.quorum = name
            case _:
                raise Bad("a line that does not belong there")


def read_policy(data: bytes) -> Policy:
    """`Bad` says which line of it is none."""
    policy = Policy()
    if re.search(rb"[^\t\n\x20-\x7e\x80-\xff]", data) or not data.endswith(b"\n"):
        raise Bad("not a policy: a control character, or a last line that is not ended")
    for number, line in enumerate(data.decode(errors="surrogateescape").split("\n"), start=1):
        words = re.split("[ \t]+", line.strip(" \t"))
        if words[0] and not words[0].startswith("#"):
            try:
                policy.take(words)
            except Bad as bad:
                raise Bad(f"line {number}: {bad}") from None
    for keys in (policy.logs, [*policy.witnesses.values()]):
        if len({key.public for key in keys}) != len(keys):
            raise Bad("the same key twice")
    if not policy.quorum:
        raise Bad("there is no quorum line")
    return policy


# The tree


def over(hashes: bytes) -> bytes:
    """The Merkle tree hash (RFC 6962, 2.1) over hashes of 32 bytes: one of them, or more."""
    while len(hashes) > HASH:
        alone = hashes[len(hashes) // (2 * HASH) * 2 * HASH :]  # an odd one out goes up as it is
        pairs = range(0, len(hashes) - HASH, 2 * HASH)
        up = [sha256(b"\x01" + hashes[at : at + 2 * HASH]).digest() for at in pairs]
        hashes = b"".join(up) + alone
    return hashes


class Tree:
    """RFC 6962 over leaf hashes, bundle by bundle. Every eighth level is what the tiles hold."""

    def __init__(self) -> None:
        self.levels: defaultdict[int, bytearray] = defaultdict(bytearray)
        self._peaks: list[tuple[int, bytes]] = []

    @property
    def size(self) -> int:
        return len(self.levels[0]) // HASH

    def add(self, leaves: bytes, root: bytes) -> None:
        """The leaves of the next bundle, and what they come to. Only the last may be partial."""
        self.levels[0] += leaves
        if len(leaves) < WIDTH * HASH:
            return
        height, node = 8, root
        self.levels[1] += node
        while self._peaks and self._peaks[-1][0] == height:
            node = sha256(b"\x01" + self._peaks.pop()[1] + node).digest()
            height += 1
            if height % 8 == 0:
                self.levels[height // 8] += node
        self._peaks.append((height, node))

    def root(self, more: bytes = b"") -> bytes:
        """Over all full bundles, and these leaves of the one that follows."""
        nodes = [node for _, node in self._peaks] + ([over(more)] if more else [])
        if not nodes:
            return sha256(b"").digest()
        node = nodes.pop()
        while nodes:
            node = sha256(b"\x01" + nodes.pop() + node).digest()
        return node


def root_by(path: Sequence[str], leaf: bytes, index: int, size: int) -> bytes:
    """The root that the leaf's path leads to (RFC 9162, 2.1.3.2)."""
    at, last, node = index, size - 1, leaf
    for step in map(unbase64, path):
        if not last or len(step) != HASH:
            raise Bad("the path has a hash too many, or one that is none")
        if at & 1 or at == last:
            node = sha256(b"\x01" + step + node).digest()
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + step).digest()
        at, last = at >> 1, last >> 1
    if last:
        raise Bad("the path ends before the root")
    return node


# The entries


PLAIN = r'[^"\\\x00-\x1f]+'
MOMENT = (
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
)
LONG = len("2026-11-21T12:00:07.000000Z")
NUMBER = r"[1-9][0-9]{0,17}"
ATTRIBUTES = {
    "actorauthentication": PLAIN,
    "actordelegation?": PLAIN,
    "actorid": PLAIN,
    "actoroffice?": PLAIN,
    "actororganisation": PLAIN,
    "actorrole": PLAIN,
    "causationid?": PLAIN,
    "correlationid": PLAIN,
    "data!": r"\{.*\}",
    "datacontenttype": "application/json",
    "id!": PLAIN,
    "position!": NUMBER,
    "recordedtime!": MOMENT,
    "sequence!": NUMBER,
    "source!": PLAIN,
    "specversion": r"1\.0",
    "subject!": PLAIN,
    "tenant": PLAIN,
    "time": MOMENT,
    "traceparent?": PLAIN,
    "type!": PLAIN,
}
"""What an entry consists of, in this order: a CloudEvents 1.0 event in canonical JSON. Those with a
question mark may be absent; what has an exclamation mark is asked for. After `data` only
plain strings follow, so it ends in one place only.
"""


def _attribute(name: str, value: str) -> str:
    key = name.rstrip("?!")
    quote = "" if key == "data" else '"'
    text = f'"{key}":{quote}{f"({value})" if name.endswith("!") else value}{quote},'
    return f"(?:{text})?" if name.endswith("?") else text


ENTRY = re.compile(
    "{" + "".join(_attribute(*each) for each in ATTRIBUTES.items()).removesuffix(",") + "}",
    re.DOTALL,
)


def read_entry(entry: bytes) -> tuple[str, ...]:
    """What is asked for of an entry, if it is written in the one way there is."""
    try:
        told = ENTRY.fullmatch(entry.decode())
    except UnicodeDecodeError:
        raise Bad("not UTF-8") from None
    if told is None:
        raise Bad("not an event as it is written here")
    asked = told.groups()
    check_json(asked[0])
    return asked


@lru_cache(maxsize=4096)
def emitted(kind: str, source: str) -> tuple[str, str]:
    """`disbursement.vendor_paid.v1` is disbursement's, and tells of vendor_paid."""
    service, _, name = kind.rpartition(".")[0].partition(".")
    if service != source.rpartition("/")[2]:
        raise Bad(f"{source} emits no {kind}")
    return service, name


def type_of(entry: bytes) -> str:
    """The type of an event without reading all of it: it stands last."""
    return entry[entry.rindex(b':"') + 2 : -2].decode()


@lru_cache(maxsize=4096)
def short(kind: str) -> str:
    """`disbursement.vendor_paid.v1` is vendor_paid."""
    return kind.partition(".")[2].partition(".")[0]


def name_of(event: Event) -> str:
    return short(event["type"])


@dataclass(slots=True)
class Run:
    """The entries that a part has of a stream; of a service they are only counted."""

    first: int
    begins: int
    since: str
    ends: int = 0
    until: str = ""
    last: int = -1
    count: int = 0
    entries: list[int] = field(default_factory=list)

    def __reduce__(self) -> tuple[type["Run"], tuple[Any, ...]]:
        """How it goes from one process to another: there are very many."""
        numbers = self.ends, self.until, self.last, self.count
        return Run, (self.first, self.begins, self.since, *numbers, self.entries)


@dataclass
class Part:
    """A run of bundles, each entry read once: all that can be told of them without the others."""

    report: Report
    whole: bool = True
    """Whether it has every entry that there is between its first and its last."""
    read: int = 0
    held: dict[str, bool] = field(default_factory=dict)
    leaves: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Of each bundle the leaf hashes, and the hash over them."""
    runs: dict[tuple[str, str], Run] = field(default_factory=dict)
    """By service and stream; by service and "", the service's own."""
    types: dict[str, int] = field(default_factory=dict)
    """Where each type of event is told first."""
    ids: list[str] = field(default_factory=list)
    sealed: list[int] = field(default_factory=list)
    """Those that have digests of personal values."""
    said_paid: dict[str, int] = field(default_factory=dict)
    """Each payment of which something is told that only follows from its being paid, and where."""
    chosen: dict[str, str] = field(default_factory=dict)
    """Each item for which a vendor was chosen, and the stream that tells of it."""
    booked: list[tuple[Any, Sequence[str]]] = field(default_factory=list)
    """What a bank's statements tell: an amount, and of which payments."""
    found: list[tuple[str, str, str]] = field(default_factory=list)
    """The gravest findings: the payment, since when that is known, and the stream."""
    kept: list[tuple[int, str, str, Any]] = field(default_factory=list)
    """Those that are asked for by what they tell: index, service, name, and of what."""

    def take(self, index: int, entry: bytes) -> None:
        """Read the entry, and hold it against what came before it in this part."""
        text, unique, position, recorded, sequence, source, stream, kind = read_entry(entry)
        service, name = emitted(kind, source)
        self.types.setdefault(kind, index)
        self.ids.append(unique)
        self.goes_on(service, "", index, int(position), recorded).count += 1
        run = self.goes_on(service, stream, index, int(sequence), recorded)
        if name not in UNASKED:
            run.entries.append(index)
        of_money = name in OF_MONEY and service == "disbursement"
        if of_money or name in OF_AN_ERASURE or '"_sd":' in text:
            data: dict[str, Any] = READ.decode(text)
            digests = data.get("_sd", [])
            if not isinstance(digests, list) or not all(isinstance(one, str) for one in digests):
                raise Bad("digests that are none")
            self.report.withheld += len(digests)
            self.sealed += [index] * ("_sd" in data)
            if of_money:
                about = (stream, *map(data.get, ABOUT_MONEY))
                self.kept.append((index, service, name, about))
            elif name in OF_AN_ERASURE:
                self.kept.append((index, service, name, str(data.get("erasure"))))
        elif name in OF_ONE_PAID:
            self.said_paid.setdefault(text.partition('"payment":"')[2].partition('"')[0], index)
        elif name == BOOKED and service == "disbursement":
            for each in READ.decode(text)["movements"]:
                self.booked.append((each["amount"], each.get("payments", ())))
        elif name == FOUND and '"severity":"high"' in text:
            payment = text.partition('"payment":"')[2].partition('"')[0]
            self.found.append((payment, recorded, stream))
        elif name == CHOSEN and service == "vendors":
            self.chosen[text.partition('"item":"')[2].partition('"')[0]] = stream

    def goes_on(self, service: str, stream: str, index: int, stands: int, recorded: str) -> Run:
        """The next of its stream; without a stream, of its service."""
        run = self.runs.get((service, stream))
        if run is None:
            run = self.runs[service, stream] = Run(index, stands, recorded)
        elif stands != run.ends + 1 or recorded < run.until:
            before = run.ends if stream or self.whole else max(run.ends, stands - 1)
            follow((service, stream), index, (before, stands), (run.until, recorded), self.report)
            recorded = max(run.until, recorded)
        run.ends, run.until, run.last = stands, recorded, index
        return run


RATES = {"exchange_rate_published", "exchange_rate_corrected"}
PROPOSED = {"exchange_rate_proposed", "rate_correction_proposed"}
FUNDS = {"grant_opened", "budget_line_established"}
CASH = {"cash_approved", "cash_handed_over", "cash_hand_over_confirmed"}
BACK_AGAIN = {"payment_returned", "payment_return_booked", "recovery_received"}
OF_MONEY = {"vendor_paid", "bank_answer_confirmed", "refund_paid", "recovery_written_off"}
OF_MONEY |= {*BACK_AGAIN, *RATES, *FUNDS, *CASH}
ABOUT_MONEY = ("payment", "invoice", "rate", "commitment", "amount", "grant", "account")
UNASKED = {"payment_instructed", "vendor_searched"}
"""There are very many, and no rule asks for them."""
OF_ONE_PAID = {"payment_reconciled", "payment_converted", "payment_charged", "invoice_settled"}
"""What is told of a payment that was paid."""
CHOSEN, BOOKED, FOUND = "vendor_selected", "bank_movements_told", "finding_raised"
OF_AN_ERASURE = {
    *("erasure_requested", "erasure_approved", "erasure_refused"),
    *("subject_erased", "erasure_completed"),
}
APART = timedelta(minutes=1)
"""A service's processes record side by side, each by its clock: so far one may be behind another,
also in a stream, where the numbers say what came first.
"""
CLOSE = Decimal("1e-11")
"""How far a rate by a third currency may be rounded."""
Two = tuple[str, str]


def follow(run: Two, index: int, numbers: tuple[int, int], times: Two, report: Report) -> None:
    """One entry after the other of the same stream or service: the next number, no earlier."""
    whose, (since, now) = run[1] or run[0], times
    if numbers[1] != numbers[0] + 1:
        told = f"{whose} has {numbers[1]} where {numbers[0] + 1} follows"
        report.fail(Kind.ORDER, f"entry {index}", told)
    if long_before(now, since):
        report.fail(Kind.ORDER, f"entry {index}", f"{whose} {BACK} {since} to {now}")


def long_before(one: str, other: str) -> bool:
    """By more than the clocks of a service's processes may differ."""
    return one < other and datetime.fromisoformat(other) - datetime.fromisoformat(one) > APART


def came_first(one: tuple[int, Event], other: tuple[int, Event]) -> bool:
    """By the log alone, if one service told of both. Two services are logged side by side: of what
    is close by their clocks, the log must say the same.
    """
    services = {event["type"].partition(".")[0] for _, event in (one, other)}
    since, now = one[1]["recordedtime"], other[1]["recordedtime"]
    close = len(services) == 1 or (since < now and not long_before(since, now))
    return one[0] < other[0] if close else since < now


class Log:
    """The entries, read once from first to last, and where to find them again."""

    whole = True

    def __init__(self, folder: Folder, size: int, report: Report) -> None:
        self.folder, self.size, self.report = folder, size, report
        self.processes = processes(size)
        self.tree = Tree()
        self.paid: list[int] = []
        self.sealed: list[int] = []
        self.money: list[tuple[int, str, tuple[Any, ...]]] = []
        """What went out and came back: entry, what happened, its stream and `ABOUT_MONEY`."""
        self.said_paid: dict[str, int] = {}
        self.chosen: dict[str, str] = {}
        self.booked: defaultdict[str, list[Any]] = defaultdict(list)
        """Of each payment the amounts that a bank booked for it alone."""
        self.found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        """Of each payment since when a rule had found something grave, and where that is told."""
        self.spent: dict[int, tuple[Decimal, tuple[str, ...]]] = {}
        """Of each payment all that its commitment had then cost, and on which invoices."""
        self.accounts: dict[str, int] = {}
        """Where an account was paid to first."""
        self.funds: dict[Any, tuple[int, Any]] = {}
        """Where a grant was opened, or a budget line, and of which grant that is."""
        self.cash: dict[str, int] = {}
        """Where it was approved or handed over last."""
        self.types: dict[str, int] = {}
        self.rates: defaultdict[str, list[tuple[int, str, Any]]] = defaultdict(list)
        """By who published them, and for what: entry, stream and rate."""
        self.opened: defaultdict[int, dict[str, Any]] = defaultdict(dict)
        self.erasures: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self._runs: dict[tuple[str, str], Run] = {}
        self.ids: list[str] = []
        self.bundle = lru_cache(maxsize=256)(self._bundle)
        self.event = lru_cache(maxsize=4096)(self._event)
        self.events = lru_cache(maxsize=4096)(self._events)
        self.rate_until = lru_cache(maxsize=4096)(self._rate_until)

    def _bundle(self, number: int) -> list[bytes]:
        width = min(WIDTH, self.size - number * WIDTH)
        return unpack(self.folder.read(tile_name("entries", number, width)), width)

    def entry(self, index: int) -> bytes:
        return self.bundle(index // WIDTH)[index % WIDTH]

    def _event(self, index: int) -> Event:
        """One that was read before and found to be an event."""
        event: Event = READ.raw_decode(self.entry(index).decode())[0]
        return event

    def _events(self, service: str, stream: str) -> list[tuple[int, Event]]:
        """Every event of the service's stream that is asked for, with the number of its entry."""
        run = self._runs.get((service, stream))
        return [(at, self.act(at)) for at in run.entries] if run else []

    def _rate_until(self, index: int, stream: str) -> int:
        """The entry up to which the rate that is told there stands; that one itself, where it was
        neither read from its source's file nor agreed on by two people.
        """
        told, who = self.events("disbursement", stream), self.act(index)["actorid"]
        asked = {e["actorid"] for at, e in told if at < index and name_of(e) in PROPOSED}
        ends = (at for at, e in told if at > index and name_of(e) == "exchange_rate_withdrawn")
        return min(ends, default=self.size) if who == SYSTEM or asked - {who} else index

    def choosing(self, item: str) -> str:
        """The stream that tells how the vendor of the item was chosen."""
        return self.chosen.get(item, "")

    def act(self, index: int) -> Event:
        """What the rules ask of one that was read before, sooner than all of it is read."""
        text = self.entry(index).decode()
        data, end = READ.raw_decode(text, text.index(',"data":') + 8)
        actor = text.index('"actorid":"') + 11
        recorded = text.index('"recordedtime":"', end) + 16
        time = text.index('"time":"', recorded) + 8
        return {
            "actorid": text[actor : text.index('"', actor)],
            "data": data,
            "recordedtime": text[recorded : recorded + LONG],
            "time": text[time : time + LONG],
            "type": text[text.rindex('"', 0, -2) + 1 : -2],
        }

    def raw(self, number: int) -> Iterable[tuple[int, bytes]]:
        """Each entry of that bundle, with its own number."""
        return enumerate(self._bundle(number), start=number * WIDTH)

    def has(self, index: int) -> bool:
        return 0 <= index < self.size

    def last(self, service: str) -> int:
        """The last entry of the service; -1 when it has none."""
        run = self._runs.get((service, ""))
        return run.last if run else -1

    def side_by_side(self, work: Callable[[Sequence[S]], T], of: Sequence[S]) -> list[T]:
        """What the work comes to for each piece of these. Who is done with one takes the next."""
        count = min(self.processes, len(of))
        if count <= 1:
            return [work(of)]
        each = -(-len(of) // (PIECES * count))
        pieces = [of[at : at + each] for at in range(0, len(of), each)]

        def begin() -> None:
            self.folder.reopen()
            TO_DO.extend((work, piece) for piece in pieces)

        with ProcessPoolExecutor(count, multiprocessing.get_context("fork"), begin) as pool:
            try:
                return [*pool.map(_do, range(len(pieces)))]
            except BrokenExecutor:
                raise Bad("a process that read a part of it ended without an answer") from None

    def read(self, roots: dict[int, bytes]) -> None:
        """Every entry, in order; at each size that was ever signed, the root."""
        parts = self.side_by_side(self.part, [*tiles(self.size)])
        sizes = sorted(roots)
        whole = True
        for part in parts:
            self._join(part)
            for leaves, root in part.leaves if whole else ():
                whole = bool(leaves)
                before, after = self.tree.size, self.tree.size + len(leaves) // HASH
                while whole and sizes and sizes[0] <= after:
                    size = sizes.pop(0)
                    if self.tree.root(leaves[: (size - before) * HASH]) != roots[size]:
                        self._other_root(size, roots[size], leaves)
                if whole:
                    self.tree.add(leaves, root)
        if not self.size and roots.get(0, b"") != self.tree.root():
            self._other_root(0, roots[0], b"")

    def part(self, bundles: Sequence[tuple[int, int]]) -> Part:
        """What these bundles hold; with the first go the files that nothing else asks for."""
        part = Part(Report(self.report.folder))
        if bundles and bundles[0][0] == 0:
            for name in filter(BY_THE_MANIFEST.fullmatch, self.folder.listed):
                with suppress(Bad):  # whatever is not held yet is told by `check_manifest`
                    self.folder.hold(name)
        for number, width in bundles:
            hashes = root = b""
            with part.report.holding(Kind.FOLDER, tile_name("entries", number, width)):
                entries = self._bundle(number)
                for index, entry in enumerate(entries, start=number * WIDTH):
                    try:
                        part.take(index, entry)
                    except Bad as bad:
                        part.report.fail(Kind.ENTRY, f"entry {index}", str(bad))
                hashes = b"".join([sha256(b"\x00" + entry).digest() for entry in entries])
                root = over(hashes)
                part.read += len(entries)
            part.leaves.append((hashes, root))
        part.held = self.folder.held
        return part

    def _join(self, part: Part) -> None:
        """What the part has, held against and added to all that comes before it."""
        self.report.failures += part.report.failures
        self.report.withheld += part.report.withheld
        self.folder.held |= part.held
        self.report.entries += part.read
        self.sealed += part.sealed
        self.types = part.types | self.types
        self.said_paid = part.said_paid | self.said_paid
        self.chosen |= part.chosen
        for amount, payments in part.booked:
            for payment in payments if len(payments) == 1 else ():
                self.booked[payment].append(amount)
        for payment, since, stream in part.found:
            self.found[payment].append((since, stream))
        self.ids += part.ids
        for (service, stream), run in part.runs.items():
            known = self._runs.setdefault((service, stream), run)
            numbers = known.ends if known is not run else 0, run.begins
            if not (stream or part.whole):
                numbers = run.begins - 1, run.begins
            since = known.until if known is not run else ""
            follow((service, stream), run.first, numbers, (since, run.since), self.report)
            if known is not run:
                known.ends, known.until, known.last = run.ends, max(since, run.until), run.last
                known.entries += run.entries
            source = self.report.sources.setdefault(service, {"entries": 0, "streams": 0})
            if not stream:
                source["entries"] += run.count
                self.report.until = max(self.report.until, known.until)
            elif known is run:
                source["streams"] += 1
        for index, service, name, of in part.kept:
            match name:
                case _ if name in RATES:
                    self.rates[_told_by(of[3])].append((index, of[0], of[3]))
                case _ if name in FUNDS:
                    self.funds.setdefault(of[0], (index, of[6]))
                case _ if name in CASH:
                    self.cash[of[0]] = index
                case _ if name in OF_MONEY:
                    self.paid += [index] * (name == "vendor_paid")
                    self.money.append((index, name, of))
                case _:
                    self.erasures[of].append((f"{service}.{name}", index))

    def _other_root(self, size: int, root: bytes, leaves: bytes) -> None:
        kind = Kind.TREE if size == self.size else Kind.HISTORY
        for altered in self._altered(size, root, leaves):
            told = "was altered: the signed tree has another hash of it"
            self.report.fail(kind, f"entry {altered}", told)
        self.report.fail(kind, f"checkpoint of {size}", "signs another root")

    def _altered(self, size: int, root: bytes, leaves: bytes) -> list[int]:
        """The entries that differ from the folder's leaf hashes, if these lead to the root."""
        published = Tree()
        hashes = b""
        try:
            for number, width in tiles(size):
                published.add(hashes, over(hashes)) if hashes else None
                hashes = self.folder.read(tile_name(0, number, width))
        except Bad:
            return []
        if published.root(hashes) != root:
            return []
        ours, theirs = self.tree.levels[0] + leaves, published.levels[0] + hashes
        return [
            at // HASH
            for at in range(0, size * HASH, HASH)
            if ours[at : at + HASH] != theirs[at : at + HASH]
        ]


class Excerpt(Log):
    """Some entries of a log, each with its path to the root, and the others not."""

    whole = False

    def read(self, roots: dict[int, bytes]) -> None:
        """Every entry that there is, in order, each held against the newest root."""
        part = Part(Report(self.report.folder), whole=False)
        self._texts: dict[int, bytes] = {}
        self.left_out: Counter[str] = Counter()
        last = -1
        for where, told in self.folder.lines(ENTRIES):
            with self.report.holding(Kind.TREE, where):
                match told:
                    case {"entry": str(text), "index": int(index), "path": [*path]}:
                        entry: bytes | None = text.encode(errors="replace")
                        leaf = sha256(b"\x00" + (entry or b"")).digest()
                    case {"leaf": str(text), "index": int(index), "path": [*path]}:
                        entry, leaf = None, unbase64(text)
                    case _:
                        raise Bad("not an entry with its index and its path")
                if not last < index < self.size:
                    raise Bad(f"entry {index} where a later one follows")
                if root_by(path, leaf, index, self.size) != roots[self.size]:
                    raise Bad(f"entry {index} was altered: its path leads to another root")
                last = index
                with self.report.holding(Kind.ENTRY, f"entry {index}"):
                    if entry is None:
                        self.leave_out(part, index, told)
                        continue
                    self._texts[index] = entry
                    part.take(index, entry)
        part.read = len(self._texts)
        self.processes = processes(part.read)
        self._join(part)
        for stream, count in self.left_out.items():
            told = f"{stream}: left out, of others or a name, told by the place alone: {count}"
            self.report.not_checked.append(told)

    def leave_out(self, part: Part, index: int, told: dict[str, Any]) -> None:
        """It tells of others, or a name: that it is the next of its stream is only said."""
        service, stream, stands = str(told["service"]), str(told["stream"]), int(told["sequence"])
        known = part.runs.get((service, stream))
        part.goes_on(service, stream, index, stands, known.until if known else "")
        self.left_out[f"{service} {stream}"] += 1

    def entry(self, index: int) -> bytes:
        return self._texts[index]

    def raw(self, number: int) -> Iterable[tuple[int, bytes]]:
        bundle = range(number * WIDTH, (number + 1) * WIDTH)
        return [(index, self._texts[index]) for index in bundle if index in self._texts]

    def has(self, index: int) -> bool:
        return index in self._texts


ENTRIES = "entries.jsonl"

ALONE = 20_000
"""So many entries are read sooner than another process begins."""
PIECES = 6
"""So many each process does; one that is slower does fewer."""
TO_DO: list[tuple[Callable[[Any], Any], Any]] = []
"""What a process was forked for: the work, and each piece."""


def _do(number: int) -> Any:
    work, piece = TO_DO[number]
    return work(piece)


def processes(entries: int) -> int:
    """How many side by side: as many as there are cores, where a process can be forked."""
    if entries < ALONE or "fork" not in multiprocessing.get_all_start_methods():
        return 1
    return max(1, min(os.cpu_count() or 1, entries // ALONE))


# What is checked


def read_manifest(folder: Folder, report: Report) -> None:
    """What the bundle says that it is; each file's digest and size go to `folder.listed`.

    The manifest is by nobody: it tells what went wrong on the way, not who wants to deceive. What
    rests on it alone is listed under "Not checked".
    """
    with report.holding(Kind.MANIFEST, MANIFEST):
        *told, (_, last) = folder.lines(MANIFEST)
        whole = folder.read(MANIFEST).rstrip(b"\n").rpartition(b"\n")[0] + b"\n"
        match last:
            case {"manifest": str(digest)} if digest == sha256(whole).hexdigest() and told:
                about = told.pop(0)[1]
            case _:
                raise Bad("was changed: its last line is not the digest of those before")
        if about.get("bundle") != BUNDLE:
            raise Bad("not the manifest of a bundle that this verifier knows")
        for where, line in told:
            match line:
                case {"name": str(name), "sha256": str(digest), "size": int(size)}:
                    folder.listed[name] = digest, size
                case _:
                    raise Bad(f"{where} is not of a file")
        if report.root and (about.get("size"), about.get("root")) != (report.size, report.root):
            raise Bad("of another checkpoint")
        if not folder.listed:
            raise Bad("lists no file")


MANIFEST, BUNDLE = "manifest.jsonl", "homeward/1"
OF_EVERY_BUNDLE = {
    *("checkpoint", "vkey", "verify.py", "verify_export.py", "ocel.json"),
    *("tables/dictionary.json", "tables/control-totals.csv"),
}
"""And the tables, and the schema of each service that tells anything."""
BY_THE_READER = {"manifest.jsonl", "disclosures.jsonl"}
"""Not in the manifest: it lists what was packed, and who may know of values adds these later."""
BY_THE_MANIFEST = re.compile(r"policy|verify(_export)?\.py|ocel\.json")


def check_manifest(folder: Folder, report: Report) -> None:
    """Each packed file is there as it was, no other, and what every bundle has is listed."""
    due = OF_EVERY_BUNDLE | {f"schemas/{service}.json" for service in report.sources}
    by_it = "the manifest alone" if MANIFEST in folder.names else "nothing"
    if rest := ", ".join(sorted(filter(BY_THE_MANIFEST.fullmatch, folder.names))):
        report.not_checked.append(f"{rest}: held against {by_it}")
    if MANIFEST not in folder.names:
        missing = ", ".join(sorted(due - folder.names)) or "nothing"
        told = f"whether all files came along: no manifest; missing of a bundle is {missing}"
        report.not_checked.append(told)
    if not folder.listed:
        return
    for name in sorted(due - folder.listed.keys()):
        report.fail(Kind.MANIFEST, name, "not listed, and every bundle has it")
    for name in sorted(folder.names - folder.listed.keys() - BY_THE_READER):
        report.fail(Kind.MANIFEST, name, "not in the manifest")
    for name in sorted(folder.listed):
        with report.holding(Kind.FOLDER, name):
            if name not in folder.held:
                folder.hold(name)
            if not folder.held[name]:
                report.fail(Kind.MANIFEST, name, "not the file that was packed")


def check_checkpoints(
    folder: Folder, log: Sequence[Key], policy: Policy | None, report: Report
) -> dict[int, bytes]:
    """Each root that the log has signed, as far as we know, by size; the newest comes last.

    A log may get one more key, and then signs with it for ever: none before it has its signature,
    and the newest has all.
    """
    roots: dict[int, bytes] = {}
    signing: set[Key] = set()
    others = 0
    witnesses = [*policy.witnesses.values()] if policy else []
    if "checkpoints.jsonl" not in folder.names:
        report.not_checked.append("older checkpoints: the folder has none")
    else:
        with report.holding(Kind.FOLDER, "checkpoints.jsonl"):
            for where, note in folder.lines("checkpoints.jsonl"):
                with report.holding(Kind.SIGNATURE, where):
                    told = read_checkpoint(str(note), log, witnesses)
                    if told.size <= max(roots, default=-1):
                        report.fail(Kind.HISTORY, where, f"size {told.size} after {max(roots)}")
                    roots[told.size] = told.root
                    others += told.others
                    if signing - told.signed.keys():
                        raise Bad("not signed with each key that signed one before it")
                    signing |= told.signed.keys() & {*log}
    with report.holding(Kind.SIGNATURE, "checkpoint"):
        note = folder.read("checkpoint").decode(errors="replace")
        newest = read_checkpoint(note, log, witnesses)
        size, root = newest.size, newest.root
        if roots and (size, root) != max(roots.items()):
            report.fail(Kind.HISTORY, "checkpoint", "not the last of checkpoints.jsonl")
        roots[size] = root
        report.origin, report.size, report.root = log[0].name, size, root.hex()
        if {*log} - newest.signed.keys():
            raise Bad(f"not signed by {log[0].name} with each key that you trust")
        check_quorum(newest, policy, report)
        others -= newest.others
    if others > 0:
        report.not_checked.append(f"{others} signatures by others under older checkpoints")
    report.checkpoints = len(roots)
    return roots


def check_kept(note: str, log: Sequence[Key], roots: dict[int, bytes], report: Report) -> None:
    """A checkpoint that you kept: this log must continue it, or somebody was shown another."""
    with report.holding(Kind.HISTORY, "the checkpoint that you kept"):
        kept = read_checkpoint(note, log)
        if kept.size > report.size:
            raise Bad(f"covers {kept.size} entries, and this log was put back to {report.size}")
        if report.excerpt and kept.size != report.size:
            raise Bad(f"covers {kept.size} entries: an excerpt cannot show that it continues them")
        if roots.setdefault(kept.size, kept.root) != kept.root:
            raise Bad(f"has another root for {kept.size} entries")


def check_quorum(newest: Checkpoint, policy: Policy | None, report: Report) -> None:
    """Whether enough of those whom you trust have seen it, and no other of that size."""
    if policy is None:
        told = f"witnesses: --policy was not given, {newest.others} cosignatures were not looked at"
        report.not_checked.append(told)
        return
    for name, key in policy.witnesses.items():
        if key in newest.signed:
            report.witnesses[name] = moment(clock(newest.signed[key]))
    if not policy.met(newest.signed):
        missing = ", ".join(sorted(policy.witnesses.keys() - report.witnesses.keys()))
        report.fail(Kind.WITNESS, "checkpoint", f"not enough witnesses: none of {missing}")
    if policy.quorum == "none":
        report.not_checked.append("witnesses: your policy asks for none")
    if newest.others:
        told = f"{newest.others} cosignatures by witnesses that your policy does not name"
        report.not_checked.append(told)


BELONGS = re.compile(
    r"checkpoint|(checkpoints|disclosures|manifest)\.jsonl|vkey|policy|verify(_export)?\.py|ocel\.json"
    r"|schemas/[a-z]+\.json|tables/[a-z_-]+\.csv|tables/dictionary\.json"
)
"""What there may be beside the tiles."""


def check_files(folder: Folder, log: Log) -> None:
    """Every hash tile against the tree; every other file must be one that belongs."""
    wanted = {"checkpoint"} | {
        tile_name(level, number, width)
        for level, hashes in log.tree.levels.items()
        for number, width in tiles(len(hashes) // HASH)
    }
    for name in sorted(wanted - folder.names):
        log.report.fail(Kind.FOLDER, name, "missing")
    for name in sorted(folder.names):
        if BELONGS.fullmatch(name) or (name == ENTRIES and not log.whole):
            continue
        match = _TILE.fullmatch(name) if log.whole else None
        number = int(re.sub("[x/]", "", match[2])) if match else 0
        width = int(match[3] or WIDTH) if match else 0
        if match is None or tile_name(match[1], number, width) != name:
            log.report.fail(Kind.FOLDER, name, "does not belong here")
            continue
        if match[1] == "entries" and width == min(WIDTH, log.size - number * WIDTH):
            continue  # the tree is built from it
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


def check_ids(log: Log) -> None:
    """No event stands in the log twice."""
    if len({*log.ids}) < len(log.ids):
        for again in sorted(each for each, count in Counter(log.ids).items() if count > 1):
            log.report.fail(Kind.ORDER, f"event {again}", "stands in the log twice")


SCHEMAS = {
    "d1357b1a48841541214db994cbfe6aa92b27d2e1713ce2abff77f93b4ed5d2c6",  # audit
    "63520e672ba410522fdaba4da360841306291eb1da1de9f92f22864dd79c537b",  # disbursement
    "9b758ad7eb811cf9c65724ffe000f1234e5e82167347f4c0da867addc400d229",  # intake
    "28a3156641401aabbaa112969cfb965072b3276f2cdfb8efd1625ef56b959c0e",  # plans
    "e531b89a13b854806865f41eafb3eac085891899427e82e4fd97cd5d2716f391",  # vendors
}
"""SHA-256 of what each service tells, in any version, and what is personal of it, as of this
release: a bundle of an earlier one is read by its verifier, and what it told in one of today."""
Kinds = dict[str, tuple[str, dict[str, str]]]
"""Of each type of event that has digests: the field that has the person, each value's kind."""


def check_types(folder: Folder, log: Log) -> Kinds:
    """Each type of event is in a schema that this program knows, in that version or a later one:
    what is paid under another name would be seen by no rule.
    """
    kinds: Kinds = {}
    there = {name for name in folder.names if name.startswith("schemas/")}
    if not there and MANIFEST not in folder.names:
        log.report.not_checked.append("types of events: a log by itself, which has no schemas")
        return kinds
    for name in sorted(there | {f"schemas/{service}.json" for service in log.report.sources}):
        service = name.removeprefix("schemas/").removesuffix(".json")
        with log.report.holding(Kind.FOLDER, name):
            data = folder.read(name)
            if sha256(data).hexdigest() not in SCHEMAS:
                raise Bad(f"not a schema that this verifier knows: no type of {service} is known")
            newest: dict[str, int] = {}
            for kind, told in json.loads(data)["$defs"].items():
                each, dot, version = kind.rpartition(".v")
                newest |= {each: int(version)} if dot else {}
                digests = told.get("properties", {}).get("_sd", {})
                if "x-kinds" in digests:
                    kinds[kind] = digests["x-about"], digests["x-kinds"]
            for kind, index in log.types.items():
                each, _, version = kind.rpartition(".v")
                known = version in map(str, range(1, newest.get(each, 0) + 1))
                if kind.startswith(f"{service}.") and not known:
                    log.report.fail(Kind.ENTRY, f"entry {index}", f"of no known type, {kind}")
    return kinds


def check_disclosures(folder: Folder, log: Log, kinds: Kinds) -> None:
    """RFC 9901, 4.2: base64url(SHA-256(disclosure)) is among the digests of its entry. Whatever is
    said to be erased was erased by an entry, and nothing is told that was.
    """
    erased = Erased(log, kinds)
    opened: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for where, told in folder.lines(DISCLOSED) if DISCLOSED in folder.names else ():
        with log.report.holding(Kind.DISCLOSURE, where):
            match told:
                case {"entry": int(index), "disclosure": str(given)} if len(told) == 2:  # noqa: PLR2004
                    hashed = sha256(given.encode()).digest()
                    digest = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
                    name, value = open_disclosure(given)
                case {"entry": int(index), "erased": str(name)} if len(told) == 2:  # noqa: PLR2004
                    digest = ""
                case _:
                    raise Bad("not a disclosure")
            event = log.event(index) if log.has(index) else {"data": {}}
            digests = event["data"].get("_sd", ())
            if name in opened[index] or len(opened[index]) >= len(digests):
                raise Bad(f"{name} of entry {index} is told twice, or has no digest there")
            if digest and (digest not in digests or digest in opened[index].values()):
                raise Bad(f"not what entry {index} has a digest of, or told twice")
            opened[index][name] = digest
            by = erased.by(index, event, name)
            if digest:
                log.opened[index][name] = value
                log.report.disclosed += 1
            if digest and by is not None:
                what = f"{name} was erased by entry {by}, and is told"
                log.report.fail(Kind.ERASURE, f"entry {index}", what)
            if not digest and by is None:
                what = f"{name} is missing, and no erasure in the log covers it"
                log.report.fail(Kind.ERASURE, f"entry {index}", what)
    log.report.erased = erased.count()
    log.report.withheld -= log.report.disclosed + log.report.erased


DISCLOSED = "disclosures.jsonl"


class Erased:
    """Which values are gone for ever, by the log."""

    def __init__(self, log: Log, kinds: Kinds) -> None:
        self.log, self._kinds = log, kinds
        self._erasures: defaultdict[Two, list[tuple[int, set[str]]]] = defaultdict(list)
        for told in log.erasures.values():
            for name, index in told:
                service, _, what = name.partition(".")
                data = log.event(index)["data"]
                if what == "subject_erased":
                    gone = {str(kind) for kind in data["kinds"]}
                    self._erasures[service, str(data["person"])].append((index, gone))

    def by(self, index: int, event: Event, name: str) -> int | None:
        """The later entry by which that value of the entry was erased."""
        about, kinds = self._kinds.get(event.get("type", ""), ("", {}))
        of = event.get("type", "").partition(".")[0], str(event["data"].get(about))
        later = [at for at, gone in self._erasures.get(of, ()) if kinds.get(name) in gone]
        return next((at for at in later if at > index), None)

    def count(self) -> int:
        """Of how many digests there is no value any more, whatever it was."""
        gone = 0
        for index in self.log.sealed if self._erasures else ():
            event = self.log.event(index)
            _, kinds = self._kinds.get(event["type"], ("", {}))
            if kinds and all(self.by(index, event, name) is not None for name in kinds):
                gone += len(event["data"]["_sd"])
        return gone


def open_disclosure(opened: str) -> tuple[str, Any]:
    """Name and value: base64url(JSON[salt, name, value]), without padding."""
    padded = opened + "=" * (-len(opened) % 4)
    match json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)):
        case [str(), str(name), value]:
            return name, value
    raise Bad("not a disclosure")


# The tables

DICTIONARY, TOTALS = "tables/dictionary.json", "tables/control-totals.csv"
DICTIONARIES = {
    "ed7949ab7fac6c96e55d305080a05d5af73b3c201739084b20e522662ff3edb2",
    "9269fdc7fb18464bd4b4ff07e25803fdfe25c7714e4335869e86ab83c398af74",
    "2bb048f4ca685d84315b9bbaa618a0bf3aa1e7c574cd90ffe494c72900876915",
    "cd0aa844739a583a6891e9cddccfa95bb3d97ddc39b93591f3ce0f538a106d3e",
    "536edea59c0651e78ff543a71d9e85eb6390ead91b4438e0c7d9f80915a3d92b",
    "4feb4f6877558d137a9c05edc950182a490aee1f806b910f6ee8552ac5c46ce0",
    "2fd6453448678928ddb268ec8852c633daebf17d92e2c0accf97ba92b151a80e",
    "fb057605931500a7a0de0dba4e8ab7239ec1e1c530894c7ee1e1f0fad84c5410",
    "5aff881a8a603354264a520c8daf23cc84ae8f0163f317885c5cc125c29bc657",
}
"""SHA-256 of each data dictionary that there ever was: tables are made by one of them."""
NUMBERS = {"amount", "decimal", "integer"}
FORMULAS = {*"=+-@\t\r\n＝＋－＠"}
"""What a spreadsheet takes for a formula, unless there is an apostrophe before it."""
Cells = dict[str, dict[int, str]]
"""Of each row, by its id, what is in each column, by its number."""


def check_tables(folder: Folder, log: Log) -> None:
    """Each table made anew from the entries, by the data dictionary, and held against the file."""
    there = {name for name in folder.names if name.startswith("tables/")}
    if not there:
        log.report.not_checked.append("tables: the folder has none")
        return
    with log.report.holding(Kind.TABLES, DICTIONARY):
        tables = known_tables(folder)
        work = log.side_by_side(
            lambda pairs: [held_table(log.folder, *pair) for pair in pairs],
            [*zip(tables, made_anew(log, tables), strict=True)],
        )
        totals = [["file", "sha256", "rows", "column", "currency", "count", "sum"]]
        for table, (failures, lines) in zip(tables, chain.from_iterable(work), strict=True):
            log.report.failures += failures
            totals += [[table["file"], *line] for line in lines]
        if folder.read(TOTALS) != as_csv(totals):
            log.report.fail(Kind.TABLES, TOTALS, "not what the tables come to")
        for name in sorted(there - {DICTIONARY, TOTALS} - {table["file"] for table in tables}):
            log.report.fail(Kind.TABLES, name, "the data dictionary does not tell of it")


def known_tables(folder: Folder) -> list[dict[str, Any]]:
    """By a dictionary that this program knows: by another one what is paid could be left out."""
    data = folder.read(DICTIONARY)
    if sha256(data).hexdigest() not in DICTIONARIES:
        raise Bad("not a data dictionary that this verifier knows: no table was held against it")
    tables: list[dict[str, Any]] = json.loads(data)["tables"]
    return tables


def made_anew(log: Log, tables: Sequence[dict[str, Any]]) -> list[Cells]:
    """The rows of each table, as the entries have them."""
    whole, *more = log.side_by_side(
        lambda bundles: gathered(chain.from_iterable(map(log.raw, bundles)), tables),
        range(-(-log.size // WIDTH)),
    )
    for found in more:
        for table, rows, later in zip(tables, whole, found, strict=True):
            for name, cells in later.items():
                row = rows.setdefault(name, cells)
                for number, value in cells.items() if row is not cells else ():
                    put(row, number, table["columns"][number]["take"], value)
    return whole


def gathered(entries: Iterable[tuple[int, bytes]], tables: Sequence[dict[str, Any]]) -> list[Cells]:
    """What the entries say of each row, as the dictionary says where it stands in them."""
    found: list[Cells] = [{} for _ in tables]
    readers = defaultdict(list)
    for table, rows in zip(tables, found, strict=True):
        sources = defaultdict(list)
        for number, column in enumerate(table["columns"]):
            for source in column["from"]:
                where = source.get("where", {"pointer": "", "is": None})
                only = steps(where["pointer"]), where["is"]
                of = column["of"], steps(source["pointer"])
                sources[source["type"]].append((number, column["take"], of, only))
        for kind, each in sources.items():
            readers[kind].append((steps(table["key"]), rows, each))
    for index, entry in entries:
        kind = type_of(entry)
        event = READ.raw_decode(entry.decode())[0] if kind in readers else {}
        for key, rows, each in readers.get(kind, ()):
            name = at(event, key)
            if isinstance(name, str):
                row = rows.get(name, {})
                for number, take, (of, pointer), (where, due) in each:
                    if (take == "first" and number in row) or (where and at(event, where) != due):
                        continue
                    told = index if of == "index" else kind if of == "type" else at(event, pointer)
                    if told is not None:
                        put(row, number, take, cell(told))
                if row:
                    rows[name] = row
    return found


def put(row: dict[int, str], number: int, take: str, value: str) -> None:
    """The first that tells it, the last, or the sum of all."""
    if number not in row or take == "last":
        row[number] = value
    elif take == "sum":
        row[number] = str(Decimal(row[number]) + Decimal(value))


def at(event: Any, names: Sequence[str]) -> Any:
    """What stands there; None when nothing does."""
    for name in names:
        if not isinstance(event, dict):
            return None
        event = event.get(name)
    return event


def steps(pointer: str) -> list[str]:
    """By which names a pointer leads there (RFC 6901)."""
    return [name.replace("~1", "/").replace("~0", "~") for name in pointer.split("/")[1:]]


def cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(map(cell, value)) if isinstance(value, list) else str(value)


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """RFC 4180."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def held_table(
    folder: Folder, table: dict[str, Any], cells: Cells
) -> tuple[list[Failure], list[list[str]]]:
    """The file against the rows that there must be: where it differs, and its control totals."""
    report, name, columns = Report(""), str(table["file"]), [*enumerate(table["columns"])]
    names = [str(column["column"]) for _, column in columns]
    texts = [number for number, column in columns if column["kind"] not in NUMBERS]
    amounts = [
        (n, names.index(column["currency"])) for n, column in columns if "currency" in column
    ]
    rows = [names]
    summed: defaultdict[tuple[int, str], list[Decimal]] = defaultdict(list)
    for key in sorted(cells):
        row = [cells[key].get(number, "") for number, _ in columns]
        for number, in_which in amounts:
            if row[number]:
                summed[number, row[in_which]].append(Decimal(row[number]))
        for number in texts:
            if row[number][:1] in FORMULAS:
                row[number] = f"'{row[number]}"
        rows.append(row)
    with report.holding(Kind.TABLES, name):
        data = folder.read(name)
        if data != as_csv(rows):
            tell_apart(data, rows)
        digest = sha256(data).hexdigest()
        whole = [digest, str(len(cells))]
        totals = [[*whole, "", "", "", ""]]
        for (number, currency), each in sorted(summed.items()):
            totals.append([*whole, names[number], currency, str(len(each)), str(sum(each))])
        return report.failures, totals
    return report.failures, []


def tell_apart(data: bytes, rows: list[list[str]]) -> None:
    """Which cell it is."""
    there = list(csv.reader(io.StringIO(data.decode(errors="replace"), newline="")))
    for number, (row, due) in enumerate(zip(there, rows, strict=False), start=1):
        if row != due:
            for column, told, logged in zip(rows[0], row, due, strict=False):
                if told != logged:
                    raise Bad(f"row {number}, {column}: {told!r}, and the log has {logged!r}")
    raise Bad(f"{len(there)} rows, and the log has {len(rows)}; or it is written otherwise")


# Who must have acted before money goes

Acts = list[tuple[int, Event]]
"""Entries with their numbers, in order."""
Breach = tuple[Kind, str]
Worth = tuple[Decimal, str]

CONTROLS: tuple[tuple[str, ...], ...] = (
    ("payment_requested", "payment_certified", "payment_approved", "payment_signed"),
    ("commitment_requested", "commitment_certified", "commitment_approved"),
    ("bank_account_proposed", "bank_account_callback_verified", "bank_account_approved"),
    ("vendor_proposed", "vendor_approved"),
    ("plan_drafted", "approval_recorded"),
)
"""Acts that must all have happened, in this order, each by people who did none of the others."""
OF_AN_EMERGENCY = (*CONTROLS[:-1], ("plan_drafted", "plan_approved"))
"""The same where one other person authorises help at once."""
SMALL_OFFICE = ("payment_certified", "payment_signed")
"""The two acts that may be one person's where the programme says so."""
TIMES = {"payment_signed": 2, "approval_recorded": 2}
AUTHORITY = {
    "commitment_certified": "certify",
    "commitment_approved": "approve",
    "payment_certified": "certify",
    "payment_approved": "approve",
    "payment_approved_again": "approve",
    "payment_signed": "sign",
    "advance_approved": "approve",
    "match_exception_waived": "approve",
}
"""What a person must have been given to do this."""
AMENDING = {
    "amendment_requested": "",
    "amendment_certified": "certify",
    "commitment_amended": "approve",
}
"""What a commitment is raised by, in this order, and what each needs."""
ASKED = ("payment_requested", "commitment_requested")
ENDED = ("commitment_cancelled", "commitment_rejected", "commitment_expired", "invoice_rejected")
NOT_RIGHT = "emergency_assistance_not_ratified"
GIVEN_UP = {"plan_cancelled", "project_cancelled", "item_cancelled", NOT_RIGHT}
OVER = tuple(f"recovery_{how}" for how in ("rejected", "stopped", "withdrawn", "written_off"))
OF_LINES = ("invoice_received", "match_exception_waived", "advance_approved")
FIGURES = ("amount", "reserved")
SYSTEM = "per_system"
"""Who acts where the platform does by itself, as when it reads what the bank tells."""
PARTIES = {
    "payment_requested": ("invoice", "commitment", "vendor", "account", "item", "case", "amount"),
    "invoice_received": ("commitment", "vendor"),
    "commitment_requested": ("vendor", "item", "case"),
    "bank_account_proposed": ("vendor",),
}
"""What has to be the same there as where the payment is told."""
AS_OF_A_PLAN = {
    "project_proposed": "plan_drafted",
    "project_item_proposed": "assistance_item_proposed",
    "project_share_signed": "plan_signed_by_returnee",
    "project_submitted": "plan_submitted",
    "project_feasibility_confirmed": "feasibility_confirmed",
    "project_conflict_declared": "conflict_declared",
    "project_approval_recorded": "approval_recorded",
    "project_approved": "plan_approved",
    "plan_amendment_approved": "plan_approved",
    "emergency_assistance_requested": "plan_drafted",
    "emergency_assistance_authorised": "plan_approved",
}
"""What is done for a project that several share in, for the next version of a plan, and for help
before any plan counts as what is done for a plan.
"""
RESTS_ON = {
    "payment": "disbursement",
    "commitment": "disbursement",
    "account": "vendors",
    "vendor": "vendors",
    "plan": "plans",
    "case": "intake",
}
"""What a payment rests on, and the service that alone can tell of it."""
PAID = ("payment", "invoice")
NAMED = (*RESTS_ON, "invoice", "item")
APPROVED, SCREENED = "plan_approved", "vendor_screened"


@lru_cache(maxsize=4096)
def act_of(kind: str) -> str:
    return AS_OF_A_PLAN.get(short(kind), short(kind))


@lru_cache(maxsize=4096)
def counted(name: str) -> int:
    """So many of the last of these count; 0 for all, where each is of something else."""
    every = name.startswith(("payment_", "goods_received", "assistance_item_"))
    return 0 if every else TIMES.get(name, 1)


class Paid:
    """A payment: the entry that tells of it, and what was done before to all that it rests on."""

    def __init__(self, log: Log, index: int, asks: Iterable[str] = RESTS_ON) -> None:
        self.log, self.index, self.event = log, index, log.act(index)
        self.data = self.event["data"]
        self.ids: dict[str, str] = {}
        self._unknown = {*NAMED}
        self._facts: defaultdict[str, Acts] = defaultdict(list)
        self._counted: dict[str, Acts] = {}
        self._learn(self.data)
        recorded, pay, invoice = self.event["recordedtime"], *map(self.ids.get, PAID)
        for about in asks:
            events = log.events(RESTS_ON[about], self.ids.get(about, ""))
            ours = RESTS_ON[about] == "disbursement"
            for at, event in self._committed_on(events) if about == "plan" else events:
                # Services are logged side by side: between two of them only the time can tell.
                later = at > index if ours else event["recordedtime"] > recorded
                data = event["data"]
                its = data.get("payment", pay) == pay and data.get("invoice", invoice) == invoice
                if its and not later:
                    self._facts[act_of(event["type"])].append((at, event))
                    if self._unknown:
                        self._learn(data)

    def _learn(self, data: dict[str, Any]) -> None:
        """What it names first counts."""
        for name in self._unknown & data.keys():
            if isinstance(data[name], str):
                self.ids[name] = data[name]
                self._unknown.remove(name)

    def _committed_on(self, events: Acts) -> Acts:
        """What the commitment rests on: the plan as it was approved last before that."""
        asked = [event["recordedtime"] for _, event in self._facts["commitment_requested"][-1:]]
        told = [
            (n, event)
            for n, (_, event) in enumerate(events, 1)
            if act_of(event["type"]) == APPROVED
        ]
        before = [n for n, event in told if asked and event["recordedtime"] <= asked[0]]
        return events[: (before or [n for n, _ in told[:1]] or [len(events)])[-1]]

    @cached_property
    def terms(self) -> dict[str, Any]:
        """The programme's rules by which it goes; none where nothing was said of them."""
        told = self._facts["payment_terms_set"]
        return dict(told[-1][1]["data"]["terms"]) if told else {}

    @cached_property
    def carried(self) -> tuple[str, ...]:
        """The acts that carried it: what is large is approved by a second person."""
        again = ("payment_approved_again",) * bool(self.terms.get("second_approval"))
        return (*CONTROLS[0][:3], *again, *CONTROLS[0][3:])

    @cached_property
    def delivered(self) -> Acts:
        """What arrived, and another than who recorded it bore that out."""
        return [
            (at, event) for at, event in self._facts["goods_received"] if confirmed(self, event)
        ]

    @cached_property
    def converted(self) -> Acts:
        """What it came to in the grant's currency, as that was told after it was paid."""
        told = self.log.events("disbursement", self.ids["payment"])
        return [act for act in told if name_of(act[1]).startswith("payment_conver")]

    @property
    def emergency(self) -> bool:
        """Whether it is for help before any plan: authorised by one, decided on afterwards."""
        return self.ids.get("plan", "").startswith("eme_")

    def times(self, act: str) -> int:
        """How often it must have been done; of votes, as often as the quorum of the plan says."""
        if act != "approval_recorded":
            return TIMES.get(act, 1)
        said = [*self._facts["plan_drafted"], *self._facts["answer_expected"]]
        quorums = [event["data"]["quorum"] for _, event in said if "quorum" in event["data"]]
        return max(1, int(quorums[-1])) if quorums else TIMES[act]

    def acts(self, name: str) -> Acts:
        """Those that count."""
        if name not in self._counted:
            self._counted[name] = self._count(name)
        return self._counted[name]

    def chosen(self) -> Acts:
        """That the vendor was chosen for its item, the last time before it."""
        told = self.log.events("vendors", self.log.choosing(self.ids.get("item", "")))
        until = self.event["recordedtime"]
        return [e for e in told if name_of(e[1]) == CHOSEN and e[1]["recordedtime"] <= until][-1:]

    def past(self, name: str) -> Acts:
        """All of them, also those that count no more."""
        return self._facts[name]

    def _count(self, name: str) -> Acts:
        """Of what can be done again, the last; of votes, those since the plan was sent, by members
        who declared no conflict of interest.
        """
        acts = self._facts[name]
        if name == "approval_recorded":
            sent = self._facts["plan_submitted"][-1:]
            partial = {e["data"].get("person") for _, e in self._facts["conflict_declared"]}
            since = (act for act in acts if not sent or act[0] > sent[0][0])
            return [act for act in since if act[1]["actorid"] not in partial]
        return acts[-counted(name) :]

    def in_order(self, *names: str) -> Acts:
        """All of any of these."""
        return sorted((act for name in names for act in self._facts[name]), key=itemgetter(0))

    def told(self, name: str) -> dict[str, Any]:
        """The data of the last of them. `Bad` if there is none."""
        acts = self._facts[name]
        if not acts:
            raise Bad(f"paid without {words(name)}")
        data: dict[str, Any] = acts[-1][1]["data"]
        return data


def check_once(log: Log) -> None:
    """A payment and an invoice are paid once, and once more only when the money came back. What all
    payments of a commitment come to, less what came back, goes to `spent`.
    """
    books = Books(log)
    for index, name, of in log.money:
        with log.report.holding(Kind.RULES, f"entry {index}"):
            getattr(books, name)(index, *of)
    for pay, index in books.unbooked.items():
        if index != log.last("disbursement"):
            told = f"{pay} is told to have come back, and no booking of the bank's bears it out"
            log.report.fail(Kind.RULES, f"entry {index}", told)
    for pay, index in log.said_paid.items() if log.whole else ():
        if pay not in books.went:
            told = f"{pay} is told to be {words(name_of(log.event(index)))}, and not to be paid"
            log.report.fail(Kind.RULES, f"entry {index}", told)


class Books:
    """What went out and came back; each method is of one event, its stream and `ABOUT_MONEY`."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.went: dict[Any, tuple[str, str, Decimal]] = {}
        """Of each payment its commitment, its invoice and how much."""
        self.unbooked: dict[str, int] = {}
        """What is told to have come back, before the bank's booking of it."""
        self._stands: dict[str, int] = {}
        self._spent: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._recovered: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._invoices: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._lines: set[tuple[str, int]] = set()
        self._seen: set[tuple[str, str]] = set()
        """Who saw at the bank what another had brought, and in which request."""

    def bank_answer_confirmed(self, index: int, answer: str, *_: Any) -> None:
        told = self.log.events("disbursement", answer)
        brought = {e["actorid"] for _, e in told if name_of(e) == "bank_answer_uploaded"}
        event = self.log.event(index)
        if brought and event["actorid"] not in brought:
            self._seen.add((event["actorid"], event["correlationid"]))

    def vendor_paid(self, index: int, stream: str, *of: Any) -> None:
        pay, invoice, _, commitment, amount, _, account = of
        for what in (pay, invoice):
            if what in self._stands:
                told = f"{what} was paid already, in entry {self._stands[what]}"
                self.log.report.fail(Kind.RULES, f"entry {index}", told)
            self._stands[what] = index
        if stream != pay:
            self.log.report.fail(Kind.RULES, f"entry {index}", f"{pay} told of {stream}")
        self.went[pay] = commitment, invoice, amount_of(amount)[0]
        self._spent[commitment] += self.went[pay][2]
        self._invoices[commitment][invoice] = None
        self.log.spent[index] = self._spent[commitment], (*self._invoices[commitment],)
        self.log.accounts.setdefault(account, index)

    def payment_returned(self, index: int, pay: str, *_: Any) -> None:
        if pay not in self._stands:
            raise Bad(f"{pay} came back, and was not out")
        self._must_be_the_banks(index, pay)
        self.unbooked[pay] = index

    def _must_be_the_banks(self, index: int, pay: str) -> None:
        """Word: what it sent, or what one person brought and another one saw there."""
        who, request = map(self.log.event(index).get, ("actorid", "correlationid"))
        if who != SYSTEM and self.log.whole and (who, request) not in self._seen:
            raise Bad(f"{pay} came back on the word of {who} alone, and not by the bank's")

    def payment_return_booked(self, index: int, pay: str, *_: Any) -> None:
        if self.unbooked.pop(pay, None) is None:
            raise Bad(f"{pay} is booked as come back, and did not come back")
        self._must_be_the_banks(index, pay)
        came = [told for told in self.log.booked[pay] if told["amount"][:1] != "-"]
        if self.log.whole and not came:
            raise Bad(f"{pay} is booked as come back, and no statement shows it")
        commitment, invoice, amount = self.went[pay]
        del self._stands[pay], self._stands[invoice], self._invoices[commitment][invoice]
        self._spent[commitment] -= amount - self._recovered.pop(pay, Decimal())

    def recovery_received(self, index: int, stream: str, *of: Any) -> None:
        pay, _, _, commitment, amount, *_ = of
        came, (its, _, paid) = amount_of(amount)[0], self.went.get(pay, ("", "", Decimal()))
        if its != commitment or self._recovered[pay] + came > paid:
            raise Bad(f"{came:,} of {pay} came back, which is more than was paid of it")
        if self.log.whole:
            data = self.log.act(index)["data"]
            line = data["answer"], data["line"]
            if line in self._lines or not booked(self.log, index, *line, amount):
                raise Bad(f"{came:,} of {pay} came back, and the bank did not book that")
            if came > owed_back(self.log, index, stream, pay):
                raise Bad(f"{came:,} of {pay} came back, which nobody had approved to ask for")
            self._lines.add(line)
        if pay in self._stands:
            self._recovered[pay] += came
            self._spent[commitment] -= came

    def refund_paid(self, index: int, stream: str, *_: Any) -> None:
        """By the rules of payments, since it is owed; each step by another person."""
        told = [act for act in self.log.events("disbursement", stream) if act[0] <= index]
        since = max((at for at, event in told if name_of(event) == "refund_owed"), default=index)
        acts = [(at, event) for at, event in told if at >= since]
        large = any(
            event["data"]["terms"]["second_approval"]
            for _, event in acts
            if name_of(event) == "refund_terms_set"
        )
        steps = ("refund_approved", *("refund_approved_again",) * large, *("refund_signed",) * 2)
        done = [act for act in acts if name_of(act[1]) in {*steps, "refund_paid"}]
        people = {event["actorid"] for _, event in done}
        if [name_of(event) for _, event in done] != [*steps, "refund_paid"]:
            raise Bad(f"{stream} was paid out without {', '.join(map(words, steps))}")
        if len(people) < len(done):
            raise Bad(f"{stream} was paid out, and one person did what two must")
        owed, paid = acts[0][1]["data"], done[-1][1]["data"]
        for (at, event), step in zip(done, steps, strict=False):
            authority = "sign" if step == "refund_signed" else "approve"
            for lacks in lacking(
                self.log, at, event, authority, amount_of(owed["functional_amount"])
            ):
                raise Bad(f"{words(step)} by {event['actorid']} {lacks}")
        left = paid["amount"] | {"amount": f"-{paid['amount']['amount']}"}
        if paid["amount"] != owed["amount"] or (
            self.log.whole and not booked(self.log, index, paid["answer"], paid["line"], left)
        ):
            raise Bad(f"{stream} was paid out, and the bank did not book what was owed")

    def recovery_written_off(self, index: int, stream: str, *_: Any) -> None:
        """One person proposes that what is owed is given up, another one may decide that."""
        told = self.log.events("disbursement", stream)
        act = self.log.act(index)
        asked = [e for at, e in told if at < index and name_of(e) == "write_off_proposed"]
        if not asked or asked[-1]["actorid"] == act["actorid"]:
            raise Bad(f"{stream} was given up on the word of one person")
        worth = amount_of(act["data"]["functional_amount"])
        for lacks in lacking(self.log, index, act, "approve", worth):
            raise Bad(f"{stream} was given up by {act['actorid']} {lacks}")


def booked(log: Log, index: int, answer: str, line: int, amount: Any) -> bool:
    """Whether that line of a bank's statement is of so much, and was dealt with by this."""
    told, dealt_with = [], log.last("disbursement") == index
    for _, event in log.events("disbursement", answer):
        told += event["data"].get("movements", [])
        dealt_with |= name_of(event) == "bank_line_resolved" and event["data"]["line"] == line
    lines = ((each["first"], each["last"], each["amount"]) for each in told)
    return dealt_with and (line, line, amount) in lines


def owed_back(log: Log, index: int, recovery: str, payment: str) -> Decimal:
    """What is still to come of it: one person asked for it, another one approved it under a
    delegation, and it is not over.
    """
    owed, who, goes_on = Decimal(), "", False
    for at, event in log.events("disbursement", recovery):
        data, name = event["data"], name_of(event)
        if at < index and data.get("payment", payment) == payment:
            if name == "recovery_initiated":
                owed, who, goes_on = amount_of(data["amount"])[0], event["actorid"], False
            elif name == "recovery_approved":
                lacks = lacking(log, at, event, "approve", amount_of(data["functional_amount"]))
                goes_on = who != event["actorid"] and not [*lacks]
            elif name == "recovery_received":
                owed -= amount_of(data["amount"])[0]
            goes_on = name == "write_off_reversed" or (goes_on and name not in OVER)
    return owed if goes_on else Decimal()


def check_payments(log: Log) -> None:
    """Each payment by each rule."""
    work = log.side_by_side(lambda paid: breaches(log, paid), log.paid)
    log.report.failures += [failure for failures in work for failure in failures]
    log.report.payments = len(log.paid)


def breaches(log: Log, payments: Sequence[int]) -> list[Failure]:
    """What does not hold; what cannot even be read as a rule needs it does not hold either."""
    report = Report(log.report.folder)
    asked = [about for about in RESTS_ON if about != "case"]  # no rule asks for what is of the case
    for index in payments:
        paid = Paid(log, index, asked)
        where = f"entry {index}, payment {paid.ids.get('payment')}"
        rules = iter(RULES if log.whole else OF_AN_EXCERPT)
        for _ in RULES:  # one that breaks off is a failure, and the next goes on
            with report.holding(Kind.RULES, where):
                for kind, broken in chain.from_iterable(rule(paid) for rule in rules):
                    report.fail(kind, where, broken)
                break
    return report.failures


def different_people(paid: Paid) -> Iterator[Breach]:
    """Every act is there, in order, by a person of its own; who acted is who was signed in."""
    controls = OF_AN_EMERGENCY if paid.emergency else CONTROLS
    for control in (paid.carried, *controls[1 : None if paid.log.whole else -1]):
        who: dict[str, str] = {}
        last, since = -1, ""
        for act in control:
            times, done = paid.times(act), paid.acts(act)
            if len(done) < times:
                told = f"paid without {words(act)}" + (f" {times} times" if times > 1 else "")
                yield Kind.DUTIES, told
            if len(done) > times and act.startswith("payment_"):
                yield Kind.DUTIES, f"{words(act)} {len(done)} times"
            for index, event in done:
                person, time = event["actorid"], event["time"]
                if person in who and not (
                    (who[person], act) == SMALL_OFFICE and paid.terms.get("certifier_may_sign")
                ):
                    both = f"{words(who[person])}, {words(act)}"
                    yield Kind.DUTIES, f"{person} did both: {both}"
                who[person] = act
                if index < last or long_before(time, since):
                    yield Kind.DUTIES, f"{words(act)} before its time"
                last, since = index, time


def no_part_before(paid: Paid) -> Iterator[Breach]:
    """No counsellor of the case acts on money; who collected the offers, recorded a delivery or an
    invoice, or approved the account, does not decide on what follows from that.
    """
    counsellors = counsellors_of(paid)
    recorders = {event["actorid"] for _, event in paid.acts("goods_received")}
    collectors = {*paid.told("commitment_requested").get("collectors", ())}
    for act in (*paid.carried, *CONTROLS[1]):
        for _, event in paid.acts(act):
            if event["actorid"] in counsellors:
                yield Kind.DUTIES, f"{words(act)} by {event['actorid']}, the case's counsellor"
            if act.startswith("payment_approved") and event["actorid"] in recorders | collectors:
                did = "recorded a delivery" if event["actorid"] in recorders else "collected offers"
                yield Kind.DUTIES, f"{words(act)} by {event['actorid']}, who {did}"
    partial = counsellors | {event["actorid"] for _, event in paid.acts("invoice_received")}
    for _, event in paid.acts("advance_approved") + paid.acts("match_exception_waived"):
        if (who := event["actorid"]) in partial:
            yield Kind.DUTIES, f"{words(name_of(event))} by {who}, counsellor or invoice's recorder"
    if recorders & collectors:
        yield Kind.DUTIES, "a delivery recorded by who had collected the offers"
    approvers = {event["actorid"] for _, event in paid.acts("bank_account_approved")}
    for at, event in paid.acts("payment_signed"):
        first = paid.log.accounts[paid.ids["account"]] if paid.log.whole else -1
        if event["actorid"] in approvers and at < first:
            yield Kind.DUTIES, "the first payment to an account signed by who approved it"


def counsellors_of(paid: Paid) -> set[str]:
    """The case's; for a project, those of all who ever had a share in it."""
    plans = ("plan_approved", "plan_drafted") if paid.log.whole else ()
    told = [paid.told(name) for name in (*plans, *ASKED)]
    named = chain.from_iterable(each.get("counsellors", ()) for each in told)
    return {*(each.get("counsellor") for each in told), *named} - {None}


def nothing_stopped_it(paid: Paid) -> Iterator[Breach]:
    """It was not cancelled, and whatever held it had been lifted: a person lets it go from all
    reasons, the platform from one.
    """
    if paid.acts("payment_cancelled"):
        yield Kind.RULES, "paid although it was cancelled"
    names = ("payment_held", "payment_hold_lifted", "payment_released_from_hold")
    reasons: set[str] = set()
    for _, event in paid.in_order(*names):
        reason = event["data"].get("reason", "")
        if name_of(event) == "payment_held":
            reasons |= {reason}
        else:
            reasons -= {reason} if name_of(event) == "payment_hold_lifted" else reasons
    if reasons:
        yield Kind.RULES, "paid although it was held"
    asked = next((at for at, _ in paid.acts("payment_requested")), paid.index)
    for name in ENDED:
        if any(at < asked for at, _ in paid.past(name)):
            yield Kind.RULES, f"payment requested after {words(name)}"
    if paid.told("invoice_received").get("pro_forma") and not paid.acts("advance_approved"):
        yield Kind.RULES, "paid on a pro-forma invoice, and not in advance"
    disputes = {e["data"]["receipt"]: name_of(e) for _, e in paid.in_order(*DISPUTES)}
    if DISPUTES[0] in disputes.values():
        yield Kind.RULES, "paid while a delivery was disputed"
    for at, event in paid.acts("commitment_requested"):
        for told, end in paid.log.events("plans", paid.ids.get("plan", "")):
            its = name_of(end) in GIVEN_UP and end["data"].get("item") in (None, paid.ids["item"])
            if its and came_first((told, end), (at, event)):
                yield Kind.RULES, f"committed after {words(name_of(end))}"
        _, grant = paid.log.funds.get(event["data"].get("budget_line"), (0, None))
        known = [of["data"] for t, of in paid.log.events("disbursement", str(grant)) if t < at]
        if event["time"][:10] > next((of["closes"] for of in known[::-1] if "closes" in of), "~"):
            yield Kind.RULES, "committed after its grant had closed"


def nothing_stood_against_it(paid: Paid) -> Iterator[Breach]:
    """When it was asked for, the vendor was approved and the account usable; and what a rule had
    found of it by then was explained before it was paid.
    """
    asked = paid.acts("payment_requested")[-1]
    for name in ("bank_account_frozen", "bank_account_replaced"):
        if any(came_first(end, asked) for end in paid.past(name)):
            yield Kind.RULES, f"asked for after {words(name)}"
    approvals = [act for act in paid.in_order(*APPROVALS) if came_first(act, asked)]
    stops = [act for act in paid.in_order(*STOPS) if came_first(act, asked)]
    if stops and name_of(stops[-1][1]) != STOPS[0]:
        yield Kind.RULES, f"asked for after {words(name_of(stops[-1][1]))}"
    until = [event["data"].get("valid_until", LAST_DAY) for _, event in approvals]
    if until and until[-1] < asked[1]["time"][:10]:
        yield Kind.RULES, f"asked for when the vendor's approval had run out on {until[-1]}"
    calls = paid.in_order("bank_account_callback_verified", "bank_account_verification_failed")
    if name_of(calls[-1][1]) != "bank_account_callback_verified":
        yield Kind.RULES, "to an account that the vendor, called back, did not confirm"
    if paid.told("bank_account_approved").get("usable_from", "") > paid.event["recordedtime"]:
        yield Kind.RULES, "paid to an account that was not usable yet"
    signed = paid.acts("payment_signed")[-1][1]["recordedtime"]
    for since, stream in paid.log.found[paid.ids["payment"]]:
        reviews = [act for act in paid.log.events("audit", stream) if name_of(act[1]) == REVIEWED]
        right = [act for act in reviews if act[1]["data"]["outcome"] in IN_ORDER]
        if long_before(since, signed) and not any(
            came_first(act, (paid.index, paid.event)) for act in right
        ):
            yield Kind.RULES, f"paid in spite of {stream}, which nobody had explained"


APPROVALS = ("vendor_approved", "vendor_approval_extended", "vendor_reinstated")
STOPS = ("vendor_reinstated", "vendor_suspended", "vendor_debarred")
DISPUTES = ("receipt_disputed", "receipt_dispute_resolved")
REVIEWED, IN_ORDER = "finding_reviewed", ("explained", "mistake")
LAST_DAY = "9999-12-31"


def as_the_bank_says(paid: Paid) -> Iterator[Breach]:
    """It was paid on the bank's word: where a statement tells of it alone, at that amount."""
    if (who := paid.event["actorid"]) != SYSTEM:
        yield Kind.DUTIES, f"paid on the word of {who} alone, and not by the bank's"
    if paid.past("payment_rejected_by_bank") and not paid.data.get("after_rejection"):
        yield Kind.RULES, "paid after the bank had rejected it"
    left = [told for told in paid.log.booked[paid.ids["payment"]] if told["amount"][:1] == "-"]
    amount = paid.data["amount"]
    if left and amount | {"amount": f"-{amount['amount']}"} not in left:
        yield Kind.RULES, f"paid with {money(amount)}, and the bank booked another amount"


def same_evidence(paid: Paid) -> Iterator[Breach]:
    """All who carried the payment saw the same."""
    seen = {event["data"].get("evidence") for act in paid.carried for _, event in paid.acts(act)}
    if len(seen) != 1 or None in seen:
        yield Kind.DUTIES, "not all acted on the same evidence"


def due_authority(paid: Paid) -> Iterator[Breach]:
    """Each act under a delegation that covers it."""
    for act, authority in AUTHORITY.items():
        of = f"{act.partition('_')[0]}_requested"
        for at, event in paid.acts(act):
            asked = amount_of(paid.told(of)["reserved"]) if of in ASKED else None
            yield from under(paid, at, event, authority, asked or worth(paid, paid.data["amount"]))


def under(paid: Paid, at: int, act: Event, authority: str, worth: Worth) -> Iterator[Breach]:
    for lacks in lacking(paid.log, at, act, authority, worth):
        yield Kind.DUTIES, f"{words(name_of(act))} by {act['actorid']} {lacks}"


def worth(paid: Paid, amount: Any) -> Worth:
    """In the grant's currency, by the commitment's own rate; or a little less, as it is rounded."""
    asked = paid.told("commitment_requested")
    (reserved, into), (whole, _) = amount_of(asked["reserved"]), amount_of(asked["amount"])
    return reserved * amount_of(amount)[0] / whole - rounded(reserved), into


def rounded(amount: Decimal) -> Decimal:
    """So much two roundings may come to."""
    return 2 * Decimal(1).scaleb(int(amount.as_tuple().exponent))


def amended_by_others(paid: Paid) -> Iterator[Breach]:
    """What a commitment was raised to, one person asked for, another certified and a third one
    approved, these under a delegation for all of it; nobody had two parts in it.
    """
    amount, _ = amount_of(paid.told("commitment_requested")["amount"])
    lines = paid.told("purchase_order_issued").get("lines", ())
    parts = [{event["actorid"] for _, event in paid.acts(act)} for act in CONTROLS[1]]
    acts = [(name, act) for name in AMENDING for act in paid.past(name)]
    for _, event in paid.past("commitment_amended"):
        data, before, then = event["data"], amount, lines
        amount, lines = amount_of(data["amount"])[0], data.get("lines") or lines
        if amount < before and all(is_less(line, then) for line in lines):
            continue
        number = data.get("amendment")
        steps = {name: act for name, act in acts if act[1]["data"].get("amendment") == number}
        order = [at for at, _ in steps.values()]
        if (
            steps.keys() != AMENDING.keys()
            or order != sorted(order)
            or steps["amendment_requested"][1]["data"]["amount"] != data["amount"]
        ):
            yield Kind.DUTIES, "its commitment was raised, and others did not agree to that"
            continue
        for who, (name, (at, step)) in zip(parts, steps.items(), strict=True):
            who.add(step["actorid"])
            if due := AMENDING[name]:
                yield from under(paid, at, step, due, worth(paid, data["amount"]))
        if len(set.union(*parts)) < sum(map(len, parts)):
            yield Kind.DUTIES, "one person had two parts in its commitment and what was added to it"


def is_less(line: Any, before: Any) -> bool:
    """It was ordered before, no less of it at no lower price."""
    price = amount_of(line["unit_price"])[0]
    return any(
        line["line"] == was["line"]
        and line["quantity"] <= was["quantity"]
        and price <= amount_of(was["unit_price"])[0]
        for was in before
    )


def delegation(log: Log, index: int, act: Event) -> tuple[str, dict[str, Event]]:
    """The delegation that the act names, and what had happened to it; the first of each."""
    name = str(act["data"].get("delegation"))
    events = log.events("disbursement", name)
    return name, {name_of(event): event for at, event in reversed(events) if at < index}


def lacking(log: Log, index: int, act: Event, authority: str, reserved: Worth) -> Iterator[str]:
    """What the delegation that the act names does not give."""
    name, past = delegation(log, index, act)
    granted, confirmed = past.get("delegation_granted"), past.get("delegation_confirmed")
    if granted is None or confirmed is None:
        yield "without a delegation that was given and confirmed"
        return
    given, person = granted["data"], act["actorid"]
    if len({granted["actorid"], confirmed["actorid"], person}) != 3:  # noqa: PLR2004
        yield f"under {name}, which one person gave and confirmed, or gave to themselves"
    if (given["person"], given["authority"]) != (person, authority):
        yield f"under {name}, which is {given['person']}'s to {given['authority']}"
    if not on(given["starts"]) <= on(act["time"][:10]) <= on(given["ends"]):
        yield f"under {name}, which is from {given['starts']} to {given['ends']}"
    if long_before(*sorted((act["time"], act["recordedtime"]))):
        yield f"under {name}, dated {act['time']} and recorded at {act['recordedtime']}"
    if "delegation_revoked" in past:
        yield f"under {name}, which was taken back"
    limit, currency = amount_of(given["limit"])
    if currency != reserved[1] or limit < reserved[0]:
        yield f"under {name}, which ends at {money(given['limit'])}"


def right_amount(paid: Paid) -> Iterator[Breach]:
    """What was paid is what was asked for and what the match found payable, to those it is due."""
    for name, parties in PARTIES.items():
        told = paid.told(name)
        for party in parties:
            if told.get(party) is None or told[party] != paid.data.get(party, paid.ids.get(party)):
                yield Kind.RULES, f"another {party} than in {words(name)}"
    named = [*map(paid.told, ASKED), paid.data, *(e["data"] for _, e in paid.converted)]
    if len({each["budget_line"] for each in named if "budget_line" in each}) > 1:
        yield Kind.RULES, "out of one budget line asked for, and out of another one paid"
    amount, currency = amount_of(paid.data["amount"])
    advance = paid.acts("advance_approved")
    told = paid.told("advance_approved" if advance else "three_way_match_passed")
    found = told["amount" if advance else "payable"]
    if amount_of(found) != (amount, currency):
        yield Kind.RULES, "another amount than was found payable, or approved as an advance"
    invoiced, invoiced_in = amount_of(paid.told("invoice_received")["amount"])
    if invoiced_in != currency or invoiced < amount:
        yield Kind.RULES, "more than the invoice says, or in another currency"
    if paid.told("bank_account_proposed")["currency"] != currency:
        yield Kind.RULES, "to an account in another currency"
    for name in ASKED:
        yield from right_rate(paid, paid.index, words(name), paid.told(name), "reserved")
    for at, event in (*paid.converted, (paid.index, paid.event)):
        for figure in {"functional_amount", "by_rule"} & event["data"].keys():
            yield from right_rate(paid, at, words(name_of(event)), event["data"], figure)
    taken = paid.data.get("reserved", paid.told("payment_requested")["reserved"])
    if taken != paid.told("payment_requested")["reserved"]:
        yield Kind.RULES, "paid out of more or less than was reserved for it"


def _told_by(rate: Any) -> str:
    return f"{rate.get('source')} {rate.get('quote')}" if isinstance(rate, dict) else ""


def was_published(paid: Paid, before: int, rate: Any) -> bool:
    """As it is, or as two that one source told of a third currency come to."""

    def told(quote: str) -> list[Any]:
        found = paid.log.rates[_told_by({**rate, "quote": quote})]
        return [each for at, of, each in found if at < before <= paid.log.rate_until(at, of)]

    return rate in told(rate["quote"]) or any(
        one["base"] == other["base"]
        and max(one["date"], other["date"]) == rate["date"]
        and abs(Decimal(rate["value"]) * Decimal(one["value"]) / Decimal(other["value"]) - 1)
        < CLOSE
        for one, other in product(told(rate["base"]), told(rate["quote"]))
    )


def right_rate(paid: Paid, index: int, what: str, told: Event, figure: str) -> Iterator[Breach]:
    """What it comes to in the grant's currency: limits are held against what is reserved, which
    must not be too low; the rest the donor is told.
    """
    amount, currency = amount_of(told.get("amount", paid.data["amount"]))
    comes_to, into = amount_of(told[figure])
    if currency != into:
        rate = told["rate"]
        if not was_published(paid, index, rate):
            yield Kind.RULES, f"{what} at a rate that nobody had published"
        pair = rate["base"], rate["quote"]
        if set(pair) != {currency, into}:
            yield Kind.RULES, f"{what} at a rate between other currencies"
        value = Decimal(rate["value"])
        amount = amount / value if pair == (into, currency) else amount * value
    if comes_to + rounded(comes_to) < amount:
        yield Kind.RULES, f"{what}: {money(told[figure])} is less than that comes to"
    if figure != "reserved" and amount + rounded(comes_to) < comes_to:
        yield Kind.RULES, f"{what}: {money(told[figure])} is more than that comes to"


def delivered_before_paid(paid: Paid) -> Iterator[Breach]:
    """Delivery and invoice, then the match of the two, then the request to pay; an advance alone,
    which another person than its recorder approved, comes before delivery.
    """
    if paid.acts("advance_approved"):
        yield from within_advances(paid)
        return
    verdicts = paid.acts("three_way_match_passed") + paid.acts("three_way_match_failed")
    verdicts.sort(key=itemgetter(0))
    if not verdicts or name_of(verdicts[-1][1]) != "three_way_match_passed":
        yield Kind.RULES, "paid without three way match passed"
        return
    matched, match = verdicts[-1]
    rests_on = set(match["data"]["receipts"])
    for told, acts in (("recorded", paid.acts("goods_received")), ("confirmed", paid.delivered)):
        there = {event["data"].get("receipt") for at, event in acts if at < matched}
        if not rests_on or rests_on - there:
            yield Kind.RULES, f"the match rests on a delivery that nobody had {told}"
    if amount_of(paid.data["amount"])[0] > arrived(paid, matched):
        yield Kind.RULES, "more than what was ordered, delivered and invoiced comes to"
    steps = ("invoice_received", "three_way_match_passed", *paid.carried, "vendor_paid")
    acts = [act for step in steps for act in paid.acts(step)]
    for (before, one), (after, other) in pairwise(acts):
        if after < before or long_before(other["time"], one["time"]):
            yield Kind.RULES, f"{words(name_of(other))} before {words(name_of(one))}"


def confirmed(paid: Paid, delivery: Event) -> bool:
    """Whether who received it gave a code or left a paper. Witnesses, where it takes some, said so
    to another than who recorded it; they and who received it have no other part in the order.
    """
    asked, told = paid.told("commitment_requested"), delivery["data"]
    said = told.get("confirmation", told)
    who, how, saw = said.get("received_by"), said.get("method"), {*said.get("witnesses", ())}
    of_the_day = [
        event["data"]["witness"]
        for _, event in paid.past("delivery_witnessed")
        if event["actorid"] != delivery["actorid"] and event["data"]["date"] == told.get("date")
    ]
    named = [event["data"]["counsellors"] for _, event in paid.past("counsellors_named")]
    counsellors = {asked.get("counsellor"), *chain.from_iterable(named)}
    sent = {event["actorid"] for _, event in paid.past("purchase_order_issued")}
    partial = {delivery["actorid"], *counsellors, *sent, *asked.get("collectors", ())} - {None}
    due = 2 if how == "thumbprint" else int(delivery["actorid"] in counsellors)
    return bool(
        who in RECEIVERS
        and (said.get("document") or (how == "code" and said.get("code")))
        and (who in RECEIVERS[:2] or said.get("authority"))
        and (who != "committee" or (how != "code" and said.get("signatures", 1) > 1))
        and saw <= {*of_the_day}
        and len(saw) >= due
        and not (saw | {said.get("receiver")}) & partial
    )


RECEIVERS = ("returnee", "guardian", "delegate", "committee")
"""The last two by a paper that says so; of a committee two sign."""


def within_advances(paid: Paid) -> Iterator[Breach]:
    """What was paid of the order in advance is no more than its programme's rule lets be."""
    rule, invoices = paid.told("advance_approved")["rule"], paid.log.spent[paid.index][1]
    advances = {
        event["data"]["invoice"]: amount_of(event["data"]["amount"])[0]
        for at, event in paid.log.events("disbursement", paid.ids["commitment"])
        if at < paid.index and name_of(event) == "advance_approved"
    }
    asked = paid.past("commitment_requested") + paid.past("commitment_amended")
    order = max(amount_of(event["data"]["amount"])[0] for _, event in asked)
    if sum(advances.get(each, 0) for each in invoices) > order * rule["percent_at_most"] / 100:
        yield Kind.RULES, f"more than {rule['percent_at_most']} % of the order paid in advance"
    pages = paid.log.events("plans", str(asked[0][1]["data"].get("programme")))
    said = chain.from_iterable(page["data"].get("assistance", ()) for _, page in pages)
    if paid.log.whole and rule not in [each.get("advance") for each in said]:
        yield Kind.RULES, "paid in advance by a rule that its programme does not have"


def arrived(paid: Paid, matched: int) -> Decimal:
    """What stands on the invoice and on no other one paid, had arrived in good condition, and was
    ordered unless somebody with authority waived that; at the order's prices.
    """

    def good(acts: Acts, before: int) -> Counter[int]:
        told = (event["data"]["lines"] for at, event in acts if at < before)
        lines = chain.from_iterable(told)
        return quantities(line for line in lines if line.get("condition", "good") == "good")

    said = paid.past("purchase_order_issued") + paid.past("commitment_amended")
    orders = [e["data"]["lines"] for _, e in said if e["data"].get("lines")]
    here, ever = good(paid.delivered, matched), good(paid.delivered, paid.index)
    lost, others = good(paid.past("receipt_dispute_resolved"), matched), on_others(paid)
    asked, come = quantities(paid.told("invoice_received")["lines"]), Decimal()
    for line in (orders or [()])[-1]:
        number, (price, currency) = line["line"], amount_of(line["unit_price"])
        many = [asked[number], here[number] - lost[number]]
        many += [ever[number] - lost[number] - others[number]]
        many += [line["quantity"] - others[number]] * (not paid.acts("match_exception_waived"))
        come += price * max(min(many), 0) * (currency == paid.data["amount"]["currency"])
    return come


def quantities(lines: Iterable[Any]) -> Counter[int]:
    return sum((Counter({line["line"]: line["quantity"]}) for line in lines), Counter())


def on_others(paid: Paid) -> Counter[int]:
    """How much of each line stands on other invoices of the order that are paid; with a waiver
    what of them arrived, and as an advance nothing.
    """
    invoices = {*paid.log.spent[paid.index][1]} - {paid.ids["invoice"]}
    lines: dict[str, Any] = {}
    for at, event in paid.log.events("disbursement", paid.ids["commitment"]) if invoices else ():
        data, name = event["data"], name_of(event)
        if at < paid.index and data.get("invoice") in invoices and name in OF_LINES:
            lines[data["invoice"]] = data.get("waiver", data).get("lines", ())
    return quantities(chain.from_iterable(lines.values()))


def within_commitment(paid: Paid) -> Iterator[Breach]:
    """All that was paid of the commitment, less what came back, is no more than it is for."""
    asked = paid.acts("commitment_amended") or paid.acts("commitment_requested")
    limit, currency = amount_of(asked[-1][1]["data"]["amount"])
    if currency != paid.data["amount"]["currency"]:
        yield Kind.RULES, "in another currency than the commitment"
    if paid.log.spent[paid.index][0] > limit:
        yield Kind.RULES, f"more was paid of its commitment than the {limit:,} {currency} of it"


def nothing_is_left_out(paid: Paid) -> Iterator[Breach]:
    """What stands behind every payment, beside the acts of `CONTROLS`."""
    terms = ("payment_terms_set",) * ("disbursement.payment_terms_set.v1" in paid.log.types)
    for name in ("purchase_order_issued", "bank_account_activated", *terms):
        paid.told(name)
    shares = paid.past("project_shares_set")
    is_a_project = paid.ids["plan"].startswith("prj_")
    is_a_communitys = is_a_project and bool(shares) and not shares[-1][1]["data"]["shares"]
    if paid.log.whole and not paid.emergency and not is_a_communitys:
        paid.told("plan_signed_by_returnee")
    line = paid.told("commitment_requested").get("budget_line")
    opened, grant = paid.log.funds.get(line, (paid.index, None))
    if opened >= paid.index:
        yield Kind.RULES, "paid from a budget line that nobody had established"
    elif paid.log.funds.get(grant, (paid.index, None))[0] >= paid.index:
        yield Kind.RULES, "paid from a grant that nobody had opened"


def clear_vendor(paid: Paid) -> Iterator[Breach]:
    """The vendor was found clear when it was approved, and was not found otherwise after that."""
    screened = paid.log.events("vendors", paid.ids.get("vendor", ""))
    found = [told for told in screened if name_of(told[1]) == SCREENED]
    for act in ("vendor_approved", "payment_approved"):
        for done in paid.acts(act)[-1:]:
            before = [told[1]["data"]["result"] for told in found if not came_first(done, told)]
            if before[-1:] != ["clear"]:
                yield Kind.RULES, f"{words(act)} without a clear screening before"


def approved_plan(paid: Paid) -> Iterator[Breach]:
    """The committee's votes carried it before anything was committed, and the item is in it."""
    approved, drafted = paid.told("plan_approved"), paid.told("plan_drafted")
    votes = paid.acts("approval_recorded")
    voters = {event["actorid"] for _, event in votes}
    if not paid.emergency and voters != set(approved["approvers"]):
        yield Kind.DUTIES, "the plan names others than those who voted for it"
    parts = ("feasibility_confirmed", "assistance_item_proposed", "assistance_item_revised")
    took_part = {event["actorid"] for part in parts for _, event in paid.acts(part)}
    for partial in sorted(voters & {*counsellors_of(paid), *took_part}):
        yield Kind.DUTIES, f"{partial} voted, and counselled, drafted or found the plan feasible"
    if paid.ids["item"] not in {item["item"] for item in approved["items"]}:
        yield Kind.RULES, "the item is not in the approved plan"
    if drafted.get("case", drafted.get("project")) != paid.data["case"]:
        yield Kind.RULES, "the plan is of another case"
    for requested in paid.acts("commitment_requested"):
        if came_first(requested, paid.acts("plan_approved")[-1]):
            yield Kind.RULES, "committed before the plan was approved"


def ratified_in_time(paid: Paid) -> Iterator[Breach]:
    """Help before any plan: within the hours that were told with it, and 72 at most, so many as
    have to found it right afterwards, and none of them had a part in it.
    """
    if not paid.emergency:
        return
    told = paid.log.events("plans", paid.ids["plan"])
    asked, given = (paid.acts(act)[-1][1] for act in OF_AN_EMERGENCY[-1])
    hours = timedelta(hours=min(HOURS, asked["data"].get("ratify_within_hours", HOURS)))
    found = [event for _, event in told if name_of(event) == RATIFIED][:1]
    known = found[0]["recordedtime"] if found else paid.log.report.until
    if datetime.fromisoformat(known) - datetime.fromisoformat(given["recordedtime"]) > hours:
        yield Kind.DUTIES, "paid for help that nobody found right in time"
    partial = {asked["actorid"], given["actorid"], asked["data"].get("counsellor")}
    partial |= {e["actorid"] for _, e in told if name_of(e) == "emergency_conflict_declared"}
    voters = {e["actorid"] for _, e in told if name_of(e) == "emergency_ratification_recorded"}
    for each in found:
        named = {*each["data"]["approvers"]}
        if named - voters or named & partial or len(named) < paid.times("approval_recorded"):
            yield Kind.DUTIES, "paid for help that others found right than who may"


HOURS, RATIFIED = 72, "emergency_assistance_ratified"


RULES: tuple[Callable[[Paid], Iterator[Breach]], ...] = (
    different_people,
    no_part_before,
    same_evidence,
    due_authority,
    amended_by_others,
    right_amount,
    delivered_before_paid,
    within_commitment,
    nothing_is_left_out,
    nothing_stopped_it,
    nothing_stood_against_it,
    as_the_bank_says,
    clear_vendor,
    approved_plan,
    ratified_in_time,
)
OF_AN_EXCERPT = tuple(rule for rule in RULES if rule not in (approved_plan, ratified_in_time))
"""Those that ask neither plan nor case."""


HAND_OVER = ("cash_requested", "cash_approved", "cash_handed_over", "cash_hand_over_confirmed")
"""Each by another person, and after the one before; what is large is approved by a second one, and
against a thumbprint it is witnessed by one more."""
HELD_CASH = ("cash_held", "cash_released_from_hold", "cash_handed_over")


def least(log: Log, index: int, amount: Decimal, pair: Two) -> Decimal:
    """What it comes to in the second currency at the best rate that was ever published; zero where
    there is none between the two.
    """
    if pair[0] == pair[1]:
        return amount
    rates = (rate for at, _, rate in chain.from_iterable(log.rates.values()) if at < index)
    worth = [
        amount / Decimal(each["value"])
        if each["base"] == pair[1]
        else amount * Decimal(each["value"])
        for each in rates
        if {each["base"], each["quote"]} == {*pair}
    ]
    return min(worth, default=Decimal())


def check_cash(log: Log) -> None:
    """Cash that was approved goes its way step by step; what nobody confirmed is not spent yet."""
    waits = 0
    for cash, index in log.cash.items():
        with log.report.holding(Kind.DUTIES, f"entry {index}, cash {cash}"):
            events = log.events("disbursement", cash)
            past = {name_of(event): (at, event) for at, event in events}
            terms = past["cash_terms_set"][1]["data"] if "cash_terms_set" in past else {}
            again = ("cash_approved_again",) * bool(terms.get("second_approval"))
            thumb = past.get("cash_handed_over", (0, {"data": {}}))[1]["data"].get("proof")
            saw = ("cash_hand_over_witnessed",) * (thumb == "thumbprint")
            steps = [*HAND_OVER[:2], *again, HAND_OVER[2], *saw, HAND_OVER[3]]
            last = max(n for n, name in enumerate(steps) if name in past)
            waits += "cash_handed_over" in past and last < len(steps) - 1
            if missing := [words(name) for name in steps[:last] if name not in past]:
                raise Bad(f"{words(steps[last])} without {', '.join(missing)}")
            acts = [past[name] for name in steps[: last + 1]]
            places = [at for at, _ in acts]
            if places != sorted(places) or (
                "cash_cancelled" in past and steps[last] == HAND_OVER[3]
            ):
                raise Bad("its steps are out of order, or it was given up and confirmed")
            names = [name_of(event) for _, event in events if name_of(event) in HELD_CASH]
            if any(pair == ("cash_held", "cash_handed_over") for pair in pairwise(names)):
                raise Bad("handed over although it was held")
            asked, given = acts[0][1]["data"], acts[-1][1]["data"]
            if any(given.get(figure, asked[figure]) != asked[figure] for figure in FIGURES):
                raise Bad("another amount than was asked for and approved")
            (amount, currency), (reserved, into) = (amount_of(asked[each]) for each in FIGURES)
            if reserved + rounded(reserved) < least(log, index, amount, (currency, into)):
                raise Bad(f"{money(asked['reserved'])} reserved for {money(asked['amount'])}")
            people = {event["actorid"] for _, event in acts}
            if len(people) < len(acts) or people & {*asked["counsellors"]}:
                raise Bad("one person did what two must, or counsels the returnee")
            for at, event in acts:
                if "approved" in (act := name_of(event)):
                    for lacks in lacking(log, at, event, "approve", amount_of(asked["reserved"])):
                        raise Bad(f"{words(act)} by {event['actorid']} {lacks}")
    if waits:
        log.report.not_checked.append(f"cash: {waits} handed over, and nobody confirmed that yet")


def words(name: str) -> str:
    return name.replace("_", " ")


_AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,6})?", re.ASCII)
on = lru_cache(maxsize=4096)(date.fromisoformat)


def amount_of(told: Any) -> tuple[Decimal, str]:
    """`{"amount": "12.50", "currency": "EUR"}`; an error if it is written otherwise."""
    if not isinstance(told["currency"], str):
        raise TypeError(told)
    return number_of(told["amount"]), told["currency"]


@lru_cache(maxsize=4096)
def number_of(told: str) -> Decimal:
    if not _AMOUNT.fullmatch(told):
        raise ValueError(told)
    return Decimal(told)


# Why was this paid?


def explain(log: Log, payment: str) -> list[str]:
    """The causes of a payment, from the bank back to the registration, each with its entries."""
    index = next((i for i in log.paid if log.event(i)["data"].get("payment") == payment), None)
    if index is None:
        log.report.fail(Kind.UNKNOWN, payment, "no payment of that id was paid in this log")
        return []
    paid = Paid(log, index)
    proof = "NOT PROVEN" if log.report.failures else "proof ok"
    on = day(paid.data.get("value_date") or paid.event["time"][:10])
    lines = [f"{payment}   {money(paid.data.get('amount'))} to {vendor_name(paid)} on {on}"]
    causes = [cause for cause in because(paid) if cause[1]]
    wide = max(len(sentence) for sentence, _, _ in causes)
    for sentence, acts, more in causes:
        numbers = ", ".join(str(at) for at, _ in acts)
        told = f"{'entry' if len(acts) == 1 else 'entries'} {numbers}"
        lines.append(f"  because   {sentence:<{wide}}   {told:<16}   {proof}   {more}".rstrip())
        lines += [f"            {under}" for under in mandates(paid, acts)]
    return lines


def because(paid: Paid) -> Iterator[tuple[str, Acts, str]]:
    """A sentence, the entries that it speaks of, and what else they say."""
    acts = paid.acts

    def who(name: str) -> str:
        return by(paid.log, acts(name))

    evidence = {str(e["data"].get("evidence")) for n in CONTROLS[0] for _, e in acts(n)}
    same = f"same evidence {evidence.pop()[:4]}…" if len(evidence) == 1 else ""
    yield "the bank confirmed it", acts("vendor_paid"), ""
    yield f"{who('payment_signed')} signed and released it", acts("payment_signed"), same
    yield f"{who('payment_approved')} approved it", acts("payment_approved"), same
    yield f"{who('payment_certified')} certified it", acts("payment_certified"), same
    yield f"{who('payment_requested')} asked for it to be paid", acts("payment_requested"), same
    yield "order, delivery and invoice agree", acts("three_way_match_passed"), bought(paid)
    yield f"{who('goods_received')} recorded the delivery", acts("goods_received"), ""
    yield f"{who('commitment_approved')} approved the commitment", acts("commitment_approved"), ""
    yield f"{who('commitment_certified')} found it funded", acts("commitment_certified"), ""
    chosen = paid.chosen()
    offers = [
        f"of {e['data']['quotations']} offers" for _, e in chosen if "quotations" in e["data"]
    ]
    yield f"{by(paid.log, chosen)} chose the vendor", chosen, "".join(offers)
    account = acts("bank_account_approved") + acts("bank_account_callback_verified")
    called = who("bank_account_callback_verified")
    yield f"{who('bank_account_approved')} approved the account", account, f"{called} called back"
    vendor = acts("vendor_approved") + acts("vendor_screened")
    yield f"{who('vendor_approved')} approved the vendor", vendor, "screened"
    drafted = f"drafted by {who('plan_drafted')}"
    yield f"{who('approval_recorded')} approved the plan", acts("approval_recorded"), drafted
    yield "the returnee signed the plan", acts("plan_signed_by_returnee"), ""
    for granted in acts("entitlement_granted"):
        data = granted[1]["data"]
        programme = str(data.get("programme", "")).removeprefix("prg_").replace("_", "-")
        under = f"programme {programme} v{data.get('programme_version')}" if programme else ""
        yield f"the returnee may receive up to {money(data.get('total'))}", [granted], under
    registered = acts("returnee_registered") + acts("consent_given")
    yield "the returnee was registered, and consented", registered, ""


def by(log: Log, acts: Acts) -> str:
    """Who, and in which role: marta (signatory) and ivan (signatory)."""
    roles = ((e["actorid"], log.event(at)["actorrole"]) for at, e in acts)
    told = dict.fromkeys(f"{person(who)} ({words(role)})" for who, role in roles)
    return " and ".join(told) or "nobody"


def person(name: Any) -> str:
    return str(name).removeprefix("per_")


def mandates(paid: Paid, acts: Acts) -> Iterator[str]:
    """Under which delegation each of them acted, and who gave it."""
    for index, event in acts:
        name, past = delegation(paid.log, index, event)
        if {"delegation_granted", "delegation_confirmed"} <= past.keys():
            given, confirmed = past["delegation_granted"], past["delegation_confirmed"]
            who, giver, other = (person(e["actorid"]) for e in (event, given, confirmed))
            limit = money(given["data"].get("limit"))
            told = f"{who} under delegation {name} up to {limit}"
            yield f"{told}, given by {giver}, confirmed by {other}"


def bought(paid: Paid) -> str:
    """As in: invoice INV23, 8 of 10 delivered, corrected invoice."""
    ordered, received = (
        sum(line["quantity"] for _, e in paid.acts(name) for line in e["data"].get("lines", ()))
        for name in ("purchase_order_issued", "goods_received")
    )
    invoice = paid.told("invoice_received") if paid.acts("invoice_received") else {}
    told = [f"invoice {invoice.get('number')}"] if invoice.get("number") else []
    told += [f"{received} of {ordered} delivered"] if ordered else []
    told += ["corrected invoice"] if invoice.get("replaces") else []
    return ", ".join(told)


def vendor_name(paid: Paid) -> str:
    """By the disclosures, if there are any of it; else the vendor's id."""
    vendor = paid.ids.get("vendor", "")
    opened: dict[str, Any] = {}
    for index, _ in paid.log.events("vendors", vendor):
        opened |= paid.log.opened.get(index, {})
    name = opened.get("latin_name") or opened.get("name")
    return ", ".join(str(told) for told in (name, opened.get("town")) if told) if name else vendor


def money(amount: Any) -> str:
    match amount:
        case {"amount": str(number), "currency": str(currency)}:
            whole, dot, rest = number.partition(".")
            return f"{int(whole):,}{dot}{rest} {currency}"
    return "an amount"


def day(told: str) -> str:
    """21 November 2026."""
    return f"{int(told[8:10])} {month_name[int(told[5:7])]} {told[:4]}"


def clock(seconds: int) -> str:
    return datetime.fromtimestamp(min(seconds, 1 << 36), UTC).isoformat()


def moment(told: str) -> str:
    """21 November 2026 12:00:07 UTC."""
    return f"{day(told[:10])} {told[11:19]} UTC"


def check_erasures(log: Log) -> None:
    """Asked for by one and approved by another: of that person, those kinds, and before anything is
    erased; and complete once every service has said so.
    """
    for erasure, told in log.erasures.items():
        with log.report.holding(Kind.DUTIES, erasure):
            said = [(name.partition("."), at, log.event(at)) for name, at in told]
            own = {what: (at, event) for (by, _, what), at, event in reversed(said) if by == OWNER}
            erased = {by for (by, _, what), _, _ in said if what == ERASED}
            asked, approved = own.get("erasure_requested"), own.get("erasure_approved")
            if erased and not (
                asked and approved and asked[1]["actorid"] != approved[1]["actorid"]
            ):
                raise Bad("erased without the approval of another than who recorded the request")
            if erased and "erasure_refused" in own:
                raise Bad("erased although it was refused")
            gone = [(at, event) for (_, _, what), at, event in said if what == ERASED]
            for (before, allowed), (after, done) in (
                [(asked, approved), *((approved, each) for each in gone)]
                if asked and approved
                else ()
            ):
                person, kinds = allowed["data"]["person"], {*allowed["data"]["kinds"]}
                if done["data"]["person"] != person or {*done["data"]["kinds"]} - kinds:
                    raise Bad("erased of another person or other kinds than was asked and approved")
                if came_first((after, done), (before, allowed)):
                    raise Bad("erased before that was asked for and approved")
            until, _ = own.get("erasure_completed", (log.size, {}))
            due = approved[1]["data"]["services"] if approved else ()
            if missing := [s for s in due if s not in erased and log.last(s) > until]:
                raise Bad(f"told complete, and not told by {', '.join(missing)}")


OWNER, ERASED = "intake", "subject_erased"
"""The service that decides on erasures, and what each tells when it has erased."""


# The whole

SPOKEN_OF = {*re.findall('"([a-z_]+)"', Path(__file__).read_text(encoding="utf-8"))}
"""A rule that reads an event has its name: one that stands nowhere in this file is read by none."""


def trusted(folder: Folder, key: str | None, policy: Policy | None, report: Report) -> list[Key]:
    """The log's keys, each of which must have signed: yours and those of your policy; without
    either, those that came with the folder.
    """
    shipped = folder.read("vkey").decode(errors="replace")
    if key is None and not (policy and policy.logs):
        told = "came with the folder, and --vkey was not given: nothing here is proven"
        report.fail(Kind.UNPROVEN, "vkey", told)
    elif key is not None and shipped != f"{key.strip()}\n":
        report.fail(Kind.SIGNATURE, "vkey", "not the key that you trust")
    keys = read_keys(key or shipped)
    if policy and policy.logs:
        of_it = [each for each in policy.logs if each.name == keys[0].name]
        if not of_it or (key is None and {*of_it} != {*keys}):
            report.fail(Kind.SIGNATURE, "vkey", "your policy is for another log, or for other keys")
        keys = [*dict.fromkeys((*of_it, *(keys if key else ())))] or keys
    return keys


def verify(
    path: Path,
    key: str | None = None,
    why: str | None = None,
    policy: Policy | None = None,
    kept: str | None = None,
    *,
    whole: bool = False,
) -> Report:
    """Check everything; the report says what was found and what was not looked at. An excerpt does
    not hold where the whole log was asked for.
    """
    began = time.perf_counter()
    report = Report(str(path), not_checked=list(NEVER_CHECKED))
    ahead = ["checkpoints", "entries and tree", "hash tiles", "disclosures", "payments"]
    with report.holding(Kind.FOLDER, str(path)), closing(Folder(path)) as folder:
        report.excerpt = ENTRIES in folder.names
        if report.excerpt and whole:
            raise Bad("an excerpt, and the whole log was asked for")
        keys = trusted(folder, key, policy, report)
        roots = check_checkpoints(folder, keys, policy, report)
        if kept is not None:
            check_kept(kept, keys, roots, report)
        if MANIFEST in folder.names:
            read_manifest(folder, report)
        del ahead[:1]
        log = (Excerpt if report.excerpt else Log)(folder, report.size, report)
        if report.root:
            log.read(roots)
            check_ids(log)
            check_files(folder, log)
            check_manifest(folder, report)
            del ahead[:2]
        if not any(each.stops for each in report.failures):  # it asks what the entries mean
            kinds = check_types(folder, log)
            with report.holding(Kind.FOLDER, DISCLOSED):
                check_disclosures(folder, log, kinds)
            check_tables(folder, log)
            check_once(log)
            check_payments(log)
            check_cash(log)
            if log.whole:
                check_erasures(log)
            else:
                report.not_checked[:0] = NOT_OF_AN_EXCERPT
            ahead.clear()
            report.unread = sorted(kind for kind in log.types if short(kind) not in SPOKEN_OF)
        if why is not None:
            with report.holding(Kind.RULES, why):
                report.why = explain(log, why)
    report.not_checked += not_reached(report, ahead)
    report.seconds = round(time.perf_counter() - began, 3)
    return report


def not_reached(report: Report, ahead: list[str]) -> Iterator[str]:
    """What of this folder was not looked at."""
    if ahead:
        yield f"{', '.join(ahead)}: skipped because of the failures above"
    if report.unread:
        count = len(report.unread)
        yield f"what events of {count} types tell: no rule reads them (--json lists the types)"
    if report.withheld:
        yield f"{report.withheld} personal values that are not disclosed here"
    if report.erased:
        yield f"{report.erased} personal values that were erased, each by an entry that says so"
    if report.until:
        what = "excerpt" if report.excerpt else "log"
        yield f"anything after {moment(report.until)}: the {what} ends there"


def tell(report: Report) -> str:
    """The report for people."""
    lines = list(report.why)
    lines += [f"  {one.kind:<11}{one.where}: {one.what}" for one in report.failures[:SHOWN]]
    if len(report.failures) > SHOWN:
        lines.append(f"  … and {len(report.failures) - SHOWN} more (--json lists all)")
    excerpt = ", AN EXCERPT," if report.excerpt else ""
    verdict = f"OK{excerpt}" if not report.failures else f"NOT OK ({len(report.failures)} failures)"
    if report.exit_code == Kind.UNPROVEN:
        verdict = "NOT PROVEN, though it fits together,"
    lines.append(
        f"{report.entries} of {report.size} entries, {len(report.sources)} sources, "
        f"{report.checkpoints} checkpoints, {report.payments} payments   {verdict} "
        f"in {report.seconds:.1f} s"
    )
    lines += [f"root {report.root}   {report.origin}"] if report.root else []
    lines += [f"cosigned by {name} on {at}" for name, at in report.witnesses.items()]
    lines += [f"the last entry is of {moment(report.until)}"] if report.until else []
    lines += [f"Not checked: {what}" for what in report.not_checked]
    return "".join(f"{legible(line)}\n" for line in lines)


def legible(line: str) -> str:
    """In one line, without what moves a terminal's cursor: files are named as anybody likes."""
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    return plain.encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding)


def anchor(path: str) -> bytes:
    """A file that you trust, keys, a policy or a checkpoint; `Bad` if it is longer than any is."""
    with Path(path).open("rb") as file:
        data = file.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise Bad(f"{path} has more than {LONGEST} bytes")
    return data


def text_of(path: str) -> str:
    """The same as text, wherever its lines were ended anew on the way."""
    return anchor(path).decode().replace("\r\n", "\n")


def main(argv: list[str] | None = None) -> int:
    """The exit code: 0, or the lowest `Kind` that failed."""
    gc.disable()  # nothing here goes in circles
    parser = argparse.ArgumentParser(
        prog=os.environ.get("HOMEWARD_VERIFY_AS"),
        description="Verify a Homeward log offline.",
        epilog="Exit codes: 0 all holds, 2 mistyped, else the first of "
        + ", ".join(f"{kind.value} {kind.name.lower()}" for kind in Kind)
        + " that fails.",
    )
    parser.add_argument("folder", type=Path, help="what the audit service exported: folder or zip")
    parser.add_argument("--vkey", "--key", help="the log's verifier keys, or a file with them")
    parser.add_argument("--policy", help="a file that says who has to have cosigned (tlog-policy)")
    parser.add_argument("--kept", metavar="CHECKPOINT", help="one that you kept of this log before")
    parser.add_argument(
        "--whole", action="store_true", help="nothing less than the whole log holds"
    )
    parser.add_argument("--why", metavar="PAYMENT", help="print why this payment was made")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    asked = parser.parse_args(argv)
    if not asked.folder.exists():
        sys.stderr.write(f"{asked.folder}: there is no such folder or zip.\n")
        return Kind.FOLDER.value
    key, policy, kept = asked.vkey, None, None
    try:
        if key is not None and "+" not in key:
            key = text_of(key)
        if key is not None:
            read_keys(key)
        if asked.policy is not None:
            policy = read_policy(anchor(asked.policy))
        if asked.kept is not None:
            kept = text_of(asked.kept)
            read_note(kept)  # of nobody is it told that they kept what is no checkpoint
    except OSError as error:
        parser.error(f"{error.filename}: {error.strerror}")
    except (Bad, UnicodeDecodeError) as bad:
        parser.error(f"what you trust cannot be read: {bad}")
    report = verify(asked.folder, key, asked.why, policy, kept, whole=asked.whole)
    told = json.dumps(asdict(report), indent=1) + "\n" if asked.json else tell(report)
    sys.stdout.write(told)
    return report.exit_code


if __name__ == "__main__":
    raise SystemExit(main())
