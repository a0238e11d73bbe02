"""The bank's desk: takes files in, books what is due, puts its answers out."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from events.ports import Clock
from homeward.bank import messages
from homeward.bank.behaviour import Behaviour, Rule, Treatment, treatment_of
from homeward.bank.book import Book, Due
from homeward.bank.messages import Account, Movement, Verdict
from homeward.bank.orders import BadOrder, Group, Order, Transfer, read

DUPLICATE_MESSAGE = "DU01"
DUPLICATE_TRANSFER = "DU04"
BAD_FILE = "FF01"
"""Reasons out of the ISO 20022 external status reason code set."""


@dataclass(frozen=True)
class Pace:
    """How long this bank takes, in seconds."""

    settle: float = 0.3
    """From acceptance to booking."""
    late: float = 5.0
    """The same, for a transfer that is late."""
    back: float = 3.0
    """From booking to the return."""


class Desk:
    """Serves one folder: orders come in `to_bank`, answers go into `from_bank`; both in XML,
    or with `mt940` the statements in that older format.

    Orders that were read are kept in `taken`.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        pace: Pace | None = None,
        rules: Sequence[Rule] = (),
        mt940: bool = False,
    ) -> None:
        folders = (folder / name for name in ("to_bank", "from_bank", "taken"))
        self._in, self._out, self._taken = folders
        for each in (self._in, self._out, self._taken):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._book = Book(folder / "book.sqlite")
        self._clock = clock
        self._pace = pace or Pace()
        self._rules = rules
        self._mt940 = mt940

    def close(self) -> None:
        self._book.close()

    def tick(self) -> int:
        """Do what there is to do now; how many files were taken in or put out."""
        orders = sorted(self._in.glob("*.xml"))
        for path in orders:
            self._take(path)
        with self._book.transaction():
            self._settle()
        return len(orders) + self._write()

    def _take(self, path: Path) -> None:
        data = path.read_bytes()
        digest = sha256(data).hexdigest()
        try:
            order = read(data)
        except BadOrder as bad:
            with self._book.transaction():
                self._refuse(bad.message_id, BAD_FILE, str(bad))
        else:
            with self._book.transaction():
                self._accept(order, digest)
        path.rename(self._taken / f"{digest[:16]}-{path.name}")

    def _refuse(self, message_id: str | None, reason: str, detail: str) -> None:
        answer = self._book.next_answer()
        said = messages.refusal(answer, self._clock.now(), message_id, reason, detail)
        self._book.send("pain002", said)

    def _accept(self, order: Order, digest: str) -> None:
        before = self._book.digest_of(order.message_id)
        if before == digest:
            self._book.answer_again(order.message_id)
            return
        if before is not None:
            detail = "another file came under this message id"
            self._refuse(order.message_id, DUPLICATE_MESSAGE, detail)
            return
        verdicts: dict[str, Verdict] = {}
        fresh: list[str] = []
        for group in order.groups:
            for transfer in group.transfers:
                known = self._book.knows(transfer.end_to_end_id)
                if known:
                    verdict = Verdict("RJCT", DUPLICATE_TRANSFER)
                else:
                    fresh.append(transfer.end_to_end_id)
                    treatment = treatment_of(transfer, self._rules)
                    verdict = self._plan(order, group, transfer, treatment)
                verdicts[transfer.end_to_end_id] = verdict
        answer = self._book.next_answer()
        said = messages.status_report(answer, self._clock.now(), order, verdicts)
        self._book.take(order.message_id, digest, fresh, self._book.send("pain002", said))

    def _plan(
        self, order: Order, group: Group, transfer: Transfer, treatment: Treatment
    ) -> Verdict:
        """Enter what will be booked for the transfer, and say what the customer is told now."""
        if treatment.behaviour is Behaviour.REJECT:
            return Verdict("RJCT", treatment.reason)
        late = treatment.behaviour is Behaviour.LATE
        wait = self._pace.late if late else self._pace.settle
        at = self._clock.now() + timedelta(seconds=wait)
        notices = 2 if treatment.behaviour is Behaviour.TWICE else 1
        account = Account(group.account, group.scheme, transfer.currency)
        self._book.plan(Due(_movement(order, group, transfer, None), account, notices, at))
        if treatment.behaviour is Behaviour.RETURN:
            back = _movement(order, group, transfer, treatment.reason)
            later = at + timedelta(seconds=self._pace.back)
            self._book.plan(Due(back, account, 1, later))
        return Verdict("PDNG" if late else "ACCP")

    def _settle(self) -> None:
        """Book what is due: per account a notification (twice where asked) and a statement."""
        now = self._clock.now()
        due = sorted(self._book.due(now), key=lambda d: (d.account.number, d.account.currency))
        for account, together in groupby(due, key=lambda d: d.account):
            dues = list(together)
            movements = [d.movement for d in dues]
            number, opening = self._book.settle(account, movements, now)
            for _ in range(max(d.notices for d in dues)):
                answer = self._book.next_answer()
                notice = messages.notification(answer, now, account, movements)
                self._book.send("camt054", notice)
            answer = self._book.next_answer()
            write = messages.statement_mt940 if self._mt940 else messages.statement
            said = write(answer, now, account, movements, number=number, opening=opening)
            self._book.send("mt940" if self._mt940 else "camt053", said)

    def _write(self) -> int:
        """Put the outgoing mail into the folder, each file whole or not at all."""
        unwritten = self._book.unwritten()
        for number, kind, content in unwritten:
            target = self._out / f"{number:08}-{kind}.{'sta' if kind == 'mt940' else 'xml'}"
            unfinished = target.with_suffix(".part")
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(target)
            self._book.written(number)
        return len(unwritten)


def _movement(order: Order, group: Group, transfer: Transfer, returned: str | None) -> Movement:
    return Movement(
        reference="",
        message_id=order.message_id,
        group=group.id,
        end_to_end_id=transfer.end_to_end_id,
        uetr=transfer.uetr,
        amount=transfer.amount,
        currency=transfer.currency,
        returned=returned,
    )
