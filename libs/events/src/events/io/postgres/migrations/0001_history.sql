-- One service's history, its business keys and its vault.
--
-- Only es_append, es_erase and es_rewrap write here; the service's role may call them and read.

create table es_head (
    id smallint primary key default 1 check (id = 1),
    pos bigint not null check (pos >= 0)
) with (fillfactor = 10);
comment on table es_head is 'The last position. Whoever appends holds this row until commit, so '
    'positions are in commit order and without a gap.';
insert into es_head (pos) values (0);

create table es_event (
    pos bigint primary key,
    stream text collate "C" not null,
    version integer not null check (version >= 1),
    type text collate "C" not null,
    event_id uuid not null,
    entry bytea not null check (octet_length(entry) <= 65535),
    recorded_at timestamptz not null default clock_timestamp(),
    unique (stream, version)
);
alter table es_event alter column entry set storage external;
comment on column es_event.entry is 'The event, byte for byte as it is carried, hashed and read.';

create table es_claim (
    scope text collate "C" not null,
    key text collate "C" not null,
    fingerprint bytea,
    answer bytea,
    pos bigint not null,
    primary key (scope, key)
);
comment on table es_claim is 'Business keys, each held by one event set for ever.';
comment on column es_claim.pos is 'Where the history stood once the event set was stored.';

create table es_key (
    id uuid primary key,
    person text collate "C" not null,
    kind text not null,
    epoch text not null,
    wrapped bytea not null,
    unique (person, kind)
);
comment on table es_key is 'A key per person and kind of value, wrapped under the key of an epoch.';

create table es_disclosure (
    event_id uuid not null,
    name text not null,
    key uuid not null references es_key on delete cascade,
    sealed bytea not null,
    primary key (event_id, name)
);
create index on es_disclosure (key);
comment on table es_disclosure is 'Personal values, sealed; the entry has only their digests.';

create table es_snapshot (
    stream text collate "C" primary key,
    code text not null,
    version integer not null,
    state bytea not null
);
comment on table es_snapshot is 'Folded states. A cache: it may be emptied at any time.';

create table es_tracking (
    consumer text collate "C" not null,
    source text collate "C" not null,
    pos bigint not null check (pos >= 0),
    primary key (consumer, source)
);
comment on table es_tracking is 'How far each consumer has come in the history of each source.';


-- History is only ever added to, whoever asks.

create function es_refuse() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: no %', tg_table_name, lower(tg_op)
        using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete or truncate on es_event
    for each statement execute function es_refuse();
create trigger append_only before update or delete or truncate on es_claim
    for each statement execute function es_refuse();
create trigger append_only before delete or truncate on es_head
    for each statement execute function es_refuse();


-- What a batch of commands brings, each part with the number of its command, counted from 1.

create type es_new_event as (
    command integer, stream text, version integer, type text, event_id uuid,
    before bytea, after bytea
);
comment on type es_new_event is 'An event; its position goes between `before` and `after`.';

create type es_new_claim as (
    command integer, scope text, key text, fingerprint bytea, answer bytea
);

create type es_new_disclosure as (
    command integer, event_id uuid, name text, key uuid, sealed bytea
);


-- Store a batch of commands, each by itself accepted or refused.
--
-- All parts come in the order of their commands. Accepted commands get the positions from
-- `base` + 1 on, in order. A command that was not stored is in `refused`, and `reasons` says why:
--
--   repeated   these very events stand already, the first of them at `stands`
--   claimed    another event set holds one of its claims
--   conflict   a stream is not at the version before its first event
--   unsealed   a key it was sealed under has been destroyed since
--   too_large  an entry would have more than 65,535 bytes
--
-- To be called at READ COMMITTED: after waiting for the head, each statement has to see what the
-- holder before has committed. Each look-up is a lateral or scalar one, and sequential scans are
-- off, so that it stays an index look-up: what the planner thinks of a table that grows from
-- nothing is wrong at first, and kept for the session.

