-- What the bank kept of a payment that it sent back: beside the payment on all three sides.

alter table reconciled_payment add column charge_minor bigint not null default 0;
alter table reconciled_payment add column functional_charge bigint not null default 0;
alter table reconciled_payment add column charged_at bigint;  -- position of the fact
