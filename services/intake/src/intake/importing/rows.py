"""A row judged: the registration that it asks for, or what is wrong with it. Nothing is stored."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from pydantic import ValidationError

from events.decider import Rejected
from events.envelope import Actor
from events.handler import fingerprint
from events.ports import Ids
from events.values import Code, PersonId
from intake.api.registering import RegisterReturneeBody, registration, told_of
from intake.domain.batch import FAULTS_SHOWN, Batch, Fault
from intake.domain.case import case as cases
from intake.domain.case.kinds import Source
from intake.domain.case.registering import RegisterReturnee
from intake.domain.matching.features import Blind, Features, featured
from intake.domain.programme import Terms
from intake.importing.columns import COLUMNS, BadCell, age_by, read
from intake.importing.sheets import Line

_BY_FIELD = {column.field: column.name for column in COLUMNS if column.field}


@dataclass(frozen=True)
class Setting:
    """What is the same for all rows of an import."""

    batch: Batch
    terms: Terms
    actor: Actor
    at: datetime
    row_key: bytes = field(repr=False)
    """Under which the digests are made by which rows are taken once."""
    blind: Blind = field(repr=False)


@dataclass(frozen=True)
class Judged:
    """What a row amounts to: a registration, or faults."""

    line: Line
    key: str
    """By which the row is taken once, whatever file it comes in."""
    asked: RegisterReturnee | None
    faults: tuple[Fault, ...] = ()
    features: Features | None = None
    """By which it is found who may be the same person."""


def judge(line: Line, setting: Setting, ids: Ids) -> Judged:
    """Read the row, and ask the domain what it says to the registration."""
    key = row_key(line, setting.batch, setting.row_key)
    told, faults = _read(line)
    if "age" not in faults and "age_bracket" not in told:
        born = told.get("date_of_birth")
        bracket = age_by(born, setting.at.date()) if born else None
        if bracket is not None:
            told["age_bracket"] = bracket
        elif "date_of_birth" not in faults:
            faults["age"] = "missing"
    if faults:
        return Judged(line, key, None, _shown(faults))
    try:
        body = RegisterReturneeBody.model_validate_json(msgspec.json.encode(told | _given(setting)))
    except ValidationError as error:
        return Judged(line, key, None, _shown(_invalid(error)))
    returnee = PersonId(ids.new("per"))
    asked = registration(
        body, setting.terms, returnee=returnee, by=setting.actor, at=setting.at, ids=ids
    )
    try:
        cases.decide(asked, None)
    except Rejected as refusal:
        return Judged(line, key, None, (Fault(None, Code(refusal.rule)),))
    return Judged(line, key, asked, features=featured(told_of(body), setting.blind))


def row_key(line: Line, batch: Batch, key: bytes) -> str:
    """A keyed digest of the sender's name for the row; without one, of its place in the file."""
    own = line.key or line.cells.get("reference", "").strip()
    if own:
        kind = b"submission" if line.key else b"reference"
        parts = (kind, batch.organisation.encode(), batch.programme.encode(), own.encode())
    else:
        parts = (b"place", batch.organisation.encode(), batch.content.encode(), b"%d" % line.row)
    return hmac.digest(key, fingerprint(*parts), hashlib.sha256).hex()


def _read(line: Line) -> tuple[dict[str, Any], dict[str, str]]:
    """The registration's fields as far as the cells say them, and what is wrong, by column."""
    told: dict[str, Any] = {}
    faults = dict(line.faults)
    for column in COLUMNS:
        if column.name in faults:
            continue
        try:
            value = read(column, line.cells.get(column.name, ""))
        except BadCell as bad:
            faults[column.name] = str(bad)
        else:
            if value is None and column.needed:
                faults[column.name] = "missing"
            elif value is not None and column.field is not None:
                told[column.field] = value
    return told, faults


def _given(setting: Setting) -> dict[str, Any]:
    batch = setting.batch
    ours = batch.organisation == setting.terms.organisation
    return {
        "programme": batch.programme,
        "office": batch.office,
        "source": Source.COUNSELLOR if ours else Source.PARTNER,
    }


def _invalid(error: ValidationError) -> dict[str, str]:
    """By column, without a word of what stood there."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return {_BY_FIELD.get(str(each["loc"][0]), "row"): each["type"] for each in found}


def _shown(faults: Mapping[str, str]) -> tuple[Fault, ...]:
    some = sorted(faults.items())[:FAULTS_SHOWN]
    return tuple(Fault(Code(name), Code(reason)) for name, reason in some)
