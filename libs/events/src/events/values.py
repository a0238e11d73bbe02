"""Small values that every service speaks of: ids, codes, digests.

An id is opaque and prefixed by its type (`pay_01jd…`). Its shape is told once, here, and is
checked wherever a value comes in: by msgspec when an event is decoded, by pydantic at HTTP.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, NewType

from msgspec import Meta

OF_ANY_SCRIPT = re.compile(r"\\[wWdDsS]")


class Shape:
    """The regular expression of a bounded text, as pydantic is told of it.

    Who reads an event asks Python's engine, and pydantic has another one, which takes more for a
    letter or a space: what comes in has to fit both, or it could be stored and never be read again.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __get_pydantic_core_schema__(
        self, source: object, handler: Callable[[object], dict[str, Any]]
    ) -> dict[str, Any]:
        schema = handler(source)
        schema["pattern"] = self.pattern
        if not OF_ANY_SCRIPT.search(self.pattern):
            return schema
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": self._as_it_is_read},
            "schema": schema,
        }

    def _as_it_is_read(self, text: str) -> str:
        if re.search(self.pattern, text) is None:
            raise ValueError(f"it should fit {self.pattern}")
        return text


ID = r"^[a-z]{2,5}_[0-9a-z_]{1,48}$"
CODE = r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}$"
SUBJECT = r"^(per|ven)_[0-9a-z_]{1,48}$"
HOLDER = r"^(per|ven|prj)_[0-9a-z_]{1,48}$"
ORGANISATION_NAME = r"^[^\s\x00-\x1f\x7f](?:[^\t-\r\x00-\x1f\x7f]{0,138}[^\s\x00-\x1f\x7f])?$"
DIGEST = r"^[0-9a-f]{64}$"

_BASE_32 = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's alphabet: sorted like the numbers, without letters that are taken for digits."""
_PAIRS = [high + low for high in _BASE_32 for low in _BASE_32]


def new_id(prefix: str, number: int) -> str:
    """An id from a 128-bit number, a UUIDv7 as a rule: later ids sort after earlier ones."""
    digits = [_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)]
    return f"{prefix}_{''.join(digits)}"


_Id = Annotated[str, Meta(pattern=ID), Shape(ID)]

