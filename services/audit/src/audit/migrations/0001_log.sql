-- The log: every event of every service, once, in the order in which it came to be known here.
-- An entry's index is given in the transaction that stores its bytes and moves its source on.

create table log_head (
    one boolean primary key default true check (one),
    size bigint not null
);
insert into log_head (size) values (0);

create table log_entry (
    index bigint primary key,
    source text not null,
    position bigint not null,
    stream text not null,
    version bigint not null,
    type text not null,
    entry bytea not null,
    leaf bytea not null check (length(leaf) = 32),
    names text[] not null,          -- the ids that it mentions, its stream among them
    unique (source, position)
);
create index log_entry_of_stream on log_entry (stream, index);

-- What mentions an id: the index of the trail.
create table log_mention (
    name text not null,
    index bigint not null,
    primary key (name, index)
);

-- Every checkpoint that was ever signed.
create table log_checkpoint (
    size bigint primary key,
    root bytea not null check (length(root) = 32),
    note text not null,
    signed_at timestamptz not null
);

-- What the continuous checks found wrong with an entry. It is in the log all the same: a log that
-- leaves out what it does not like proves nothing.
create table log_finding (
    index bigint not null,
    rule text not null,
    detail text not null,
    primary key (index, rule)
);

create function log_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the log is never changed: % on %', tg_op, tg_table_name;
end $$;

create trigger log_entry_stays before update or delete or truncate on log_entry
    for each statement execute function log_refuse_change();
create trigger log_mention_stays before update or delete or truncate on log_mention
    for each statement execute function log_refuse_change();
create trigger log_checkpoint_stays before update or delete or truncate on log_checkpoint
    for each statement execute function log_refuse_change();
create trigger log_finding_stays before update or delete or truncate on log_finding
    for each statement execute function log_refuse_change();
