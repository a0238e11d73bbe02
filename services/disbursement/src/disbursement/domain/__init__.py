"""What disbursement decides: from a donor's grant to a payment that the bank has confirmed."""

from typing import get_args

from disbursement.domain.bank_answer import BankAnswerEvent
from disbursement.domain.bank_file import BankFileEvent
from disbursement.domain.budget_line import BudgetLineEvent
from disbursement.domain.capture_device import CaptureDeviceEvent
from disbursement.domain.cash import CashEvent
from disbursement.domain.commitment import CommitmentEvent
from disbursement.domain.commitment.facts import goods_received_v1
from disbursement.domain.cumulative import CumulativeEvent
from disbursement.domain.delegation import DelegationEvent
from disbursement.domain.delivery_code import DeliveryCodeEvent
from disbursement.domain.documents import DocumentKept, DocumentRead
from disbursement.domain.earmark import EarmarkEvent
from disbursement.domain.erased import SubjectErased
from disbursement.domain.exchange_rate import RateEvent
from disbursement.domain.export import ExportEvent
from disbursement.domain.grant import GrantEvent
from disbursement.domain.item_ceiling import ItemEvent
from disbursement.domain.news import NewsHeard
from disbursement.domain.paper import PaperRegistered
from disbursement.domain.payment import PaymentEvent
from disbursement.domain.payment.first import FirstEvent
from disbursement.domain.recovery import RecoveryEvent
from disbursement.domain.rolling import RollingEvent
from disbursement.domain.vendor_invoices import InvoiceRegistered
from events.registry import Registry

registry = Registry.of(
    "disbursement",
    [
        *get_args(GrantEvent),
        *get_args(BudgetLineEvent),
        *get_args(DelegationEvent),
        *get_args(CumulativeEvent),
        *get_args(RateEvent),
        *get_args(ItemEvent),
        *get_args(EarmarkEvent),
        *get_args(CommitmentEvent),
        *get_args(DeliveryCodeEvent),
        *get_args(CaptureDeviceEvent),
        InvoiceRegistered,
        PaperRegistered,
        NewsHeard,
        *get_args(PaymentEvent),
        *get_args(RollingEvent),
        *get_args(FirstEvent),
        *get_args(RecoveryEvent),
        *get_args(CashEvent),
        *get_args(BankFileEvent),
        *get_args(BankAnswerEvent),
        DocumentKept,
        DocumentRead,
        *get_args(ExportEvent),
        SubjectErased,
    ],
    upcasters={
        "disbursement.goods_received.v1": goods_received_v1,
        "disbursement.three_way_match_failed.v1": dict,
    },
)
"""Every event that this service emits."""
