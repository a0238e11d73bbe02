-- Orders on which something was paid before delivery, and payments by the day on which they are due.

alter table commitment_view add column advanced boolean generated always as (
    jsonb_path_exists(state::jsonb, '$.invoices[*].advance.paid_on ? (@ != null)')
) stored;
create index commitment_advanced on commitment_view (commitment_id) where advanced;

alter table payment_view add column due text generated always as (
    state::jsonb #>> '{terms,due}'
) stored;
