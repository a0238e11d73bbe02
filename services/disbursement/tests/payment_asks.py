"""What people and the bank ask of the payment in the tests."""

from datetime import date, timedelta
from functools import reduce

from services.disbursement.tests.people import (
    CASE,
    COMMITMENT,
    DALIA,
    EVIDENCE,
    HANA,
    INVOICE,
    ITEM,
    LINA,
    LINE,
    NADIA,
    NOON,
    OVENS,
    PAYMENT,
    RATE,
    USABLE,
    delivered_and_invoiced,
    eur,
    iqd,
    mandate,
)

from disbursement.domain.commitment import Commitment, InvoiceSubmitted
from disbursement.domain.commitment.evolving import evolve
from disbursement.domain.delegation import (
    Authority,
    Mandate,
)
from disbursement.domain.payment import (
    ApprovePayment,
    CertifyPayment,
    PaymentReconciled,
    PaymentRejectedByBank,
    PutPaymentInFile,
    ReconcilePayment,
    RecordExecution,
    ReleasePaymentFromHold,
    RequestPayment,
    SignPayment,
    Standing,
    VendorAccount,
)
from disbursement.domain.screened import COUNTS_DAYS, Search
from events.money import Money
from events.values import SYSTEM, BankFileId, Code, Digest, PersonId

COUNTS_FOR = timedelta(days=COUNTS_DAYS)
CLEAR = Search(NOON, COUNTS_FOR)


def request(by: PersonId = HANA, account: VendorAccount | None = USABLE) -> RequestPayment:
    return RequestPayment(
        by=by,
        at=NOON,
        payment=PAYMENT,
        commitment=COMMITMENT,
        invoice=INVOICE,
        item=ITEM,
        case=CASE,
        vendor=OVENS,
        budget_line=LINE,
        account=account,
        amount=iqd(1_400_000),
        reserved=eur(1000),
        rate=RATE,
        evidence=EVIDENCE,
        counsellors=(LINA,),
        collectors=(NADIA,),
        recorders=(DALIA,),
    )


def certify(by: PersonId, seen: Digest = EVIDENCE, stands: Digest = EVIDENCE) -> CertifyPayment:
    held = mandate(by, Authority.CERTIFY)
    return CertifyPayment(by=by, at=NOON, evidence=seen, stands=stands, mandate=held)


def approve(by: PersonId, held: Mandate | None = None, seen: Digest = EVIDENCE) -> ApprovePayment:
    held = held or mandate(by, Authority.APPROVE)
    return ApprovePayment(by=by, at=NOON, evidence=seen, stands=EVIDENCE, mandate=held)


def sign(
    by: PersonId,
    account: VendorAccount | None = USABLE,
    search: Search | None = CLEAR,
) -> SignPayment:
    held = mandate(by, Authority.SIGN)
    return SignPayment(
        by=by,
        at=NOON,
        evidence=EVIDENCE,
        stands=EVIDENCE,
        mandate=held,
        account=account,
        search=search,
    )


submitted = InvoiceSubmitted(
    by=HANA, at=NOON, commitment=COMMITMENT, invoice=INVOICE, payment=PAYMENT
)
UNDER_PAYMENT: Commitment = reduce(
    evolve,  # type: ignore[arg-type]
    (*delivered_and_invoiced[1:], submitted),
    evolve(None, delivered_and_invoiced[0]),
)
STANDING = Standing(commitment=UNDER_PAYMENT, account=USABLE)
"""Nothing is in the way of the payment."""


def release(by: PersonId, standing: Standing = STANDING) -> ReleasePaymentFromHold:
    return ReleasePaymentFromHold(by=by, at=NOON, reason=Code("seen"), standing=standing)


def put_in(
    file: BankFileId,
    standing: Standing = STANDING,
    stands: Digest = EVIDENCE,
    search: Search | None = CLEAR,
) -> PutPaymentInFile:
    return PutPaymentInFile(
        by=HANA, at=NOON, file=file, standing=standing, stands=stands, search=search
    )


def execution(amount: Money | None = None) -> RecordExecution:
    return RecordExecution(
        by=SYSTEM,
        at=NOON,
        amount=amount or iqd(1_400_000),
        value_date=date(2026, 3, 4),
        bank_ref=Code("BANK-77"),
        rate=RATE,
        functional_amount=eur(1000),
    )


def on_the_statement(
    reference: str = "BANK-77", day: date = date(2026, 3, 4), statement: str = "STMT-9"
) -> ReconcilePayment:
    return ReconcilePayment(
        by=SYSTEM,
        at=NOON,
        statement=Code(statement),
        line=3,
        bank_ref=Code(reference),
        value_date=day,
    )


rejected_by_bank = PaymentRejectedByBank(
    by=SYSTEM,
    at=NOON,
    payment=PAYMENT,
    commitment=COMMITMENT,
    invoice=INVOICE,
    reason=Code("AC01"),
)
reconciled = PaymentReconciled(
    by=SYSTEM,
    at=NOON,
    payment=PAYMENT,
    statement=Code("STMT-9"),
    line=3,
    bank_ref=Code("BANK-77"),
    value_date=date(2026, 3, 4),
)
