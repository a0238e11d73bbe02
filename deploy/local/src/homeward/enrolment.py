"""Enrolment: who may sign in at the local issuer, and with what.

At the first start every person gets a password and every service a secret, all of them random.
The issuer reads only their hashes; the clear ones stand in a file of their own that only the owner
of the data folder may read, for the demonstration to print and the supervisor to hand out.
"""

import hashlib
import os
import secrets
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Literal

import bcrypt
import msgspec
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from events.roles import Role

BCRYPT_ROUNDS = 10


class Subject(msgspec.Struct, frozen=True):
    """Somebody, or a service, who may have a token."""

    id: str
    kind: Literal["person", "service"]
    name: str
    roles: tuple[Role, ...]
    organisation: str
    office: str | None
    hashed: str
    """A password's bcrypt hash, or the SHA-256 of a service's random secret."""
    grants: tuple[str, ...] = ()
    """Of a donor: the references of the agreements that they look at."""


class Secrets(msgspec.Struct, frozen=True):
    """The clear ones."""

    passwords: dict[str, str]
    """By username."""
    clients: dict[str, str]
    """By service name."""


class Enrolled(msgspec.Struct, frozen=True):
    """Who is enrolled, by username or client id."""

    subjects: dict[str, Subject]


class _Person(msgspec.Struct, forbid_unknown_fields=True):
    username: str
    name: str
    roles: tuple[Role, ...]
    organisation: str | None = None
    office: str | None = None
    grants: tuple[str, ...] = ()


class _People(msgspec.Struct, forbid_unknown_fields=True):
    organisation: str
    people: list[_Person]
    services: list[str]


def enrol(folder: Path) -> Secrets:
    """Make what is missing in the issuer's folder and answer with the clear secrets.

    Doing it again changes nothing, so the supervisor and the issuer may both call it. Whoever was
    added to people.yaml since is enrolled then.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    clear_file, hashed_file = folder / "secrets.json", folder / "enrolled.json"
    clear = Secrets({}, {})
    if clear_file.exists():
        clear = msgspec.json.decode(clear_file.read_bytes(), type=Secrets)
    hashes = {name: subject.hashed for name, subject in enrolled(folder).items()}
    wanted = _people()
    for person in wanted.people:
        clear.passwords.setdefault(person.username, secrets.token_urlsafe(9))
    for service in wanted.services:
        clear.clients.setdefault(service, secrets.token_urlsafe(32))
    subjects = Enrolled(_subjects(wanted, clear, hashes))
    _write(clear_file, msgspec.json.encode(clear))
    _write(hashed_file, msgspec.json.encode(subjects))
    return clear


def enrolled(folder: Path) -> Mapping[str, Subject]:
    """Who may sign in, by username or client id; nobody before the first enrolment."""
    file = folder / "enrolled.json"
    if not file.exists():
        return {}
    return msgspec.json.decode(file.read_bytes(), type=Enrolled).subjects


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The issuer's key, made at its first start."""
    file = folder / "signing-key.pem"
    if not file.exists():
        made = Ed25519PrivateKey.generate()
        _write(file, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey), f"{file} holds another kind of key"
    return key


def matches(subject: Subject, secret: str) -> bool:
    """Whether the secret is the subject's."""
    if subject.kind == "service":
        return secrets.compare_digest(subject.hashed, _sha256(secret))
    try:
        return bcrypt.checkpw(secret.encode(), subject.hashed.encode())
    except ValueError:
        return False


def _subjects(wanted: _People, clear: Secrets, hashes: Mapping[str, str]) -> dict[str, Subject]:
    people = {
        p.username: Subject(
            id=f"per_{p.username}",
            kind="person",
            name=p.name,
            roles=p.roles,
            organisation=p.organisation or wanted.organisation,
            office=p.office,
            hashed=hashes.get(p.username) or _bcrypt(clear.passwords[p.username]),
            grants=p.grants,
        )
        for p in wanted.people
    }
    services = {
        f"svc_{name}": Subject(
            id=f"per_svc_{name}",
            kind="service",
            name=name,
            roles=(Role.SERVICE,),
            organisation=wanted.organisation,
            office=None,
            hashed=_sha256(clear.clients[name]),
        )
        for name in wanted.services
    }
    return people | services


def _people() -> _People:
    text = resources.files("homeward").joinpath("people.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), _People)


def _bcrypt(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(BCRYPT_ROUNDS)).decode()


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, and readable by the owner only."""
    made = file.with_suffix(f".{os.getpid()}.tmp")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    made.replace(file)
