"""The people, and the oven for a bakery in Baghdad, that the tests of this service tell about."""

from datetime import UTC, date, datetime
from hashlib import sha256

from disbursement.domain.commitment import (
    CommitmentApproved,
    CommitmentCertified,
    CommitmentRequested,
    Condition,
    Confirmation,
    Funding,
    GoodsReceived,
    InvoicedLine,
    InvoiceReceived,
    Method,
    OrderLine,
    PlannedItem,
    PurchaseOrderIssued,
    ReceivedLine,
    Receiver,
    SelectedVendor,
    ThreeWayMatchPassed,
    Tolerance,
    Window,
)
from disbursement.domain.delegation import Authority, Mandate
from disbursement.domain.exchange_rate import Rate, RateValue
from disbursement.domain.invoice_number import InvoiceNumber
from disbursement.domain.payment import (
    PaymentApproved,
    PaymentCertified,
    PaymentInstructed,
    PaymentPutInFile,
    PaymentRequested,
    PaymentSigned,
    VendorAccount,
    VendorPaid,
)
from events.money import Money
from events.values import (
    AccountId,
    BankFileId,
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    DelegationId,
    Digest,
    GrantId,
    InvoiceId,
    ItemId,
    PaymentId,
    PersonId,
    PlanId,
    ProgrammeId,
    ReceiptId,
    VendorId,
)

LINA = PersonId("per_lina")  # counsellor of the case
NADIA = PersonId("per_nadia")  # collected the quotations
YUSUF = PersonId("per_yusuf")  # approved the bank account
DALIA = PersonId("per_dalia")  # records deliveries
HANA = PersonId("per_hana")  # requests commitments and payments
JOZEF = PersonId("per_jozef")  # certifies
EVA = PersonId("per_eva")  # approves
MARTA = PersonId("per_marta")  # signs
IVAN = PersonId("per_ivan")  # signs
MARIA = PersonId("per_maria")  # opens grants, gives delegations
TOMAS = PersonId("per_tomas")  # confirms delegations
RETURNEE = PersonId("per_returnee")

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TODAY = NOON.date()

GRANT = GrantId("gra_amif")
LINE = BudgetLineId("bud_start")
COMMITMENT = CommitmentId("com_oven")
OTHER_COMMITMENT = CommitmentId("com_flour")
ITEM = ItemId("itm_oven")
PLAN = PlanId("pla_1")
CASE = CaseId("cas_1")
PROGRAMME = ProgrammeId("prg_iom_slovakia")
OVENS = VendorId("ven_ovens")
ACCOUNT = AccountId("acc_ovens")
INVOICE = InvoiceId("inv_1")
PAYMENT = PaymentId("pay_1")
FILE = BankFileId("fil_1")
DELEGATION = DelegationId("del_1")
RECEIPT = ReceiptId("rec_1")

DOCUMENT = Digest("d" * 64)
EVIDENCE = Digest("5" * 64)
OTHER = Digest("0" * 64)


def eur(units: int) -> Money:
    return Money(units * 100, "EUR")


def iqd(units: int) -> Money:
    return Money(units * 1000, "IQD")


RATE = Rate(
    base=Code("EUR"),
    quote=Code("IQD"),
    value=RateValue("1400"),
    source=Code("UNORE"),
    date=date(2026, 3, 1),
)
WINDOW = Window(opens=date(2026, 1, 1), closes=date(2026, 12, 31))
TOLERANCE = Tolerance(basis_points=200, at_most=eur(20))

PLANNED = PlannedItem(
    plan=PLAN,
    case=CASE,
    programme=PROGRAMME,
    ceiling=eur(2000),
    counsellors=(LINA,),
    arrived=date(2026, 2, 1),
    use_by=date(2027, 2, 1),
)
SELECTED = SelectedVendor(
    vendor=OVENS,
    amount=iqd(1_400_000),
    collectors=(NADIA,),
    approved_until=date(2026, 12, 31),
    screened=date(2026, 2, 20),
)
FUNDING = Funding(category=Code("reintegration"), currency=Code("EUR"), window=WINDOW, rate=RATE)

USABLE = VendorAccount(
    account=ACCOUNT,
    vendor=OVENS,
    currency=Code("IQD"),
    approved_until=date(2026, 5, 28),
    usable_from=datetime(2026, 2, 25, tzinfo=UTC),
    approver=YUSUF,
    first_payment=True,
)


def mandate(
    person: PersonId,
    authority: Authority,
    *,
    limit: Money | None = None,
    used: Money | None = None,
    ends: date = date(2026, 12, 31),
) -> Mandate:
    return Mandate(
        delegation=DELEGATION,
        person=person,
        authority=authority,
        limit=limit or eur(5000),
        starts=date(2026, 1, 1),
        ends=ends,
        used=used or eur(0),
    )


# The commitment's history: an oven and ten sacks of flour, 1,400,000 IQD, 1,000 EUR reserved.

OVEN_AND_FLOUR = (
    OrderLine(line=1, spec=Code("bread_oven"), quantity=1, unit_price=iqd(1_000_000)),
    OrderLine(line=2, spec=Code("flour_50kg"), quantity=10, unit_price=iqd(40_000)),
)

