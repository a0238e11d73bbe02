"""A payment and what it rests on, as it stands now for one person: the page of an officer."""

from datetime import date
from typing import Any

from msgspec.structs import replace

from disbursement.answers import (
    AccountTold,
    BudgetTold,
    CitedTold,
    CommitmentAnswer,
    ScreeningTold,
    YourAct,
)
from disbursement.api.limits import mandate_in
from disbursement.api.reach import Sight, without_whose
from disbursement.domain.budget_line import budget_line
from disbursement.domain.commitment import Commitment, PlannedItem, commitment
from disbursement.domain.cumulative import Kind, cumulative_of
from disbursement.domain.delegation import Authority, Mandate
from disbursement.domain.evidence import INVOICE
from disbursement.domain.grant import grant
from disbursement.domain.payment import (
    ApprovePayment,
    CertifyPayment,
    Payment,
    SignPayment,
    VendorAccount,
    may_sign,
    payment,
)
from disbursement.domain.payment.refusals import NoSuchPayment
from disbursement.domain.screened import Search, require_screened_again
from disbursement.standing import evidence
from disbursement.views import conflicts, counsellors, lists, lookups, screened
from events.canonical import plain
from events.decider import Rejected
from events.io.http import Load, Now, View, Who, not_on_file
from events.roles import Role
from events.values import Code, Digest, HolderId, PaymentId, PersonId

ROLES = {
    Authority.CERTIFY: Role.CERTIFYING_OFFICER,
    Authority.APPROVE: Role.APPROVING_OFFICER,
    Authority.SIGN: Role.SIGNATORY,
}


