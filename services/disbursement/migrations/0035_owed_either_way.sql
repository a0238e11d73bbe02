-- The ledger books advances as they are claimed back, and what is the vendor's of what the bank
-- returned; a recovery knows all that came of it. Both are filled anew, from the history.
truncate ledger_book, ledger_posting, ledger_payment, recovery_view;
update es_tracking set pos = 0 where consumer in ('ledger', 'recoveries');
