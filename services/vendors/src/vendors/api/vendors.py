"""Vendors over HTTP."""

from datetime import date, datetime

from fastapi import Response

from events.handler import Act
from events.io.http import (
    Answer,
    Body,
    Gateways,
    Load,
    NewIds,
    Now,
    Page,
    Paging,
    Reveal,
    View,
    Who,
)
from events.personal import Kind as PersonalKind
from events.roles import READERS, Role
from events.values import Code, PersonId, VendorId
from vendors import views
from vendors.api.declared import (
    Country,
    LatinName,
    Name,
    Phone,
    PurposeBody,
    ReasonBody,
    ReasonedBody,
    Town,
    api,
    unkept,
)
from vendors.api.documents import papers_wanting
from vendors.api.taking_part import Do
from vendors.domain.duties import ActedAlready
from vendors.domain.reading import ReadPersonalData, reading
from vendors.domain.vendor import vendor
from vendors.domain.vendor.kinds import Kind, Result, Source, Stage, Tier
from vendors.domain.vendor.refusals import NoSuchVendor, VendorIsAt
from vendors.domain.vendor.requests import (
    ApproveVendor,
    ProposeVendor,
    RecordScreening,
    RecordVendorContact,
    ReinstateVendor,
    SuspendVendor,
)
from vendors.domain.vendor.state import Vendor
from vendors.screening import keeping


class ProposeVendorBody(Body):
    kind: Kind
    country: Country
    tier: Tier = Tier.STANDARD
    name: Name
    latin_name: LatinName
    town: Town
    phone: Phone


class ContactBody(Body):
    source: Source
    phone: Phone


class ScreeningBody(Body):
    list_set: Code
    list_version: Code
    on: date
    result: Result


class ScreeningAnswer(Answer):
    list_set: Code
    list_version: Code
    on: date
    result: Result


class VendorAnswer(Answer):
    vendor: VendorId
    kind: Kind
    country: Code
    tier: Tier
    stage: Stage
    proposed_by: PersonId
    contacts_on_file: tuple[Source, ...]
    screening: ScreeningAnswer | None
    valid_until: date | None
    version: int

    @classmethod
    def of(cls, state: Vendor, version: int) -> "VendorAnswer":
        found = state.screening
        return cls(
            vendor=state.id,
            kind=state.kind,
            country=state.country,
            tier=state.tier,
            stage=state.stage,
            proposed_by=state.proposed_by,
            contacts_on_file=tuple(contact.source for contact in state.contacts),
            screening=ScreeningAnswer(
                list_set=found.list_set,
                list_version=found.list_version,
                on=found.on,
                result=found.result,
            )
            if found
            else None,
            valid_until=state.valid_until,
            version=version,
        )


class DiligenceAnswer(Answer):
    """How careful to be with every vendor: the strictest of the programmes in force."""

    account_wait_hours: int
    screening_at_most_days: int
    call_back: bool
    """Whether every account is called back: no, only where every programme says so."""


class ContactAnswer(Answer):
    """A way to reach the vendor: where it comes from, since when we have it, and from whom."""

    source: Source
    since: datetime
    by: PersonId | None
    phone: str | None


class RevealedVendor(Answer):
    vendor: VendorId
    name: str | None = None
    latin_name: str | None = None
    town: str | None = None
    contacts: tuple[ContactAnswer, ...]
    """How it is reached, oldest first; a call goes to one that was there before the account."""
    erased: tuple[PersonalKind, ...]
    """The kinds that were erased of this vendor: nobody has them any more."""


DISCLOSED = ("name", "latin_name", "town")
"""What an auditor may prove to others: who was paid, never how it is reached nor where it banks."""


class DisclosureAnswer(Answer):
    """One value as the log has its digest: base64url(JSON[salt, field, value])."""

    event: str
    position: int
    """Of the event in this service's history."""
    field: str
    disclosure: str


