-- What waits for another person of exchange rates, as it was proposed: also corrections.
alter table proposed_rate_view add column proposal text;
update proposed_rate_view
set proposal = '{"by":' || to_json(proposed_by) || ',"rate":' || rate || '}';
alter table proposed_rate_view alter column proposal set not null;
alter table proposed_rate_view drop column rate;
alter table proposed_rate_view drop column proposed_by;

-- What was paid, as it was converted by its grant's rule, once. Filled anew, from the beginning.
truncate ledger_book, ledger_posting, ledger_payment;
alter table ledger_payment add column whole bigint not null;
alter table ledger_payment add column by_rule bigint;  -- of the whole, in the grant's currency
create index ledger_payment_unconverted on ledger_payment (payment_id) where by_rule is null;
update es_tracking set pos = 0 where consumer = 'ledger';
