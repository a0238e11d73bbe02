"""What must fit together on a page that holds only what it may."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from events.money import NotMoney, exponent
from plans.page import Mistake, Page, Place
from plans.programme.meaning import between, conditions, money, whole
from plans.programme.schema import shown

ALL = 100
"""Percent."""


def against_itself(page: Page) -> Iterator[Mistake]:
    currency = page.data["funded_by"]["currency"]
    try:
        exponent(currency)
    except NotMoney:
        text = f"{shown(currency)} is not an ISO 4217 currency to pay in; write one, such as EUR"
        yield page.mistake(("funded_by", "currency"), text)
        return
    wrong = list(_amounts(page, currency))
    yield from wrong
    yield from _window(page)
    if not wrong:
        yield from _nothing(page)
        yield from _entitlement(page)
        yield from _rising(page)
        yield from _tiers(page)
    yield from _assistance(page)
    yield from _paid_from(page)
    yield from _emergency(page)
    yield from _together(page)
    yield from _survey(page)
    yield from _offices(page)


# Amounts


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
                money(f"{amount} {unit}")
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
    for name in page.data["assistance"]:
        places += [("assistance", name, "at_most"), ("assistance", name, "at_most_each_month")]
    places += [("buying", "bands", 0, "below"), ("approval", "committee", "quorum", 0, "up_to")]
    places += [("emergency", "at_most"), ("community", "at_most")]
    places += [("vendors", "tiers", tier, "up_to") for tier in ("basic", "standard")]
    texts = dict(_texts(page.data, ()))
    for place in places:
        if place in texts and not money(texts[place]):
            yield page.mistake(place, f'"{texts[place]}" is nothing; write an amount above zero')


# Who may receive how much, until when


def _window(page: Page) -> Iterator[Mistake]:
    funded = page.data["funded_by"]
    if funded["from"] >= funded["until"]:
        yield page.mistake(("funded_by", "until"), "is not after from; write a later date")
    if funded.get("extended_until", "9999-12-31") <= funded["until"]:
        yield page.mistake(
            ("funded_by", "extended_until"), "is not after until; write a later date"
        )


def _entitlement(page: Page) -> Iterator[Mistake]:
    seen: set[tuple[str, ...]] = set()
    for number, person in enumerate(page.data["entitlement"]["per_person"]):
        place: Place = ("entitlement", "per_person", number)
        if money(person["cash_at_most"]) > money(person["total"]):
            yield page.mistake((*place, "cash_at_most"), "is more than total; write less")
        if person.get("from", "") > person.get("until", "9999-12-31"):
            yield page.mistake((*place, "until"), "is before from; write a later date")
        if "ages" in person and " to " in person["ages"]:
            youngest, oldest = between(person["ages"])
            if youngest > oldest:
                yield page.mistake((*place, "ages"), "ends before it begins; turn it round")
        narrowed = tuple(
            str(person.get(name)) for name in ("countries", "ages", "vulnerability", "from")
        )
        for kind in person["return"]:
            if (person["for"], kind, *narrowed) in seen:
                yield page.mistake(place, f"{person['for']}, {kind} stands there twice; keep one")
            seen.add((person["for"], kind, *narrowed))


def _tiers(page: Page) -> Iterator[Mistake]:
    """The more thoroughly a vendor is examined, the more is bought from it."""
    tiers = page.data.get("vendors", {}).get("tiers", {})
    for lower, higher in pairwise(("basic", "standard", "enhanced")):
        least, most = tiers.get(lower, {}).get("up_to"), tiers.get(higher, {}).get("up_to")
        if most is not None and (least is None or money(most) <= money(least)):
            text = f"is not above {lower}'s; write more, or leave it out"
            yield page.mistake(("vendors", "tiers", higher, "up_to"), text)


def _rising(page: Page) -> Iterator[Mistake]:
    """Bands go up; only the last one for approval has no limit."""
    bands = page.data["buying"]["bands"]
    for number in range(1, len(bands)):
        if money(bands[number]["below"]) <= money(bands[number - 1]["below"]):
            yield page.mistake(
                ("buying", "bands", number, "below"), "is not above the band before; sort them"
            )
    quorum = page.data["approval"]["committee"]["quorum"]
    place: Place = ("approval", "committee", "quorum")
    if "up_to" in quorum[-1]:
        text = "is the last and has a limit: take it out, or add one for what is above"
        yield page.mistake((*place, len(quorum) - 1, "up_to"), text)
    for number, band in enumerate(quorum[:-1]):
        if "up_to" not in band:
            yield page.mistake((*place, number), "lacks up_to, which only the last may; add it")
    limits = [
        (number, money(band["up_to"])) for number, band in enumerate(quorum) if "up_to" in band
    ]
    for (_, below), (number, limit) in pairwise(limits):
        if limit <= below:
            yield page.mistake((*place, number, "up_to"), "is not above the one before")
    for number in range(1, len(quorum)):
        if quorum[number]["members"] < quorum[number - 1]["members"]:
            text = "is fewer than for a smaller amount; write as many at least"
            yield page.mistake((*place, number, "members"), text)


# Types of assistance


def _assistance(page: Page) -> Iterator[Mistake]:
    restricted = page.data["confidentiality"]["cases"] == "restricted from registration"
    for name, kind in page.data["assistance"].items():
        place: Place = ("assistance", name)
        if (kind["modality"] == "referral") == ("at_most" in kind):
            must = "is paid by others: take at_most out" if "at_most" in kind else "lacks at_most"
            yield page.mistake(place, must)
        if restricted and "wording_for_others" not in kind:
            text = "lacks wording_for_others, as all cases are restricted; add it"
            yield page.mistake(place, text)
        if "lasts" in kind and _falls(kind["lasts"]):
            yield page.mistake((*place, "lasts"), "ends before it begins; turn it round")
        monthly = kind.get("instalments", {}).get("each") == "month"
        for needs_months in ("lasts", "at_most_each_month"):
            if needs_months in kind and not monthly:
                text = "needs instalments for each month; add them"
                yield page.mistake((*place, needs_months), text)
        if _is_for("collective", kind) or _is_for("community", kind):
            for part in ("before_order", "before_payment", "afterwards", "instalments"):
                if part in kind:
                    text = "is kept to for one case only; make a type for projects of its own"
                    yield page.mistake((*place, part), text)
        if "instalments" in kind:
            yield from _instalments(page, (*place, "instalments"), kind)


def _paid_from(page: Page) -> Iterator[Mistake]:
    """Either each type that costs money names its budget line, or none does."""
    kinds = page.data["assistance"].items()
    named = any("paid_from" in kind for _, kind in kinds)
    for name, kind in kinds:
        place: Place = ("assistance", name)
        costs = kind["modality"] != "referral"
        if costs and named and "paid_from" not in kind:
            yield page.mistake(place, "lacks paid_from, which others have; add it")
        if not costs and "paid_from" in kind:
            yield page.mistake(place, "is paid by others: take paid_from out")


def _falls(phrase: str) -> bool:
    first, second = between(phrase)
    return first > second


def _instalments(page: Page, place: Place, kind: dict[str, Any]) -> Iterator[Mistake]:
    instalments = kind["instalments"]
    when = conditions(instalments)
    if ("each" in instalments) == ("parts" in instalments):
        yield page.mistake(place, "has either each or parts; keep one")
    if sum(whole(part) for part in instalments.get("parts", [f"{ALL} percent"])) != ALL:
        yield page.mistake((*place, "parts"), "do not add up to 100 percent")
    if "parts" in instalments and any(each.startswith("attendance") for each in when):
        yield page.mistake((*place, "when"), "has attendance, which needs each: week, month, term")
    if "own contribution proved" in when and "own_contribution" not in kind:
        yield page.mistake(place, "waits for own_contribution, which this type lacks; add it")


def _emergency(page: Page) -> Iterator[Mistake]:
    for number, name in enumerate(page.data.get("emergency", {}).get("types", ())):
        place: Place = ("emergency", "types", number)
        kind = page.data["assistance"].get(name)
        if kind is None:
            text = f"{shown(name)} is no type of assistance of this programme; add it there"
            yield page.mistake(place, text)
        elif kind["modality"] == "referral" or not _is_for("individual", kind):
            yield page.mistake(place, f"{shown(name)} is not paid for one case; take it out")


# Projects


def _is_for(level: str, kind: dict[str, Any]) -> bool:
    levels = kind.get("level", "individual")
    return level == levels or (isinstance(levels, list) and level in levels)


def _together(page: Page) -> Iterator[Mistake]:
    for level in ("collective", "community"):
        kinds = page.data["assistance"].items()
        first = next((name for name, kind in kinds if _is_for(level, kind)), None)
        if first is not None and level not in page.data:
            text = f"is {level}, but the page has no part {level}; add it"
            yield page.mistake(("assistance", first, "level"), text)
        if first is None and level in page.data:
            yield page.mistake((level,), f"has no type of assistance of level {level}; add one")
    collective, community = page.data.get("collective"), page.data.get("community")
    if collective:
        few, many = between(collective["participants"])
        least, most = between(collective["share"])
        if few > many or least > most or few * least > ALL or many * most < ALL:
            text = "and participants cannot come to 100 percent together; change one"
            yield page.mistake(("collective", "share"), text)
    if community and _falls(community["host_share"]):
        yield page.mistake(("community", "host_share"), "ends before it begins; turn it round")


def _survey(page: Page) -> Iterator[Mistake]:
    survey = page.data["follow_up"].get("survey")
    if survey and sum(whole(each) for each in survey["weights"].values()) != ALL:
        yield page.mistake(("follow_up", "survey", "weights"), "do not add up to 100 percent")


def _offices(page: Page) -> Iterator[Mistake]:
    for office, zone in page.data.get("offices", {}).items():
        if zone not in available_timezones():
            text = f"{shown(zone)} is not a time zone; write one such as Asia/Baghdad"
            yield page.mistake(("offices", office), text)