AccessId = NewType("AccessId", _Id)
"""A second person's leave to read a restricted case, for a reason and a time (`acs_`)."""
AccountId = NewType("AccountId", _Id)
"""A vendor's bank account (`acc_`)."""
BankFileId = NewType("BankFileId", _Id)
"""A payment instruction file (`fil_`)."""
BudgetLineId = NewType("BudgetLineId", _Id)
"""A donor-approved cost category with a ceiling, within one grant (`bud_`)."""
CaptureId = NewType("CaptureId", _Id)
"""What a device wrote down without a network; made there, from a random number (`cap_`)."""
CaseId = NewType("CaseId", _Id)
"""All assistance to one principal applicant under one programme (`cas_`)."""
CashId = NewType("CashId", _Id)
"""One hand-over of cash (`csh_`). Where funds are reserved it stands for a commitment."""
CommitmentId = NewType("CommitmentId", _Id)
"""A reservation of funds for an order with one vendor (`com_`)."""
ComplaintId = NewType("ComplaintId", _Id)
"""Something that somebody says went wrong (`cmp_`)."""
ConflictId = NewType("ConflictId", _Id)
"""Why somebody takes no part in what is done for a vendor or a case (`cof_`)."""
DelegationId = NewType("DelegationId", _Id)
"""A person-role-limit-period grant that enables an act (`del_`)."""
DeliveryCodeId = NewType("DeliveryCodeId", _Id)
"""A one-time code by which a returnee confirms a delivery (`dco_`); not the code itself."""
DeviceId = NewType("DeviceId", _Id)
"""A device on which deliveries are written down without a network (`dev_`)."""
DifferenceId = NewType("DifferenceId", _Id)
"""Where a service's own store is not what the log has of it (`dif_`)."""
DocumentId = NewType("DocumentId", _Id)
"""A document, whoever it is kept about (`doc_` and the beginning of its digest)."""
DrawerId = NewType("DrawerId", _Id)
"""What draws on an entitlement: a plan, an emergency or a project (`pla_`, `eme_`, `prj_`)."""
EmergencyId = NewType("EmergencyId", _Id)
"""Help that cannot wait for a plan (`eme_`)."""
EnrolmentId = NewType("EnrolmentId", _Id)
"""Under which programmes a person is; one for each person, made from their id (`enr_`)."""
ErasureId = NewType("ErasureId", _Id)
"""A request that a person be forgotten (`era_`)."""
ExportId = NewType("ExportId", _Id)
"""A copy of what happened, in a form that others read (`exp_`)."""
FindingId = NewType("FindingId", _Id)
"""What a rule found in the log, made from the rule and its evidence (`fnd_`)."""
ForgeryId = NewType("ForgeryId", _Id)
"""An entry on the bus that is not its service's own (`fgy_`)."""
GapId = NewType("GapId", _Id)
"""Entries of a source that did not come when they should have (`gap_`)."""
GrantId = NewType("GrantId", _Id)
"""A funding agreement with a donor (`gra_`)."""
HoldId = NewType("HoldId", _Id)
"""A ban on erasing, for an audit, a claim or an investigation (`hol_`)."""
ImportId = NewType("ImportId", _Id)
"""One file or batch of registrations (`imp_`)."""
InstalmentId = NewType("InstalmentId", _Id)
"""A part of an item that is paid on a condition (`ins_`)."""
InvoiceId = NewType("InvoiceId", _Id)
"""A vendor's claim (`inv_`)."""
ItemId = NewType("ItemId", _Id)
"""One line of a reintegration plan (`itm_`)."""
PairId = NewType("PairId", _Id)
"""Two people who may be one (`dup_`)."""
PaymentId = NewType("PaymentId", _Id)
"""A proposal to pay one invoice (`pay_`)."""
PersonId = NewType("PersonId", _Id)
"""A person acting or assisted (`per_`); the platform itself acts as `per_system`."""
PlanId = NewType("PlanId", _Id)
"""A reintegration plan (`pla_`)."""
PreNotificationId = NewType("PreNotificationId", _Id)
"""Somebody announced before there is a name (`pre_`)."""
ProgrammeId = NewType("ProgrammeId", _Id)
"""A programme, whatever its version (`prg_iom_slovakia`)."""
ProjectId = NewType("ProjectId", _Id)
"""An assistance shared by several cases, or by a community (`prj_`)."""
QuotationId = NewType("QuotationId", _Id)
"""A vendor's offer in a sourcing (`quo_`)."""
ReceiptId = NewType("ReceiptId", _Id)
"""Signed evidence that the returnee got the goods or services (`rec_`)."""
ReferralId = NewType("ReferralId", _Id)
"""A hand-over to another service, which we do not pay (`ref_`)."""
ReplayId = NewType("ReplayId", _Id)
"""One replay of the log that somebody had made (`rpl_`)."""
SampleId = NewType("SampleId", _Id)
"""The items of a population that an auditor looks at (`smp_`)."""
SearchId = NewType("SearchId", _Id)
"""One search of all books for people who are in them twice (`sch_`)."""
SourcingId = NewType("SourcingId", _Id)
"""The search for a vendor for one item of a plan (`src_`)."""
SurveyId = NewType("SurveyId", _Id)
"""One answered sustainability survey (`sur_`)."""
TransferId = NewType("TransferId", _Id)
"""The hand-over of a case to another organisation (`trf_`)."""
VendorId = NewType("VendorId", _Id)
"""An approved payee (`ven_`)."""

Code = NewType("Code", Annotated[str, Meta(pattern=CODE), Shape(CODE)])
"""A bounded word from a list that somebody keeps: a country, a role, a kind of goods. Never free
text about a person."""
Digest = NewType("Digest", Annotated[str, Meta(pattern=DIGEST), Shape(DIGEST)])
"""A SHA-256, 64 lower-case hexadecimal digits."""

SubjectId = NewType(
    "SubjectId", Annotated[str, Meta(pattern=SUBJECT, examples=["per_example"]), Shape(SUBJECT)]
)
"""Whom personal values are about: a person, or a vendor that is one (`per_`, `ven_`)."""

HolderId = NewType(
    "HolderId", Annotated[str, Meta(pattern=HOLDER, examples=["per_example"]), Shape(HOLDER)]
)
"""Whom or what a document is about: a person, a vendor, a project (`per_`, `ven_`, `prj_`)."""

OrganisationName = NewType(
    "OrganisationName",
    Annotated[
        str,
        Meta(pattern=ORGANISATION_NAME, examples=["Al-Noor Ovens"]),
        Shape(ORGANISATION_NAME),
    ],
)
"""How a legal person is called in public, in any script. Never the name of a natural person, who
may ask to be erased."""

SYSTEM = PersonId("per_system")
"""Who acts when a policy does."""
VisitId = NewType("VisitId", _Id)
"""A monitoring visit (`vis_`)."""
