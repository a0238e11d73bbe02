-- How far the order of the log has been looked at, and what that needs to remember.

create table order_seen (
    one boolean primary key default true check (one),
    next bigint not null
);
insert into order_seen (next) values (0);

-- Every event's own id, which no other has.
create table event_id_seen (
    event_id uuid primary key,
    index bigint not null
);

-- The latest time at which each source recorded something.
create table source_clock (
    source text primary key,
    recorded_at timestamptz not null
);
