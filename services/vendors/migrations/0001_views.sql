-- The read models. `state` is an aggregate folded from its events; the columns beside it are for finding.

create table vendor (
    vendor_id text primary key,
    stage text not null,
    version integer not null,
    state text not null
);

create table account (
    account_id text primary key,
    vendor_id text not null,
    stage text not null,
    version integer not null,
    state text not null
);
create index account_by_vendor on account (vendor_id, account_id);

create table sourcing (
    sourcing_id text primary key,
    case_id text not null,
    item_id text not null,
    stage text not null,
    awarded_to text,
    awarded_on date,
    version integer not null,
    state text not null
);
create index sourcing_by_case on sourcing (case_id, sourcing_id);
create index sourcing_by_vendor on sourcing (awarded_to, awarded_on);

-- What the plans service tells: which rules programmes have, and what was approved to be bought.

create table programme_rules (
    programme_id text not null,
    version integer not null,
    buying text not null,
    paying text not null,
    primary key (programme_id, version)
);

create table planned_item (
    item_id text primary key,
    case_id text not null,
    plan_id text not null,
    programme_id text not null,
    programme_version integer not null,
    spec text not null,
    ceiling text not null,
    counsellor text not null
);
create index planned_item_by_case on planned_item (case_id, item_id);
