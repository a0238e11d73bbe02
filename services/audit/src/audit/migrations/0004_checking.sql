-- The stores of the services, held against the log: how the last pass over each went, what differs,
-- and what was missing.

create table store_check (
    service text primary key,
    passed_at timestamptz,          -- when the last pass ended that saw all of it
    rows bigint not null default 0,
    head bigint not null default 0, -- where the store ended
    seconds double precision,
    failing_since timestamptz,      -- since when it could not be read
    failing_with text               -- the class of what was in the way
);

create table difference_view (
    difference_id text primary key,
    service text not null,
    stands boolean not null,
    found_at timestamptz not null,
    cleared_at timestamptz,
    state text not null
);
create index difference_standing on difference_view (service) where stands;

create table gap_view (
    gap_id text primary key,
    service text not null,
    found_at timestamptz not null,
    healed_at timestamptz,
    state text not null
);

-- What the bus left out, noted as it is seen, until it is told as an event.
create table source_gap (
    source text not null,
    after bigint not null,
    last bigint not null,
    found_at timestamptz not null,
    closed boolean not null default false,
    primary key (source, after)
);
create index source_gap_open on source_gap (source) where not closed;
