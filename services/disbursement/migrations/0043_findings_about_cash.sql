-- A finding about cash names no payment.
alter table finding_fact alter column payment_id drop not null;