requested = CommitmentRequested(
    by=HANA,
    at=NOON,
    commitment=COMMITMENT,
    plan=PLAN,
    item=ITEM,
    case=CASE,
    programme=PROGRAMME,
    vendor=OVENS,
    budget_line=LINE,
    amount=iqd(1_400_000),
    reserved=eur(1000),
    rate=RATE,
    window=WINDOW,
    tolerance=TOLERANCE,
    counsellor=LINA,
    collectors=(NADIA,),
)
certified = CommitmentCertified(by=JOZEF, at=NOON, commitment=COMMITMENT, delegation=DELEGATION)
approved = CommitmentApproved(by=EVA, at=NOON, commitment=COMMITMENT, delegation=DELEGATION)
ordered = PurchaseOrderIssued(
    by=HANA,
    at=NOON,
    commitment=COMMITMENT,
    number=Code("PO-118"),
    lines=OVEN_AND_FLOUR,
    deliver_by=date(2026, 3, 20),
)


def signed(receipt: ReceiptId = RECEIPT) -> Confirmation:
    """The returnee signed for it; another paper for each part."""
    document = Digest(sha256(receipt.encode()).hexdigest())
    return Confirmation(received_by=Receiver.RETURNEE, method=Method.SIGNATURE, document=document)


def sacks(
    number: int, *, receipt: ReceiptId = RECEIPT, condition: Condition = Condition.GOOD
) -> GoodsReceived:
    """The oven and that many sacks arrived."""
    return GoodsReceived(
        by=DALIA,
        at=NOON,
        commitment=COMMITMENT,
        receipt=receipt,
        lines=(
            ReceivedLine(line=1, quantity=1, condition=Condition.GOOD),
            ReceivedLine(line=2, quantity=number, condition=condition),
        ),
        date=TODAY,
        confirmation=signed(receipt),
    )


def invoiced(
    sacks: int, *, invoice: InvoiceId = INVOICE, replaces: InvoiceId | None = None
) -> InvoiceReceived:
    """The vendor asks for the oven and that many sacks, at the order's prices."""
    return InvoiceReceived(
        by=HANA,
        at=NOON,
        commitment=COMMITMENT,
        invoice=invoice,
        vendor=OVENS,
        number=InvoiceNumber("INV-2231"),
        date=TODAY,
        amount=iqd(1_000_000 + sacks * 40_000),
        lines=(
            InvoicedLine(line=1, quantity=1, unit_price=iqd(1_000_000)),
            InvoicedLine(line=2, quantity=sacks, unit_price=iqd(40_000)),
        ),
        document=DOCUMENT,
        pro_forma=False,
        replaces=replaces,
    )


def matched(
    sacks: int,
    *,
    invoice: InvoiceId = INVOICE,
    receipts: tuple[ReceiptId, ...] = (RECEIPT,),
    by: PersonId = HANA,
) -> ThreeWayMatchPassed:
    return ThreeWayMatchPassed(
        by=by,
        at=NOON,
        commitment=COMMITMENT,
        invoice=invoice,
        payable=iqd(1_000_000 + sacks * 40_000),
        receipts=receipts,
    )


on_order = (requested, certified, approved, ordered)
delivered_and_invoiced = (*on_order, sacks(10), invoiced(10), matched(10))


# The payment's history

payment_requested = PaymentRequested(
    by=HANA,
    at=NOON,
    payment=PAYMENT,
    commitment=COMMITMENT,
    invoice=INVOICE,
    item=ITEM,
    case=CASE,
    vendor=OVENS,
    account=ACCOUNT,
    budget_line=LINE,
    amount=iqd(1_400_000),
    reserved=eur(1000),
    evidence=EVIDENCE,
    counsellor=LINA,
    collectors=(NADIA,),
    recorders=(DALIA,),
    rate=RATE,
)
payment_certified = PaymentCertified(
    by=JOZEF, at=NOON, payment=PAYMENT, evidence=EVIDENCE, delegation=DELEGATION
)
payment_approved = PaymentApproved(
    by=EVA, at=NOON, payment=PAYMENT, evidence=EVIDENCE, delegation=DELEGATION
)
signed_by_marta = PaymentSigned(
    by=MARTA,
    at=NOON,
    payment=PAYMENT,
    signatory_no=1,
    evidence=EVIDENCE,
    delegation=DELEGATION,
)
signed_by_ivan = PaymentSigned(
    by=IVAN,
    at=NOON,
    payment=PAYMENT,
    signatory_no=2,
    evidence=EVIDENCE,
    delegation=DELEGATION,
)
put_in_file = PaymentPutInFile(
    by=HANA, at=NOON, payment=PAYMENT, file=FILE, end_to_end_id=Code("pay-1")
)
instructed = PaymentInstructed(
    by=PersonId("per_system"),
    at=NOON,
    payment=PAYMENT,
    file=FILE,
    end_to_end_id=Code("pay-1"),
    file_hash=DOCUMENT,
)
paid = VendorPaid(
    by=PersonId("per_system"),
    at=NOON,
    payment=PAYMENT,
    vendor=OVENS,
    account=ACCOUNT,
    invoice=INVOICE,
    commitment=COMMITMENT,
    case=CASE,
    item=ITEM,
    amount=iqd(1_400_000),
    value_date=date(2026, 3, 4),
    bank_ref=Code("BANK-77"),
    end_to_end_id=Code("pay-1"),
    rate=RATE,
    functional_amount=eur(1000),
    reserved=eur(1000),
    budget_line=LINE,
    after_rejection=False,
)
released = (
    payment_requested,
    payment_certified,
    payment_approved,
    signed_by_marta,
    signed_by_ivan,
)
with_the_bank = (*released, put_in_file, instructed)
