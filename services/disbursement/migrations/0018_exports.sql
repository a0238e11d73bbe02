-- What was exported, the bytes as they were handed out, and what others told that reports need.

create table export_view (
    export_id text primary key,
    grant_id text not null,
    version integer not null,
    state text not null
);
create index export_by_grant on export_view (grant_id, export_id);

-- No view: whatever is written here is known by its digest and never changes.
create table export_file (
    digest text primary key,
    content bytea not null
);

create table reported_item (
    item_id text primary key,
    programme_id text not null,
    type text not null,
    modality text not null,
    ceiling text not null
);

create table reported_programme (
    programme_id text primary key,
    version integer not null,
    state text not null
);

create table reported_sourcing (
    sourcing_id text primary key,
    item_id text not null,
    state text not null
);
create index reported_sourcing_by_item on reported_sourcing (item_id);
