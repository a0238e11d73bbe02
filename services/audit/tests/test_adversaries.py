"""Whoever has the log in hand, its real keys too, and changes what was: caught from a bundle alone.

The other adversaries are at `test_witnessed.py` (a tail that is rewritten, two histories, an old
state, with real witnesses), `test_forged.py` (payments that cannot be), `test_erasures.py`
(an erasure that is claimed and not logged), `test_mutations.py` (any byte, tricks with zips),
`test_grant_bundle.py` (what is left out of an excerpt), `test_checking.py` (rows of a store).
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from services.audit.tests.logs import Bundle, begin_anew, write_bundle
from services.audit.tests.test_forged import WHOLE
from services.audit.tests.test_verify_witnesses import TWO_OF_THREE, A, B, Witness, cosigned, newest
from specimens.histories import Told, case, history, told

from audit import verify as verifier
from audit.domain.tiles import Edge, Tile
from audit.verify import Bad, Kind, Log, Report, check_tile, read_policy, verify
from events.envelope import Entry

POLICY = read_policy(TWO_OF_THREE.encode())


def raw(stories: Sequence[tuple[str, Entry]]) -> list[bytes]:
    return [entry.raw for _, entry in stories]


ENTRIES = raw(history(2))
LONGER = raw(history(3))


def with_the_keys_of(bundle: Bundle, folder: Path) -> Path:
    """A signer with the real keys that has forgotten what it signed."""
    begin_anew(bundle.folder.parent / "signer", folder / "signer")
    return folder


@pytest.fixture
def honest(tmp_path: Path) -> Bundle:
    """Cosigned by two of the donors' three witnesses."""
    bundle = write_bundle(tmp_path / "honest", ENTRIES, sizes=(1, 40))
    cosigned(bundle, *(each.line(newest(bundle)) for each in (A, B)))
    return bundle


def caught(bundle: Bundle, kept: str | None = None) -> Report:
    return verify(bundle.folder, bundle.vkey, policy=POLICY, kept=kept)


def test_the_honest_one_holds(honest: Bundle) -> None:
    assert not caught(honest).failures


# Entries, signed anew with the real keys


def at(kind: str, nth: int = 0) -> int:
    return [i for i, entry in enumerate(ENTRIES) if f".{kind}.v".encode() in entry][nth]


SIGNED = at("payment_signed")
CHANGES: dict[str, tuple[list[bytes], Kind]] = {
    "dropped": ([*ENTRIES[:SIGNED], *ENTRIES[SIGNED + 1 :]], Kind.ORDER),
    "duplicated": ([*ENTRIES[: SIGNED + 1], *ENTRIES[SIGNED:]], Kind.ORDER),
    "reordered": (
        [*ENTRIES[:SIGNED], ENTRIES[SIGNED + 1], ENTRIES[SIGNED], *ENTRIES[SIGNED + 2 :]],
        Kind.ORDER,
    ),
    "back-dated": (
        [
            entry.replace(b'"recordedtime":"2026-11-21', b'"recordedtime":"2026-11-20')
            if index == SIGNED + 1
            else entry
            for index, entry in enumerate(ENTRIES)
        ],
        Kind.ORDER,
    ),
    "somebody else's name": (
        [entry.replace(b"per_ivan", b"per_marta") for entry in ENTRIES],
        Kind.DUTIES,
    ),
    "another amount in one place": (
        [
            entry.replace(b"2423500.500", b"2423500.501") if b".vendor_paid." in entry else entry
            for entry in ENTRIES
        ],
        Kind.RULES,
    ),
}


@pytest.mark.parametrize(("entries", "kind"), CHANGES.values(), ids=CHANGES)
def test_an_entry_that_is_changed_and_signed_anew(
    entries: list[bytes], kind: Kind, honest: Bundle, tmp_path: Path
) -> None:
    """The root fits and the real keys signed it. What it tells cannot be, and no witness saw it."""
    forged = write_bundle(with_the_keys_of(honest, tmp_path / "forged"), entries)
    alone = verify(forged.folder, honest.vkey)
    assert alone.exit_code == kind
    assert Kind.WITNESS.name.lower() in {each.kind for each in caught(forged).failures}


# Histories that hold by themselves


def rewritten(honest: Bundle, folder: Path) -> Bundle:
    """Another tail that tells of nothing that cannot be, signed with the real keys."""
    other = [entry.replace(b"per_dalia", b"per_nobod") for entry in ENTRIES]
    return write_bundle(with_the_keys_of(honest, folder), other, sizes=(1,))


def test_a_rewritten_tail_has_no_quorum(honest: Bundle, tmp_path: Path) -> None:
    forged = rewritten(honest, tmp_path / "forged")
    assert not verify(forged.folder, honest.vkey).failures  # by itself it cannot be told
    assert caught(forged).exit_code == Kind.WITNESS


