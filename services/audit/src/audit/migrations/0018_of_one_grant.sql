-- Each thing is of one grant, that under which it was told first; and no entry is of a grant that
-- names anything of another one.

alter table log_grant disable trigger log_grant_stays;
alter table log_of_grant disable trigger log_of_grant_stays;
truncate log_grant, log_of_grant;
alter table log_grant enable trigger log_grant_stays;
alter table log_of_grant enable trigger log_of_grant_stays;

-- What came before, rank by rank: each name is of the grant of what it is first mentioned beside,
-- where that is one alone.
create function log_rank(name text) returns integer language sql immutable as $$
    select case split_part(name, '_', 1)
        when 'gra' then 0
        when 'bud' then 1 when 'exp' then 1
        when 'com' then 2 when 'csh' then 2
        when 'rec' then 3 when 'inv' then 3 when 'pay' then 3
        when 'rcv' then 4
    end
$$;
create temporary table told_first (name text primary key, "grant" text, since bigint);
insert into told_first
select distinct name, name, 0 from log_entry cross join unnest(names) name
where source = 'disbursement' and log_rank(name) = 0;
do $$
begin
    for rank in 1..4 loop
        insert into told_first
        select distinct on (name) name, "grant", index
        from (
            select higher as name, min(known."grant") as "grant", index
            from log_entry
                cross join unnest(names) higher
                cross join unnest(names) lower
                join told_first known on known.name = lower and known.since <= index
            where source = 'disbursement' and log_rank(higher) = rank and log_rank(lower) < rank
            group by higher, index
            having count(distinct known."grant") = 1
        ) mention
        order by name, index;
    end loop;
end $$;
insert into log_grant (name, "grant") select name, "grant" from told_first where log_rank(name) > 0;
insert into log_of_grant ("grant", index)
select min(known."grant"), index
from log_entry
    cross join unnest(names) mentioned
    join told_first known on known.name = mentioned and known.since <= index
where source = 'disbursement' and log_rank(stream) is not null
group by index
having count(distinct known."grant") = 1 and bool_or(known.name = stream);
drop table told_first;
drop function log_rank(text);
