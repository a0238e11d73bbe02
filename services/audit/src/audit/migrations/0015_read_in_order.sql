-- The rules read one entry of the log after the other: a place that does not go on, or one for what
-- is no entry, would be read for ever or never.

create function finding_read_goes_on() returns trigger language plpgsql as $$
declare
    follows bigint := coalesce((select max(place) + 1 from finding_read), 0);
begin
    if new.place > follows or new.place < 0 then
        raise exception 'the rules go on at %, not at %', follows, new.place;
    end if;
    if new.index < 0 or new.index >= (select size from log_head) then
        raise exception 'there is no entry %', new.index;
    end if;
    return new;
end $$;
create trigger finding_read_goes_on before insert on finding_read
    for each row execute function finding_read_goes_on();
