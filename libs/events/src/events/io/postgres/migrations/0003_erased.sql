-- Whom this service has forgotten, and of what kind. What was erased is not taken in again.

create table es_erased (
    person text collate "C" not null,
    kind text not null,
    disclosures bigint not null,
    erased_at timestamptz not null default clock_timestamp(),
    primary key (person, kind)
);
comment on table es_erased is 'Kinds of value of which a person''s keys were destroyed here.';
comment on column es_erased.disclosures is 'How many values there were. Asked again, the same.';

create trigger append_only before update or delete or truncate on es_erased
    for each statement execute function es_refuse();


-- No key is made for what was erased. The lock makes a key and an erasure come one after the other;
-- es_append, which only looks whether the key is there, has no part in it.

create function es_refuse_erased() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('homeward erasure ' || new.person, 0));
    if exists (select from es_erased e where e.person = new.person and e.kind = new.kind) then
        raise exception 'erased' using errcode = 'HW001';
    end if;
    return new;
end $$;

create trigger not_erased before insert on es_key
    for each row execute function es_refuse_erased();


-- Destroy a person's keys of these kinds and with them the sealed values; how many there were.

drop function es_erase(text);

create function es_erase(whom text, kinds text[]) returns bigint language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('homeward erasure ' || whom, 0));
    perform from es_head for update;  -- so that no append seals under a key that is going
    insert into es_erased (person, kind, disclosures)
    select whom, kind, (
        select count(*) from es_disclosure d join es_key k on k.id = d.key
        where k.person = whom and k.kind = asked.kind
    )
    from unnest(kinds) as asked (kind)
    on conflict do nothing;
    delete from es_key k where k.person = whom and k.kind = any (kinds);
    return (
        select coalesce(sum(disclosures), 0) from es_erased e
        where e.person = whom and e.kind = any (kinds)
    );
end $$;
