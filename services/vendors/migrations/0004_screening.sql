-- Sanctions lists and searches. The names of a list are public data about others: loaded from the
-- publisher's file, never events.

create table sanctions_file (
    digest text primary key,
    source text not null,
    version text not null,
    names text not null,
    kept timestamptz not null default now()
);

-- What somebody has to look at. Emptied of a vendor that is erased.
create table suspicion (
    vendor_id text not null,
    match text not null,
    found text not null,
    primary key (vendor_id, match)
);

-- Which versions the history says are loaded.
create table sanctions_list (
    source text primary key,
    digest text not null,
    state text not null,
    loaded_at timestamptz not null
);

-- Payments: of whom they are, and when one was last approved. Their vendor is searched for again.
create table payment_vendor (
    payment_id text primary key,
    vendor_id text not null
);
create table payment_approved (
    vendor_id text primary key,
    approved_at timestamptz not null
);

alter table vendor
    add column searched_lists text,
    add column searched_at timestamptz,
    add column names_due boolean not null default false,
    add column screened_on date,
    add column proposed_on date,
    add column waiting_since timestamptz;
