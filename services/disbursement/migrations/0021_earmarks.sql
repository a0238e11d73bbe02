-- What approved items may still cost is kept on their budget lines.

create table paid_from_fact (
    programme_id text not null,
    version integer not null,
    type text not null,
    grant_reference text not null,
    category text not null,
    primary key (programme_id, version, type)
);

create table earmark_view (
    item_id text primary key,
    plan_id text not null,
    line_id text not null,
    ceiling text not null
);
create index earmark_by_plan on earmark_view (plan_id);

create table plan_earmark_view (
    plan_id text primary key,
    short boolean not null,
    state text not null
);
create index plan_short_of_funds on plan_earmark_view (plan_id) where short;

-- The items of plans in force for which funds are to be kept, as long as their entitlement lasts.
create function items_to_earmark(today date)
returns table (item_id text, plan_id text, ceiling text, grant_reference text, category text)
language sql stable as $$
    select p.item_id, p.plan_id, p.ceiling, f.grant_reference,
        coalesce(p.budget_category, f.category)
    from planned_item_fact p
    join paid_from_fact f on f.programme_id = p.programme_id and f.version = p.programme_version
        and f.type = p.type
    left join arrival_fact a on a.case_id = p.case_id
    where (a.use_by is null or a.use_by >= today)
    and not exists (select from stopped_fact s
        where s.id in (p.item_id, p.plan_id) and s.because <> 'plan_suspended')
$$;

-- A budget line's state now tells what is earmarked: its view is filled anew, from the beginning.
truncate grant_view, budget_line_view, delegation_view, exchange_rate_view, commitment_view,
    invoice_view, payment_view, payment_duty, bank_file_view, bank_line_view;
update es_tracking set pos = 0 where consumer = 'decided';
