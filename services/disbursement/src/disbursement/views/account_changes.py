"""The accounts that are proposed in the place of others, until that is decided."""

from typing import Any

from disbursement.domain import heard as told
from events.service import Connection, Heard, View
from events.values import AccountId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case told.BankAccountProposed(account=account, replaces=before) if before is not None:
                await tables.execute(
                    "insert into account_change_fact (account_id, replaces) values ($1, $2)"
                    " on conflict do nothing",
                    account,
                    before,
                )
            case (
                told.BankAccountVerificationFailed(account=account)
                | told.BankAccountActivated(account=account)
                | told.BankAccountFrozen(account=account)
            ):
                await tables.execute(
                    "delete from account_change_fact where account_id = $1", account
                )


async def pending(view: Connection, account: AccountId) -> AccountId | None:
    """One that is to take the place of this account, if that is decided so."""
    found = await view.fetchval(
        "select min(account_id) from account_change_fact where replaces = $1", account
    )
    return AccountId(found) if found else None


view = View(
    "account_change", {"vendors": told.of_account_changes}, _project, ("account_change_fact",)
)
