-- What a command rested on, and adds nothing to, has to stand as it was looked at.

create type es_unchanged as (command integer, stream text, version integer);
comment on type es_unchanged is 'A stream that is to have this version still; 0 for none yet.';


-- As in 0001, where its promises are told, with one more reason for a conflict: a stream in
-- `unchanged` has gone on. Called without them it does what it did.

drop function es_append(es_new_event[], es_new_claim[], es_new_disclosure[]);

create function es_append(
    events es_new_event[], claims es_new_claim[], disclosures es_new_disclosure[],
    unchanged es_unchanged[] default '{}',
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
            select command, 'conflict', null, 3
            from unnest(unchanged) u
            where (
                select pos from es_event later
                where later.stream = u.stream and later.version = u.version + 1
            ) is not null
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
