-- The indexes of the trail: what a page of it needs, without reading what it does not show.

-- What has to do with which case: each of the two is mentioned beside the other in some entry. Not
-- the acting person, and not what serves the cases of many.
create table log_of_case (
    name text not null,
    "case" text not null,
    primary key (name, "case")
);

-- The entries that speak of no part of any chain, by their stream: what happened to a vendor, an
-- account, a budget line or a delegation itself.
create table log_alone (
    stream text not null,
    index bigint not null,
    primary key (stream, index)
);

create trigger log_of_case_stays before update or delete or truncate on log_of_case
    for each statement execute function log_refuse_change();
create trigger log_alone_stays before update or delete or truncate on log_alone
    for each statement execute function log_refuse_change();

-- What came before: documents by their digests, and the two tables above.
insert into log_mention (name, index)
select distinct found[1], index
from log_entry, regexp_matches(convert_from(entry, 'UTF8'), '"([0-9a-f]{64})"(?!:)', 'g') found
on conflict do nothing;

insert into log_of_case (name, "case")
select distinct thing, its
from log_entry, unnest(names) thing, unnest(names) its
where its like 'cas\_%'
    and thing !~ '^(cas|ven|reg|acc|bud|gra|del|prg|fil|bun)_'
    and (thing = stream or thing <> convert_from(entry, 'UTF8')::jsonb ->> 'actorid');

insert into log_alone (stream, index)
select stream, index
from log_entry
where not exists (
    select from unnest(names) name where name ~ '^(cas|pla|eme|prj|itm|com|rec|inv|pay)_'
);