class DisclosedVendor(Answer):
    vendor: VendorId
    disclosures: tuple[DisclosureAnswer, ...]


@api.command("/v1/vendors", creates=VendorAnswer, allows={Role.VENDOR_OFFICER})
async def propose_vendor(
    body: ProposeVendorBody, me: Who, now: Now, do: Do, ids: NewIds
) -> Response:
    """Propose that a vendor may be paid."""
    new = VendorId(ids.new("ven"))
    proposal = ProposeVendor(
        by=me.id,
        at=now,
        vendor=new,
        kind=body.kind,
        country=Code(body.country),
        tier=body.tier,
        name=body.name,
        latin_name=body.latin_name,
        town=body.town,
        phone=body.phone,
    )
    return await do(Act(vendor, new, proposal), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/contacts",
    answers=VendorAnswer,
    allows={Role.VENDOR_OFFICER},
    unknown={NoSuchVendor},
)
async def record_contact(
    vendor_id: VendorId, body: ContactBody, me: Who, now: Now, do: Do
) -> Response:
    """Put another way to reach the vendor on file."""
    contact = RecordVendorContact(by=me.id, at=now, source=body.source, phone=body.phone)
    return await do(Act(vendor, vendor_id, contact), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/screenings",
    answers=VendorAnswer,
    allows={Role.VENDOR_OFFICER, Role.VENDOR_APPROVER},
    unknown={NoSuchVendor},
    conflicts={ActedAlready},
)
async def record_screening(
    vendor_id: VendorId, body: ScreeningBody, me: Who, now: Now, do: Do
) -> Response:
    """Record what a search by hand found today; a possible match waits for another person."""
    screening = RecordScreening(
        by=me.id,
        at=now,
        list_set=body.list_set,
        list_version=body.list_version,
        on=body.on,
        result=body.result,
    )
    return await do(Act(vendor, vendor_id, screening), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/approve",
    answers=VendorAnswer,
    allows={Role.VENDOR_APPROVER},
    unknown={NoSuchVendor},
    conflicts={VendorIsAt},
)
async def approve_vendor(
    *,
    vendor_id: VendorId,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
    ids: NewIds,
    gateways: Gateways,
) -> Response:
    """Approve a vendor that somebody else proposed and that was found clear."""
    approval = ApproveVendor(
        by=me.id,
        at=now,
        diligence=await views.diligence(view),
        found=await gateways.alike(vendor_id, asked=ids.new("lik")),
        wanting=await papers_wanting(vendor_id, load),
        lists=await keeping.in_force(view),
    )
    return await do(Act(vendor, vendor_id, approval), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/suspend",
    answers=VendorAnswer,
    allows={Role.VENDOR_OFFICER, Role.VENDOR_APPROVER},
    unknown={NoSuchVendor},
    conflicts={VendorIsAt},
)
async def suspend_vendor(
    vendor_id: VendorId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Stop buying from the vendor and paying it."""
    suspension = SuspendVendor(by=me.id, at=now, reason=body.reason)
    return await do(Act(vendor, vendor_id, suspension), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/reinstate",
    answers=VendorAnswer,
    allows={Role.VENDOR_APPROVER},
    unknown={NoSuchVendor},
    conflicts={VendorIsAt},
)
async def reinstate_vendor(
    *,
    vendor_id: VendorId,
    body: ReasonedBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
    ids: NewIds,
    gateways: Gateways,
) -> Response:
    """Lift a suspension after a clear screening."""
    diligence = await views.diligence(view)
    lifted = ReinstateVendor(
        by=me.id,
        at=now,
        reason=body.reason,
        reasoning=body.reasoning,
        diligence=diligence,
        found=await gateways.alike(vendor_id, asked=ids.new("lik")),
        wanting=await papers_wanting(vendor_id, load),
        lists=await keeping.in_force(view),
    )
    return await do(Act(vendor, vendor_id, lifted), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/reveal",
    answers=RevealedVendor,
    if_match=False,
    allows=READERS,
    unknown={NoSuchVendor},
)
async def reveal_vendor(
    *,
    vendor_id: VendorId,
    body: PurposeBody,
    me: Who,
    now: Now,
    load: Load,
    reveal: Reveal,
    ids: NewIds,
) -> Response:
    """Show who the vendor is and how to reach it; it is recorded who was shown it and why."""
    state, _ = await load.state(vendor, vendor_id)
    read = ReadPersonalData(
        by=me.id,
        at=now,
        vendor=state,
        account=None,
        wants_account=False,
        purpose=body.purpose,
        roles=me.roles,
    )
    values = await reveal(
        Act(reading, ids.new("rea"), read),
        streams=[vendor_id],
        person=PersonId(vendor_id),
        kinds=(PersonalKind.IDENTITY, PersonalKind.CONTACT),
    )
    on_file = state.contacts if state else ()
    phones = await reveal.every(vendor_id, "phone")
    return unkept(
        RevealedVendor(
            vendor=vendor_id,
            name=values.get("name"),
            latin_name=values.get("latin_name"),
            town=values.get("town"),
            contacts=tuple(
                ContactAnswer(source=each.source, since=each.since, by=each.by, phone=phone)
                for each, phone in zip(on_file, phones, strict=True)
            ),
            erased=await reveal.erased(vendor_id),
        )
    )


@api.command(
    "/v1/vendors/{vendor_id}/disclose",
    answers=DisclosedVendor,
    if_match=False,
    allows={Role.AUDITOR},
    unknown={NoSuchVendor},
)
async def disclose_vendor(
    *,
    vendor_id: VendorId,
    body: PurposeBody,
    me: Who,
    now: Now,
    load: Load,
    reveal: Reveal,
    ids: NewIds,
) -> Response:
    """Give an auditor the vendor's name and town so that they can be proven against the log."""
    state, _ = await load.state(vendor, vendor_id)
    read = ReadPersonalData(
        by=me.id,
        at=now,
        vendor=state,
        account=None,
        wants_account=False,
        purpose=body.purpose,
        roles=me.roles,
        discloses=True,
    )
    given = await reveal.disclosures(
        Act(reading, ids.new("rea"), read),
        streams=[vendor_id],
        person=PersonId(vendor_id),
        fields=DISCLOSED,
    )
    told = tuple(
        DisclosureAnswer(
            event=each.event,
            position=each.position,
            field=each.disclosure.name,
            disclosure=each.disclosure.encoded,
        )
        for each in given
    )
    return unkept(DisclosedVendor(vendor=vendor_id, disclosures=told))


@api.query("/v1/vendors/{vendor_id}", answers=VendorAnswer, allows=READERS)
async def read_vendor(vendor_id: VendorId, load: Load) -> Response:
    """Read one vendor as it stands."""
    return await load(vendor, vendor_id, answer=VendorAnswer.of)


@api.query("/v1/vendors", answers=Page[VendorAnswer], allows=READERS)
async def list_vendors(view: View, page: Paging, stage: Stage | None = None) -> Page[VendorAnswer]:
    """List vendors by id."""
    rows = await views.vendors_after(view, after=page.after, limit=page.limit + 1, stage=stage)
    answers = [VendorAnswer.of(row.state, row.version) for row in rows]
    return page.of(answers, key=lambda answer: answer.vendor)


@api.query("/v1/diligence", answers=DiligenceAnswer, allows=READERS)
async def read_diligence(view: View) -> DiligenceAnswer:
    """Read the rules that hold for every vendor; refused while no programme is known here."""
    rules = await views.diligence(view)
    return DiligenceAnswer(
        account_wait_hours=rules.account_wait_hours,
        screening_at_most_days=rules.screening_at_most_days,
        call_back=rules.call_back,
    )
