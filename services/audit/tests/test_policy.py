"""The policy file: who has to cosign, read as strictly as it is written."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.domain.note import COSIGNED_ED25519, ED25519, VerifierKey
from audit.domain.policy import BadPolicy, Policy


def key(number: int, kind: bytes = COSIGNED_ED25519) -> VerifierKey:
    private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    return VerifierKey(f"key.example/{number}", private.public_key().public_bytes_raw(), kind)


LOG = f"log {key(0, ED25519)} https://log.example\n"
X1, X2, X3, Y1 = (key(number) for number in range(1, 5))
WITNESSES = f"""
# Two of the donors, and the board.
witness X1 {X1} https://x1.example
witness\tX2  {X2}
  witness X3 {X3}
witness Y1 {Y1}
"""
NESTED = f"{LOG}{WITNESSES}group X 2 X1 X2 X3\ngroup X-and-Y all X Y1\nquorum X-and-Y\n"


@pytest.mark.parametrize(
    ("cosigners", "enough"),
    [
        ({X1, X2, Y1}, True),
        ({X1, X2, X3, Y1}, True),
        ({X1, X2, X3}, False),
        ({X1, Y1}, False),
        ({key(9), X1, Y1}, False),
        (set(), False),
    ],
)
def test_a_quorum_is_counted_through_groups(cosigners: set[VerifierKey], *, enough: bool) -> None:
    assert Policy.parse(NESTED.encode()).met(cosigners) is enough


def test_a_quorum_may_be_one_witness_or_none() -> None:
    one = Policy.parse(f"{WITNESSES}quorum X2\n".encode())
    assert (one.met({X2}), one.met({X1})) == (True, False)
    assert Policy.parse(b"quorum none\n").met(set())
    any_of = Policy.parse(f"{WITNESSES}group G any X1 X2\nquorum G\n".encode())
    assert (any_of.met({X2}), any_of.met({X3})) == (True, False)


def test_a_witness_is_asked_where_the_policy_says() -> None:
    policy = Policy.parse(NESTED.encode())
    assert policy.witnesses["X1"].url == "https://x1.example"
    assert policy.witnesses["X2"].url is None
    assert [log.key for log in policy.logs] == [key(0, ED25519)]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("", "no quorum"),
        (WITNESSES, "no quorum"),
        ("quorum none\nquorum none\n", "second quorum"),
        ("quorum X1\n", "not defined"),
        (f"quorum X1\n{WITNESSES}", "not defined"),
        ("quorum none", "not ended"),
        ("quorum none\r\n", "control character"),
        ("quorum none more\n", "words after it"),
        ("wittness X\nquorum none\n", "none of log, witness"),
        (f"{LOG}{LOG}quorum none\n", "same log again"),
        (f"log {X1}\nquorum none\n", "type 0x01 or 0x06"),
        (f"witness W {key(1, ED25519)}\nquorum none\n", "type 0x04 or 0x06"),
        (f"{WITNESSES}witness X9 {X1}\nquorum none\n", "same witness again"),
        (f"{WITNESSES}witness X1 {key(9)}\nquorum none\n", "is taken"),
        (f"witness none {X1}\nquorum none\n", "is taken"),
        (f"{WITNESSES}group X1 any X2\nquorum none\n", "is taken"),
        (f"{WITNESSES}group G 0 X2\nquorum none\n", "0 of 1"),
        (f"{WITNESSES}group G 2 X2\nquorum none\n", "2 of 1"),
        (f"{WITNESSES}group G 01 X2\nquorum none\n", "01 of 1"),
        (f"{WITNESSES}group G all\nquorum none\n", "words after it"),
        (f"{WITNESSES}group G any none\nquorum none\n", "not defined"),
        (f"{WITNESSES}group G all G\nquorum none\n", "not defined"),
        (f"{WITNESSES}group G 2 X1 X1\nquorum G\n", "in a group already"),
        (f"{WITNESSES}group G any X1\ngroup H any X1\nquorum G\n", "in a group already"),
        ("witness W key.example+00000000+AAAA\nquorum none\n", "not a key"),
    ],
)
def test_what_is_no_policy_is_refused(lines: str, why: str) -> None:
    with pytest.raises(BadPolicy, match=why):
        Policy.parse(lines.encode())


def test_names_are_octets_whatever_they_mean() -> None:
    kelvin = b"witness \xe2\x84\xaa %s\n" % str(X1).encode()
    with pytest.raises(BadPolicy, match="not defined"):
        Policy.parse(kelvin + b"quorum K\n")
    latin = b"witness \xe9 %s\nquorum \xe9\n" % str(X1).encode()
    assert Policy.parse(latin).met({X1})
