-- What a donor looks at: which entries are of which grant; and the trail of what half of the log
-- mentions, a page at a time.

-- The grants that a name is of: of a budget line, a commitment, an invoice, a payment.
create table log_grant (
    name text not null,
    "grant" text not null,
    primary key (name, "grant")
);

-- The entries that are of a grant.
create table log_of_grant (
    "grant" text not null,
    index bigint not null,
    primary key ("grant", index)
);

create trigger log_grant_stays before update or delete or truncate on log_grant
    for each statement execute function log_refuse_change();
create trigger log_of_grant_stays before update or delete or truncate on log_of_grant
    for each statement execute function log_refuse_change();

-- Of a stream that serves many, the few entries that say what was asked for.
create index log_entry_of_type on log_entry (stream, type, index);
create index log_grant_opened on log_entry (index) where type = 'disbursement.grant_opened.v1';

-- What came before, rank by rank: each name is of the grants of what it is mentioned beside.
create function log_rank(name text) returns integer language sql immutable as $$
    select case split_part(name, '_', 1)
        when 'gra' then 0
        when 'bud' then 1 when 'exp' then 1
        when 'com' then 2 when 'csh' then 2
        when 'rec' then 3 when 'inv' then 3 when 'pay' then 3
        when 'rcv' then 4
    end
$$;
do $$
begin
    for rank in 1..4 loop
        insert into log_grant (name, "grant")
        select distinct higher, coalesce(known."grant", lower)
        from log_entry
            cross join unnest(names) higher
            cross join unnest(names) lower
            left join log_grant known on known.name = lower
        where source = 'disbursement' and log_rank(higher) = rank and log_rank(lower) < rank
            and (log_rank(lower) = 0 or known.name is not null);
    end loop;
end $$;
insert into log_of_grant ("grant", index)
select distinct coalesce(known."grant", stream), index
from log_entry left join log_grant known on known.name = stream
where source = 'disbursement' and (log_rank(stream) = 0 or known.name is not null);
drop function log_rank(text);
