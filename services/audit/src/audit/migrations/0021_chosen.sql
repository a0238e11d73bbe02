-- How a vendor was chosen, cash and recoveries are parts of a chain; and a recovery is of its
-- payment's case.

-- What came before. What speaks of one of them alone is found by it from now on.
alter table log_alone disable trigger log_alone_stays;
truncate log_alone;
alter table log_alone enable trigger log_alone_stays;

insert into log_alone (stream, index)
select stream, index
from log_entry
where not exists (
    select from unnest(names) name
    where name ~ '^(cas|pla|eme|prj|src|itm|com|csh|rec|inv|pay|rcv)_'
);

insert into log_of_case (name, "case")
select 'rcv_' || substr(name, 5), "case"
from log_of_case
where name like 'pay\_%'
on conflict do nothing;