create function es_append(
    events es_new_event[], claims es_new_claim[], disclosures es_new_disclosure[],
    out base bigint, out refused integer[], out reasons text[], out stands bigint[]
) language plpgsql security definer
set search_path = public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
    stored bigint;
    oversized integer;
begin
    select pos into strict base from es_head for update;

    select coalesce(array_agg(command), '{}'), array_agg(reason), array_agg(pos)
    into refused, reasons, stands
    from (
        select distinct on (command) command, reason, pos
        from (
            select
                command,
                case when here.event_id = e.event_id then 'repeated' else 'conflict' end as reason,
                here.pos,
                case when here.event_id = e.event_id then 1 else 3 end as rank
            from unnest(events) e
            cross join lateral (
                select pos, event_id from es_event
                where es_event.stream = e.stream and es_event.version = e.version limit 1
            ) here
            union all
            select command, 'conflict', null, 3
            from (
                select *, lag(version) over (partition by command, stream order by n) as previous
                from unnest(events) with ordinality as u (command, stream, version, t, i, b, a, n)
            ) e
            where version > 1 and version - 1 is distinct from previous and (
                select pos from es_event there
                where there.stream = e.stream and there.version = e.version - 1
            ) is null
            union all
            select command, 'claimed', null, 2
            from unnest(claims) c
            cross join lateral (
                select from es_claim
                where es_claim.scope = c.scope and es_claim.key = c.key limit 1
            ) held
            union all
            select command, 'unsealed', null, 4
            from unnest(disclosures) d
            where (select id from es_key where es_key.id = d.key) is null
        ) found
        order by command, rank, pos
    ) first_found;

    loop  -- how long an entry is depends on its position, and that on who is refused before it
        select command into oversized
        from (
            select *, row_number() over (order by n) as rank
            from unnest(events) with ordinality as e (command, s, v, t, i, before, after, n)
            where command <> all (refused)
        ) e
        where octet_length(before) + length((base + rank)::text) + octet_length(after) > 65535
        order by rank limit 1;
        exit when not found;
        refused := refused || oversized;
        reasons := reasons || 'too_large'::text;
        stands := stands || null::bigint;
    end loop;

    insert into es_event (pos, stream, version, type, event_id, entry)
    select
        base + rank, stream, version, type, event_id,
        before || convert_to((base + rank)::text, 'UTF8') || after
    from (
        select *, row_number() over (order by n) as rank
        from unnest(events) with ordinality
            as e (command, stream, version, type, event_id, before, after, n)
        where command <> all (refused)
    ) e;
    get diagnostics stored = row_count;

    if cardinality(claims) > 0 then
        insert into es_claim (scope, key, fingerprint, answer, pos)
        select scope, key, fingerprint, answer, base + stored
        from unnest(claims) c
        where command <> all (refused);
    end if;

    if cardinality(disclosures) > 0 then
        insert into es_disclosure (event_id, name, key, sealed)
        select event_id, name, key, sealed
        from unnest(disclosures) d
        where command <> all (refused);
    end if;

    if stored > 0 then
        update es_head set pos = base + stored;
        perform pg_notify('es_head', (base + stored)::text);
    end if;
end $$;


-- Destroy a person's keys and with them the sealed values; how many values there were.

create function es_erase(whom text) returns bigint language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    erased bigint;
begin
    perform from es_head for update;  -- so that no append seals under a key that is going
    delete from es_disclosure d using es_key k where d.key = k.id and k.person = whom;
    get diagnostics erased = row_count;
    delete from es_key where person = whom;
    return erased;
end $$;


-- Put keys under the key of another epoch. Keys that are gone by now stay gone.

create function es_rewrap(ids uuid[], new_epoch text, wraps bytea[]) returns void
language sql security definer set search_path = public, pg_temp as $$
    update es_key k set epoch = new_epoch, wrapped = n.wrapped
    from unnest(ids, wraps) as n (id, wrapped)
    where k.id = n.id
$$;
