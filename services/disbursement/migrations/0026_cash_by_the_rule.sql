-- Cash that was handed over counts among what a line paid, by the grant's rule, as payments do.
-- What was handed over before this is entered here, out of the service's own history.

insert into ledger_payment (payment_id, line_id, currency, minor, value_date)
select
    told -> 'data' ->> 'cash',
    told -> 'data' ->> 'budget_line',
    told -> 'data' -> 'amount' ->> 'currency',
    replace(told -> 'data' -> 'amount' ->> 'amount', '.', '')::bigint,
    ((told ->> 'time')::timestamptz at time zone 'UTC')::date
from
    es_event,
    lateral (select convert_from(es_event.entry, 'UTF8')::jsonb) as opened (told)
where type = 'disbursement.cash_hand_over_confirmed.v1'
on conflict do nothing;
