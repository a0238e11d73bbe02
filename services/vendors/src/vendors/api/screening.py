"""Screening over HTTP: owners named, matches decided, and who waits."""

from datetime import date, datetime

from fastapi import Response

from events.handler import Act
from events.io.http import (
    Answer,
    Body,
    Load,
    NewIds,
    Now,
    Paging,
    Reveal,
    View,
    Who,
)
from events.personal import Kind
from events.roles import READERS, Role
from events.values import Code, Digest, PersonId, VendorId
from vendors import views
from vendors.api.declared import LatinName, Name, Reasoning, api, unkept
from vendors.api.lists import ListAnswer
from vendors.api.taking_part import Do
from vendors.api.vendors import VendorAnswer
from vendors.domain.duties import ActedAlready
from vendors.domain.reading import Purpose, ReadPersonalData, reading
from vendors.domain.searching import (
    Debarred,
    DecideMatch,
    Matches,
    NoSuchMatch,
    RecordVendorOwner,
    StillListed,
    Verdict,
)
from vendors.domain.vendor import vendor
from vendors.domain.vendor.refusals import NoSuchVendor
from vendors.screening import keeping
from vendors.screening.lists import Source


class OwnerBody(Body):
    name: Name
    latin_name: LatinName


class DecisionBody(Body):
    match: Digest
    verdict: Verdict
    reason: Code
    reasoning: Reasoning


class SuspicionAnswer(Answer):
    match: Digest
    source: Source
    version: str
    entry: str
    listed_name: str
    owner: bool
    """Whether it is an owner, not the vendor itself."""
    likeness: int
    """In basis points."""
    listed: bool
    """Whether the last search still found it; no search decides what it did not find."""


class Suspicions(Answer):
    vendor: VendorId
    waiting: tuple[SuspicionAnswer, ...]
    by_hand: tuple[Digest, ...]
    """What persons found themselves, and another decides."""


class SilentAnswer(Answer):
    """A vendor that was not screened in time, or whose match nobody decided."""

    vendor: VendorId
    screened_on: date | None
    waiting_since: datetime | None


class ScreeningAnswerOfAll(Answer):
    """What is searched, and of what nobody has given account, a part of the vendors at a time."""

    lists: tuple[ListAnswer, ...]
    """On the first page."""
    at_most_days: int
    """How long a clear screening counts."""
    overdue: tuple[SilentAnswer, ...]
    """Not screened for longer, or never."""
    undecided: tuple[SilentAnswer, ...]
    """A possible match waits for a person."""
    next: str | None
    """The cursor of the vendors that follow."""


@api.command(
    "/v1/vendors/{vendor_id}/owners",
    answers=VendorAnswer,
    allows={Role.VENDOR_OFFICER},
    unknown={NoSuchVendor},
    conflicts={Debarred},
)
async def record_owner(vendor_id: VendorId, body: OwnerBody, me: Who, now: Now, do: Do) -> Response:
    """Put on file who owns the vendor; it is screened with them."""
    owner = RecordVendorOwner(by=me.id, at=now, name=body.name, latin_name=body.latin_name)
    return await do(Act(vendor, vendor_id, owner), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/matches/decide",
    answers=VendorAnswer,
    allows={Role.VENDOR_OFFICER, Role.VENDOR_APPROVER},
    unknown={NoSuchVendor, NoSuchMatch},
    conflicts={ActedAlready, Debarred, StillListed},
)
async def decide_match(
    *, vendor_id: VendorId, body: DecisionBody, me: Who, now: Now, do: Do
) -> Response:
    """Say whether the vendor is the one who is listed, and why; confirmed, it is debarred."""
    decision = DecideMatch(
        by=me.id,
        at=now,
        match=body.match,
        verdict=body.verdict,
        reason=body.reason,
        reasoning=body.reasoning,
    )
    return await do(Act(vendor, vendor_id, decision), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/matches/reveal",
    answers=Suspicions,
    if_match=False,
    allows={Role.VENDOR_OFFICER, Role.VENDOR_APPROVER},
    unknown={NoSuchVendor},
)
async def reveal_matches(
    *,
    vendor_id: VendorId,
    me: Who,
    now: Now,
    load: Load,
    reveal: Reveal,
    ids: NewIds,
    view: View,
) -> Response:
    """Show whom the vendor or its owners may be; it is recorded who was shown it."""
    state, _ = await load.state(vendor, vendor_id)
    read = ReadPersonalData(
        by=me.id,
        at=now,
        vendor=state,
        account=None,
        wants_account=False,
        purpose=Purpose.DUE_DILIGENCE,
        roles=me.roles,
    )
    await reveal(
        Act(reading, ids.new("rea"), read),
        streams=[vendor_id],
        person=PersonId(vendor_id),
        kinds=(Kind.IDENTITY,),
    )
    known = await keeping.suspicions_of(view, vendor_id)
    matches = state.matches if state else Matches()
    waiting = [known[each] for each in matches.waiting if each in known]
    open_, gone, found_by_hand = matches.waiting, matches.gone, matches.by_hand
    return unkept(
        Suspicions(
            vendor=vendor_id,
            waiting=tuple(
                SuspicionAnswer(
                    match=each.match,
                    source=each.source,
                    version=each.version,
                    entry=each.entry,
                    listed_name=each.listed_name,
                    owner=each.owner,
                    likeness=each.likeness,
                    listed=each.match not in gone,
                )
                for each in waiting
            ),
            by_hand=tuple(match for match, _ in found_by_hand if match in open_),
        )
    )


@api.query("/v1/screening", answers=ScreeningAnswerOfAll, allows=READERS)
async def read_screening(view: View, now: Now, page: Paging) -> ScreeningAnswerOfAll:
    """Read which lists are searched, who was not screened in time, and what nobody has decided."""
    days = (await views.diligence(view)).screening_at_most_days
    found = await views.silent(view, now.date(), days, after=page.after, limit=page.limit + 1)
    silent = page.of(found, key=lambda each: each.vendor)
    told = [
        SilentAnswer(
            vendor=each.vendor, screened_on=each.screened_on, waiting_since=each.waiting_since
        )
        for each in silent.items
    ]
    lists = await views.sanctions_lists(view) if page.after is None else []
    return ScreeningAnswerOfAll(
        lists=tuple(ListAnswer.of(each) for each in lists),
        at_most_days=days,
        overdue=tuple(t for t, each in zip(told, silent.items, strict=True) if each.overdue),
        undecided=tuple(t for t in told if t.waiting_since is not None),
        next=silent.next,
    )
