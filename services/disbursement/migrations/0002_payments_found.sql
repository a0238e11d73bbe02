-- Payments are found by vendor, by invoice, and those that are held without reading all the others.

alter table payment_view
    add column invoice_id text generated always as (state::jsonb ->> 'invoice') stored,
    add column held boolean generated always as (state::jsonb ->> 'held' is not null) stored;
create index payment_by_vendor on payment_view (vendor_id, payment_id);
create index payment_by_invoice on payment_view (invoice_id, payment_id);
create index payment_held on payment_view (payment_id) where held;
