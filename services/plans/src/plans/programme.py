"""A programme's page, read: either the policy to publish, or every mistake in it.

    programmes/iom-slovakia.yaml:31  buying.bands[1].below  "1500" has no currency; write it as
    "1500 EUR"

The schema beside this module says what a page may hold; the checks below say what must fit
together. Plain words become codes: `only supplier` is `only_supplier` on the wire.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema

from events.canonical import canonical
from events.money import Money, NotMoney, exponent
from events.values import Code, Digest, ProgrammeId
from plans.domain import programme as policy
from plans.page import Mistake, Page, Place, Unreadable, read

SCHEMA = json.loads((Path(__file__).parent / "programme.schema.json").read_text(encoding="utf-8"))
_checker = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True)
class Programme:
    """A page without mistakes."""

    id: ProgrammeId
    digest: Digest
    """SHA-256 over the canonical bytes of what the page says; its layout does not count."""
    policy: policy.Policy


def load(path: Path) -> Programme | list[Mistake]:
    """Read a programme's file."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [Mistake((), "is not UTF-8 text", None, str(path))]
    except OSError as error:
        return [Mistake((), f"cannot be read: {error.strerror}", None, str(path))]
    return parse(text, str(path))


def parse(text: str, name: str = "programme") -> Programme | list[Mistake]:
    """Read a programme from YAML or JSON text; `name` is how mistakes call it."""
    try:
        return check(read(text, name))
    except Unreadable as unreadable:
        return [unreadable.mistake]


def check(page: Page) -> Programme | list[Mistake]:
    """The programme that a page describes, or all its mistakes in the order of its lines."""
    mistakes = list(_against_schema(page)) or list(_against_itself(page))
    if mistakes:
        return sorted(mistakes, key=lambda m: (m.line or 0, m.path))
    digest = hashlib.sha256(canonical(page.data)).hexdigest()
    name = page.data["programme"].replace("-", "_")
    return Programme(ProgrammeId(f"prg_{name}"), Digest(digest), _policy(page.data))


# What a page may hold


def _against_schema(page: Page) -> Iterator[Mistake]:
    for error in _checker.iter_errors(page.data):
        place = tuple(error.absolute_path)
        known = _part(error)
        match error.validator:
            case "additionalProperties":
                for name in error.instance.keys() - known["properties"].keys():
                    yield page.mistake((*place, name), _unknown(name, known["properties"]))
            case "required":
                for name in known["required"]:
                    if name not in error.instance:
                        yield page.mistake(place, f"lacks {name}; add it")
            case "propertyNames":
                yield page.mistake(place, f"{_shown(error.instance)} cannot be a name here")
            case "dependentRequired":
                yield page.mistake(place, f"{error.message.replace(chr(39), '')}; add it")
            case _:
                yield page.mistake(place, _instead(error))


def _part(error: jsonschema.ValidationError) -> dict[str, Any]:
    """The part of the schema that was not kept to."""
    assert isinstance(error.schema, dict)
    return error.schema