def test_the_cosignatures_of_the_one_history_are_none_for_the_other(
    honest: Bundle, tmp_path: Path
) -> None:
    forged = rewritten(honest, tmp_path / "forged")
    cosigned(forged, *(each.line(newest(honest)) for each in (A, B)))
    assert caught(forged).exit_code == Kind.SIGNATURE


def test_a_rewritten_tail_is_no_continuation_of_a_checkpoint_that_was_kept(
    honest: Bundle, tmp_path: Path
) -> None:
    forged = rewritten(honest, tmp_path / "forged")
    kept = (honest.folder / "checkpoint").read_text()
    report = verify(forged.folder, honest.vkey, kept=kept)
    assert report.exit_code == Kind.HISTORY
    older = json.loads((honest.folder / "checkpoints.jsonl").read_text().splitlines()[1])
    report = verify(forged.folder, honest.vkey, kept=older)
    assert report.exit_code == Kind.HISTORY
    assert ("checkpoint of 40", "signs another root") in {
        (each.where, each.what) for each in report.failures
    }


def test_of_two_histories_only_one_has_the_quorum(honest: Bundle, tmp_path: Path) -> None:
    """One witness is in league and cosigns both; that is not enough for the second."""
    forged = rewritten(honest, tmp_path / "forged")
    cosigned(forged, A.line(newest(forged)))
    assert not caught(honest).failures
    assert caught(forged).exit_code == Kind.WITNESS


def test_a_log_that_was_put_back_is_caught_by_a_checkpoint_that_was_kept(
    honest: Bundle, tmp_path: Path
) -> None:
    longer = write_bundle(with_the_keys_of(honest, tmp_path / "longer"), LONGER)
    kept = (longer.folder / "checkpoint").read_text()
    assert not verify(longer.folder, longer.vkey, kept=kept).failures
    report = verify(honest.folder, honest.vkey, kept=kept)
    assert report.exit_code == Kind.HISTORY
    what = f"covers {len(LONGER)} entries, and this log was put back to {len(ENTRIES)}"
    assert what in {each.what for each in report.failures}


def test_without_anything_kept_the_report_says_where_the_log_ends(honest: Bundle) -> None:
    assert any(each.startswith("anything after ") for each in caught(honest).not_checked)


def test_a_checkpoint_of_another_log_is_no_kept_one(honest: Bundle, tmp_path: Path) -> None:
    other = write_bundle(tmp_path / "other", ENTRIES)
    kept = (other.folder / "checkpoint").read_text()
    assert caught(honest, kept).exit_code == Kind.HISTORY


def test_a_witness_that_nobody_trusts_counts_for_nothing(honest: Bundle, tmp_path: Path) -> None:
    forged = rewritten(honest, tmp_path / "forged")
    pretender = Witness(A.name, Ed25519PrivateKey.generate())
    cosigned(forged, pretender.line(newest(forged)), A.line(newest(forged)))
    assert caught(forged).exit_code == Kind.WITNESS


# Tiles


def test_each_tile_at_each_level_of_70000_entries_is_held_against_the_tree(tmp_path: Path) -> None:
    """More one-bits than tiles: readers that follow only some of the tiles would miss a forgery."""
    size = 70_000
    leaves = [hashlib.sha256(index.to_bytes(8)).digest() for index in range(size)]
    edge = Edge()
    files: dict[Tile, bytes] = {tile: data for leaf in leaves for tile, data in edge.add(leaf)}
    files |= dict(edge.partial_tiles())
    log = Log.__new__(Log)
    log.tree, log.size = verifier.Tree(), size
    for start in range(0, size, 256):
        hashes = b"".join(leaves[start : start + 256])
        log.tree.add(hashes, verifier.over(hashes))
    assert {tile.level for tile in files} == {0, 1, 2}
    for tile, data in files.items():
        check_tile(data, str(tile.level), tile.number, tile.width, log)
        for place in (0, len(data) // 2, len(data) - 1):
            forged = bytearray(data)
            forged[place] ^= 1
            with pytest.raises(Bad, match="not the hashes of what is below it"):
                check_tile(bytes(forged), str(tile.level), tile.number, tile.width, log)


# People


def test_who_acted_stays_in_the_log_whoever_is_gone(tmp_path: Path) -> None:
    """An actor who was deleted is in every entry that tells of them, and the entries hold."""
    story: list[Told] = [*WHOLE, *case(2)]
    bundle = write_bundle(tmp_path, raw(told(story)))
    without = [entry for entry in raw(told(story)) if b'"per_eva"' not in entry]
    assert not verify(bundle.folder, bundle.vkey).failures
    gone = write_bundle(tmp_path / "gone", without)
    assert verify(gone.folder, gone.vkey).exit_code == Kind.ORDER