class Around:
    """A payment and what it rests on, as it stands now, for one person."""

    def __init__(self, me: Who, now: Now, load: Load, view: View) -> None:
        self.me, self.now, self._load, self._view = me, now, load, view
        self.state: Payment
        self.commitment: Commitment
        self.account: VendorAccount | None
        self.stands: Digest
        self.waived_until: date | None
        self.preparers: frozenset[PersonId]
        self.cited: tuple[tuple[Code, Digest], ...]
        self.wanting: tuple[Digest, ...]
        """Of those cited, what is not on file as a paper of that vendor or that case."""
        self.search: Search | None

    async def look(self, payment_id: PaymentId) -> "Around":
        state, _ = await self._load.state(payment, payment_id)
        if state is None:
            raise NoSuchPayment
        of, _ = await self._load.state(commitment, state.commitment)
        assert of is not None, "the payment was requested on it"
        invoice = of.invoice(state.invoice)
        assert invoice is not None, "the payment was requested for it"
        ever = await counsellors.ever(self._view, state.case)
        self.state = replace(state, named=state.counsellors | ever)
        self.commitment = of
        self.account = await lookups.vendor_account(self._view, state.vendor, state.amount.currency)
        rests_on = await evidence(of, invoice, self.account, self._view)
        self.stands, self.cited = rests_on.digest, rests_on.cited
        self.waived_until = invoice.waiver.expires if invoice.waiver else None
        self.preparers = of.prepared(invoice)
        self.wanting = await self._wanting(of)
        self.search = await screened.search(self._view, state.vendor, state.item)
        return self

    async def _wanting(self, of: Commitment) -> tuple[Digest, ...]:
        bills = [digest for paper, digest in self.cited if paper == INVOICE]
        holder = HolderId(of.vendor)
        proofs = [digest for paper, digest in self.cited if paper != INVOICE]
        return (
            *await not_on_file(
                self._load,
                proofs,
                fits=lambda kept: kept.case == of.case and kept.paper != INVOICE,
            ),
            *await not_on_file(self._load, bills, fits=lambda kept: kept.holder == holder),
        )

    async def mandate(self, authority: Authority) -> Mandate | None:
        state = self.state
        stream = cumulative_of(Kind.PAID, state.vendor, state.case)
        return await mandate_in(
            stream,
            authority,
            state.reserved.currency,
            but=state.id,
            me=self.me,
            now=self.now,
            load=self._load,
            view=self._view,
        )

    async def act(
        self, authority: Authority, seen: Digest
    ) -> CertifyPayment | ApprovePayment | SignPayment:
        """The command by which this person would certify, approve or sign on what they saw."""
        signing: dict[str, Any] = {
            "by": self.me.id,
            "at": self.now,
            "evidence": seen,
            "stands": self.stands,
            "mandate": await self.mandate(authority),
            "waived_until": self.waived_until,
            "preparers": self.preparers,
        }
        match authority:
            case Authority.CERTIFY:
                return CertifyPayment(**signing, wanting=self.wanting)
            case Authority.APPROVE:
                return ApprovePayment(**signing)
            case Authority.SIGN:
                return SignPayment(**signing, account=self.account, search=self.search)

    async def yours(self) -> tuple[YourAct, ...]:
        """Each act that carries a payment to its release: may this person do it now?"""
        return tuple([await self._your(authority) for authority in Authority])

    async def _your(self, authority: Authority) -> YourAct:
        held: dict[str, Any] = {"delegation": None, "limit": None}
        state = self.state
        try:
            command = await self.act(authority, state.evidence)
            if (mandate := command.mandate) is not None:
                held = {"delegation": mandate.delegation, "limit": mandate.limit}
            if ROLES[authority] not in self.me.roles:
                role = ROLES[authority].replace("_", " ")
                needs = f"This is for {'an' if role[0] in 'aeiou' else 'a'} {role}."
                return YourAct(act=authority, may=False, rule="RoleNeeded", because=needs, **held)
            await conflicts.takes_part(
                self._view, self.me.id, vendors=(state.vendor,), cases=(state.case,)
            )
            may_sign(command, state)
        except Rejected as refusal:
            title = (type(refusal).__doc__ or "").partition("\n")[0]
            return YourAct(
                act=authority,
                may=False,
                rule=refusal.rule,
                because=title,
                facts=plain(refusal.facts()),
                **held,
            )
        return YourAct(act=authority, may=True, **held)

    async def page(self, seen: Sight) -> dict[str, Any]:
        """All that stands beside the payment on its page; as far as they see it."""
        state = self.state
        _, version = await self._load.state(commitment, state.commitment)
        planned = await lookups.planned_item(self._view, state.item)
        ordered = CommitmentAnswer.of(self.commitment, version)
        return {
            "evidence_stands": self.stands,
            "screening": self._screening(),
            "ceiling": planned.ceiling if planned else None,
            "planned_as": planned.spec if planned else None,
            "as_planned": self._as_planned(planned),
            "commitment_stands": ordered if seen.whose else without_whose(ordered),
            "documents": [
                CitedTold(paper=paper, document=digest, on_file=digest not in self.wanting)
                for paper, digest in self.cited
            ],
            "account_stands": await self._account() if seen.funding else None,
            "budget": await self._budget() if seen.funding else None,
            "you": await self.yours(),
        }

    def _as_planned(self, planned: PlannedItem | None) -> bool | None:
        order = self.commitment.order
        if planned is None or planned.spec is None or order is None:
            return None
        return any(line.spec == planned.spec for line in order.lines)

    def _screening(self) -> ScreeningTold | None:
        if self.search is None:
            return None
        state, holds = self.state, None
        try:
            require_screened_again(self.search, state.vendor, state.approved_at, self.now)
        except Rejected as refusal:
            holds = refusal.rule if state.approved_at else None
        return ScreeningTold(
            clear_at=self.search.clear_at,
            since_approval=self.search.is_newer_than(state.approved_at),
            holds=holds,
        )

    async def _account(self) -> AccountTold | None:
        account = await lists.account_facts(self._view, self.state.account)
        if account is None:
            return None
        return AccountTold(
            account=account.account,
            last4=account.last4,
            active=account.active,
            active_since=account.active_since,
        )

    async def _budget(self) -> BudgetTold:
        line, _ = await self._load.state(budget_line, self.state.budget_line)
        assert line is not None, "funds were reserved on it"
        of, _ = await self._load.state(grant, line.grant)
        assert of is not None, "the line was established under it"
        return BudgetTold(
            line=line.id,
            grant_reference=of.reference,
            category=line.category,
            ceiling=line.ceiling,
            earmarked=line.earmarked,
            reserved=line.reserved,
            spent=line.spent,
            available=line.available,
        )
