"""What the verifier asks of signatures: the log's own, and those of the witnesses of a policy."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from services.audit.tests.logs import Bundle, write_bundle
from specimens.histories import history

from audit import verify as verifier
from audit.domain.note import COSIGNED_ED25519, COSIGNED_MLDSA44, VerifierKey, cosign
from audit.verify import Bad, Kind, Report, read_policy, verify

ENTRIES = [entry.raw for _, entry in history(2)]
SIGNED_AT = (1, 20, 40)
AT = 1_795_262_407
"""21 November 2026, 12:00:07 UTC."""


class Witness:
    """One who cosigns whatever is put before it."""

    def __init__(self, name: str, key: Ed25519PrivateKey | MLDSA44PrivateKey) -> None:
        self.name, self._key = name, key
        kind = COSIGNED_ED25519 if isinstance(key, Ed25519PrivateKey) else COSIGNED_MLDSA44
        self.vkey = VerifierKey(name, key.public_key().public_bytes_raw(), kind)

    def line(self, note: str, at: int = AT) -> str:
        text = note.rpartition("\n\n")[0] + "\n"
        return cosign(text, self.name, self._key, at)


A = Witness("witness.example/a", Ed25519PrivateKey.from_private_bytes(b"a" * 32))
B = Witness("witness.example/b", MLDSA44PrivateKey.generate())
C = Witness("witness.example/c", Ed25519PrivateKey.from_private_bytes(b"c" * 32))
WITNESSES = "".join(f"witness {w.name[-1]} {w.vkey}\n" for w in (A, B, C))
TWO_OF_THREE = f"# of the donors\n{WITNESSES}group donors 2 a b c\nquorum donors\n"


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return write_bundle(tmp_path, ENTRIES, sizes=SIGNED_AT)


def notes(bundle: Bundle) -> list[str]:
    lines = (bundle.folder / "checkpoints.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def put(bundle: Bundle, told: Sequence[str]) -> None:
    """These notes instead, the last of them as the newest."""
    lines = (json.dumps(note, ensure_ascii=False) for note in told)
    (bundle.folder / "checkpoints.jsonl").write_text("".join(f"{line}\n" for line in lines))
    (bundle.folder / "checkpoint").write_text(told[-1])


def cosigned(bundle: Bundle, *lines: str) -> None:
    """The newest checkpoint with these lines under it."""
    *older, newest = notes(bundle)
    put(bundle, [*older, newest + "".join(lines)])


def newest(bundle: Bundle) -> str:
    return notes(bundle)[-1]


def by(bundle: Bundle, policy: str) -> Report:
    return verify(bundle.folder, bundle.vkey, policy=read_policy(policy.encode()))


def said(report: Report) -> list[str]:
    return [failure.what for failure in report.failures]


# The log's own signatures


def without_lasting(note: str) -> str:
    """As it was signed before the log had its second key."""
    body, _, lines = note.rpartition("\n\n")
    return f"{body}\n\n{min(lines.splitlines(keepends=True), key=len)}"


def test_checkpoints_from_before_the_log_had_its_second_key_hold(bundle: Bundle) -> None:
    first, second, *rest = notes(bundle)
    put(bundle, [without_lasting(first), without_lasting(second), *rest])
    report = verify(bundle.folder, bundle.vkey)
    assert not report.failures
    assert report.checkpoints == 4


@pytest.mark.parametrize("place", [1, 2])
def test_once_the_second_key_has_signed_none_is_without_it(bundle: Bundle, place: int) -> None:
    told = notes(bundle)
    told[place] = without_lasting(told[place])
    put(bundle, told)
    (failure,) = verify(bundle.folder, bundle.vkey).failures
    assert (failure.kind, failure.where) == ("signature", f"checkpoints.jsonl:{place + 1}")
    assert failure.what == "not signed with each key that signed one before it"


def test_the_newest_has_the_line_of_each_key(bundle: Bundle) -> None:
    put(bundle, [without_lasting(note) for note in notes(bundle)])
    report = verify(bundle.folder, bundle.vkey)
    assert report.exit_code == Kind.SIGNATURE
    assert any(what.endswith("with each key that you trust") for what in said(report))


def test_the_second_key_alone_is_no_signature_of_before(bundle: Bundle) -> None:
    told = notes(bundle)
    body, _, lines = told[1].rpartition("\n\n")
    told[1] = f"{body}\n\n{max(lines.splitlines(keepends=True), key=len)}"
    put(bundle, told)
    assert verify(bundle.folder, bundle.vkey).exit_code == Kind.SIGNATURE


# Its witnesses


def test_without_a_policy_the_cosignatures_are_not_looked_at_and_that_is_said(
    bundle: Bundle,
) -> None:
    cosigned(bundle, A.line(newest(bundle)))
    report = verify(bundle.folder, bundle.vkey)
    assert not report.failures
    told = "witnesses: --policy was not given, 1 cosignatures were not looked at"
    assert told in report.not_checked


@pytest.mark.parametrize("who", [(A, B), (B, C), (A, C), (A, B, C)])
def test_a_quorum_of_either_kind_of_key_is_enough(bundle: Bundle, who: tuple[Witness]) -> None:
    cosigned(bundle, *(each.line(newest(bundle)) for each in who))
    report = by(bundle, TWO_OF_THREE)
    assert not report.failures
    assert report.witnesses == {each.name[-1]: "21 November 2026 12:00:07 UTC" for each in who}


@pytest.mark.parametrize("who", [(), (A,), (B,)])
def test_fewer_have_an_exit_code_of_their_own(bundle: Bundle, who: tuple[Witness]) -> None:
    cosigned(bundle, *(each.line(newest(bundle)) for each in who))
    report = by(bundle, TWO_OF_THREE)
    assert report.exit_code == Kind.WITNESS
    assert report.entries == len(ENTRIES)  # the rest is told all the same


def test_the_same_witness_twice_is_one(bundle: Bundle) -> None:
    cosigned(bundle, A.line(newest(bundle)), A.line(newest(bundle), AT + 60))
    assert by(bundle, TWO_OF_THREE).exit_code == Kind.WITNESS


def test_a_cosignature_of_something_else_is_no_cosignature(bundle: Bundle) -> None:
    for other in (A, B):
        whole = notes(bundle)
        cosigned(bundle, other.line(whole[0]), C.line(whole[-1]))
        assert by(bundle, TWO_OF_THREE).exit_code == Kind.SIGNATURE
        put(bundle, whole)


def test_the_time_of_a_cosignature_cannot_be_changed(bundle: Bundle) -> None:
    for who in (A, B):
        whole = notes(bundle)
        head, _, encoded = who.line(newest(bundle)).rpartition(" ")
        signature = bytearray(verifier.unbase64(encoded.strip()))
        signature[11] ^= 1
        changed = base64.b64encode(signature).decode()
        cosigned(bundle, f"{head} {changed}\n", C.line(newest(bundle)))
        assert by(bundle, TWO_OF_THREE).exit_code == Kind.SIGNATURE
        put(bundle, whole)


def test_only_the_newest_needs_its_quorum_but_an_older_one_has_no_forged_line(
    bundle: Bundle,
) -> None:
    told = notes(bundle)
    told[-1] += A.line(told[-1]) + B.line(told[-1])
    put(bundle, told)
    assert not by(bundle, TWO_OF_THREE).failures
    told[0] += A.line(told[1])
    put(bundle, told)
    assert by(bundle, TWO_OF_THREE).exit_code == Kind.SIGNATURE


def test_those_whom_the_policy_does_not_name_do_not_count_and_are_told(bundle: Bundle) -> None:
    stranger = Witness("witness.example/x", Ed25519PrivateKey.generate())
    lines = [each.line(newest(bundle)) for each in (A, stranger)]
    cosigned(bundle, *lines)
    report = by(bundle, TWO_OF_THREE)
    assert report.exit_code == Kind.WITNESS
    assert "1 cosignatures by witnesses that your policy does not name" in report.not_checked


def test_a_policy_that_asks_for_nobody_says_so(bundle: Bundle) -> None:
    report = by(bundle, "quorum none\n")
    assert not report.failures
    assert "witnesses: your policy asks for none" in report.not_checked


def logs(bundle: Bundle) -> str:
    return "".join(f"log {line}\n" for line in bundle.vkey.split("\n"))


def test_a_policy_names_the_logs_keys_as_well(bundle: Bundle) -> None:
    policy = read_policy(f"{logs(bundle)}quorum none\n".encode())
    report = verify(bundle.folder, policy=policy)
    assert not report.failures
    assert not any("--vkey was not given" in told for told in report.not_checked)


def test_a_policy_of_another_log_is_not_this_ones(bundle: Bundle, tmp_path: Path) -> None:
    other = write_bundle(tmp_path / "other", ENTRIES)
    policy = f"{logs(other)}quorum none\n"
    assert by(bundle, policy).exit_code == Kind.SIGNATURE
    report = verify(bundle.folder, policy=read_policy(policy.encode()))
    assert report.exit_code == Kind.SIGNATURE


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "not a policy"),
        ("quorum none", "not a policy"),
        ("quorum none\r\n", "not a policy"),
        (WITNESSES, "there is no quorum line"),
        (f"{WITNESSES}quorum d\n", "line 4"),
        (f"{WITNESSES}group g 4 a b c\nquorum g\n", "line 4: 4 of 3"),
        (f"{WITNESSES}group g 0 a b c\nquorum g\n", "line 4: 0 of 3"),
        (f"{WITNESSES}group g 2 a a\nquorum g\n", "line 4: a member"),
        (f"{WITNESSES}group g any none\nquorum g\n", "line 4: a member"),
        (f"{WITNESSES}group g any a\ngroup h any a\nquorum h\n", "line 5: a member"),
        (f"{WITNESSES}group a any b\nquorum a\n", "line 4"),
        (f"{WITNESSES}quorum a\nquorum b\n", "line 5"),
        (f"{WITNESSES}witness d {A.vkey}\nquorum a\n", "the same key twice"),
        (f"witness a {A.vkey}x\nquorum a\n", "line 1"),
        ("witness none x\nquorum none\n", "line 1"),
        ("trust everybody\nquorum none\n", "line 1"),
    ],
)
def test_a_policy_that_is_none(text: str, what: str) -> None:
    with pytest.raises(Bad, match=what):
        read_policy(text.encode())


def test_from_the_command_line(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cosigned(bundle, A.line(newest(bundle)), B.line(newest(bundle)))
    (tmp_path / "policy").write_text(TWO_OF_THREE)
    (tmp_path / "vkey").write_text(f"{bundle.vkey}\n")
    arguments = [str(bundle.folder), "--vkey", str(tmp_path / "vkey")]
    assert verifier.main([*arguments, "--policy", str(tmp_path / "policy")]) == 0
    assert "cosigned by a on 21 November 2026 12:00:07 UTC" in capsys.readouterr().out
    for wrong in ("nowhere", "vkey"):
        with pytest.raises(SystemExit) as ended:
            verifier.main([*arguments, "--policy", str(tmp_path / wrong)])
        assert ended.value.code == 2
