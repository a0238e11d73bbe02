-- Imports: how each stands and what became of every row; and, until they are worked off, the rows
-- themselves, sealed. Only the first two follow from events.

create table import_batch (
    batch_id text primary key,
    organisation text not null,
    version integer not null,
    state text not null
);
create index import_batch_by_organisation on import_batch (organisation, batch_id);

create table import_row (
    batch_id text not null,
    row_number integer not null,
    result text not null,
    told text not null,
    primary key (batch_id, row_number)
);

create table import_spool (
    batch_id text primary key,
    sealed bytea not null,
    received_at timestamptz not null
);