def _unknown(name: str, known: dict[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"is not known here; write {near[0] if near else 'one of ' + ', '.join(known)}"


def _instead(error: jsonschema.ValidationError) -> str:
    value = error.instance
    known = _part(error)
    if known.get("pattern") == SCHEMA["$defs"]["money"]["pattern"] and _NUMBER.fullmatch(
        str(value)
    ):
        return f'"{value}" has no currency; write it as "{value} EUR"'
    wanted = known.get("description")
    return f"{_shown(value)} is not right; write {wanted}" if wanted else f"is {error.message}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004


# What must fit together


def _against_itself(page: Page) -> Iterator[Mistake]:
    data = page.data
    currency = data["funded_by"]["currency"]
    try:
        exponent(currency)
    except NotMoney:
        text = f"{_shown(currency)} is not an ISO 4217 currency to pay in; write one, such as EUR"
        yield page.mistake(("funded_by", "currency"), text)
        return
    wrong = list(_amounts(page, currency))
    yield from wrong
    if data["funded_by"]["from"] >= data["funded_by"]["until"]:
        yield page.mistake(("funded_by", "until"), "is not after from; write a later date")
    if not wrong:
        yield from _nothing(page)
        yield from _order(page)
    for name, kind in data["assistance"].items():
        if (kind["modality"] == "referral") == ("at_most" in kind):
            must = "is paid by others: take at_most out" if "at_most" in kind else "lacks at_most"
            yield page.mistake(("assistance", name), must)


def _amounts(page: Page, currency: str) -> Iterator[Mistake]:
    for place, text in _texts(page.data, ()):
        for amount, unit in re.findall(r"\b([0-9]+(?:\.[0-9]+)?) ([A-Z]{3})\b", text):
            if place[0] in ("title", "programme"):
                continue
            if unit != currency:
                yield page.mistake(
                    place, f'"{text}" is not in {currency}, as all amounts of this programme are'
                )
                continue
            try:
                _money(f"{amount} {unit}")
            except NotMoney:
                yield page.mistake(place, f'"{text}" has too many decimals for {unit}')


def _texts(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _texts(part, (*place, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _texts(part, (*place, number))


def _nothing(page: Page) -> Iterator[Mistake]:
    """What may be had, and the bands to buy in, are above zero; a cap on cash may well be zero."""
    places: list[Place] = [
        ("entitlement", "per_person", number, "total")
        for number in range(len(page.data["entitlement"]["per_person"]))
    ]
    places += [("assistance", name, "at_most") for name in page.data["assistance"]]
    places += [("buying", "bands", 0, "below")]
    texts = dict(_texts(page.data, ()))
    for place in places:
        if place in texts and not _money(texts[place]):
            yield page.mistake(place, f'"{texts[place]}" is nothing; write an amount above zero')


def _order(page: Page) -> Iterator[Mistake]:
    seen: set[tuple[str, str]] = set()
    for number, person in enumerate(page.data["entitlement"]["per_person"]):
        place: Place = ("entitlement", "per_person", number)
        if _money(person["cash_at_most"]) > _money(person["total"]):
            yield page.mistake((*place, "cash_at_most"), "is more than total; write less")
        for kind in person["return"]:
            if (person["for"], kind) in seen:
                yield page.mistake(place, f"{person['for']}, {kind} stands there twice; keep one")
            seen.add((person["for"], kind))
    bands = page.data["buying"]["bands"]
    for number in range(1, len(bands)):
        if _money(bands[number]["below"]) <= _money(bands[number - 1]["below"]):
            yield page.mistake(
                ("buying", "bands", number, "below"), "is not above the band before; sort them"
            )


# The policy


def _policy(data: dict[str, Any]) -> policy.Policy:
    funded, entitlement = data["funded_by"], data["entitlement"]
    return policy.Policy(
        currency=Code(funded["currency"]),
        organisation=Code(data["run_by"]),
        decides=Code(data["offices"]["decides"]),
        donor=Code(funded["donor"]),
        grant=Code(funded["grant"]),
        since=date.fromisoformat(funded["from"]),
        until=date.fromisoformat(funded["until"]),
        eligibility=_eligibility(data["eligibility"]),
        entitlements=tuple(_entitlement(each) for each in entitlement["per_person"]),
        claim_within_days=_whole(entitlement["claim_within"]),
        use_within_months=_whole(entitlement["use_within"]),
        assistance=tuple(_assistance(*each) for each in data["assistance"].items()),
        approval=policy.Approval(
            members=data["approval"]["committee"]["members"],
            answer_within_days=_whole(data["approval"]["answer_within"]),
        ),
        buying=policy.Buying(
            bands=tuple(_band(each) for each in data["buying"]["bands"]),
            added_up_over_days=_whole(data["buying"]["added_up_over"]),
        ),
        paying=_paying(data["paying"]),
        visits_after_months=tuple(_whole(each) for each in data["follow_up"]["visits"]),
        keep_years=_whole(data["keep_records"]),
    )


def _eligibility(data: dict[str, Any]) -> policy.Eligibility:
    countries = data["countries"]
    return policy.Eligibility(
        returns=tuple(policy.ReturnType(each) for each in data["return"]),
        countries=() if countries == "any" else tuple(Code(each) for each in countries),
        criteria=_codes(data["criteria"]),
    )


def _entitlement(data: dict[str, Any]) -> policy.Entitlement:
    return policy.Entitlement(
        role=policy.FamilyRole(_code(data["for"])),
        returns=tuple(policy.ReturnType(each) for each in data["return"]),
        total=_money(data["total"]),
        cash_at_most=_money(data["cash_at_most"]),
    )


def _assistance(name: str, data: dict[str, Any]) -> policy.Assistance:
    instalments, advance = data.get("instalments"), data.get("advance")
    return policy.Assistance(
        type=Code(name),
        dimension=policy.Dimension(data["dimension"]),
        level=policy.Level(data.get("level", "individual")),
        modality=policy.Modality(_code(data["modality"])),
        at_most=_money(data["at_most"]) if "at_most" in data else None,
        before_approval=_codes(data.get("before_approval", ())),
        before_order=_codes(data.get("before_order", ())),
        before_payment=_codes(data.get("before_payment", ())),
        instalments=instalments
        and policy.Instalments(Code(instalments["each"]), _whole(instalments["when"])),
        advance=advance and policy.Advance(*(int(n) for n in _NUMBER.findall(advance))),
        wording_for_others=_code(data["wording_for_others"])
        if "wording_for_others" in data
        else None,
    )


def _band(data: dict[str, Any]) -> policy.BuyingBand:
    return policy.BuyingBand(
        below=_money(data["below"]),
        quotations=data["quotations"],
        waiver_by=_code(data["waiver_by"]) if "waiver_by" in data else None,
        waiver_for=_codes(data.get("waiver_for", ())),
        written_working_days=_whole(data["written"]) if "written" in data else None,
        committee=data.get("committee") == "yes",
    )


def _paying(data: dict[str, Any]) -> policy.Paying:
    share, _, limit = data["invoice_tolerance"].partition(" percent, ")
    percent, _, hundredths = share.partition(".")
    return policy.Paying(
        certifier_may_sign=data["small_office"] == "certifying officer may be a signatory",
        second_approval_from=_money(data["second_approval_from"]),
        invoice_tolerance_basis_points=int(percent + hundredths.ljust(2, "0")),
        invoice_tolerance_at_most=_money(limit.removesuffix(" at most")),
        pay_within_days=_whole(data["pay_within"]),
        call_back=data["bank_details"]["call_back"] == "yes",
        account_wait_hours=_whole(data["bank_details"]["wait"]),
        screening_at_most_days=_whole(data["screening"]["at_most_old"]),
        screening_again_at_release=data["screening"]["again_at_release"] == "yes",
    )


def _whole(phrase: str) -> int:
    """The first number of a phrase that the schema has let through."""
    found = _NUMBER.search(phrase)
    assert found is not None, phrase
    return int(found[0])


def _money(text: str) -> Money:
    amount, _, currency = text.partition(" ")
    whole, _, decimals = amount.partition(".")
    digits = exponent(currency)
    return Money.parse(f"{int(whole)}.{decimals.ljust(digits, '0')}".rstrip("."), currency)


def _code(words: str) -> Code:
    return Code(words.replace("'", "").replace(" ", "_"))


def _codes(phrases: list[str] | tuple[str, ...]) -> tuple[Code, ...]:
    return tuple(_code(each) for each in phrases)
