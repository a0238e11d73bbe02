-- Nothing is written behind the end of the log, and nothing that stands there is read.

alter table log_entry add constraint log_entry_counts_from_one check (position > 0 and version > 0);

-- Entries go on where the log ends, without a gap, and the log ends behind them: none can stand
-- where nobody looks.
create function log_entry_follows() returns trigger language plpgsql as $$
declare
    ends bigint := (select size from log_head);
    told record;
begin
    select min(index) as first, max(index) as last, count(*) as entries into told from added;
    if told.entries = 0 then
        return null;
    end if;
    if told.first <> ends or told.last - told.first + 1 <> told.entries then
        raise exception 'the log goes on at %, not at %', ends, told.first;
    end if;
    update log_head set size = told.last + 1;
    return null;
end $$;
create trigger log_entry_follows after insert on log_entry referencing new table as added
    for each statement execute function log_entry_follows();

-- What is read of the log: as far as it goes. Who owns the tables can write behind that.
create view logged as
    select * from log_entry where index >= 0 and index < (select size from log_head);

-- A checkpoint is of entries that are there.
create function log_checkpoint_is_within() returns trigger language plpgsql as $$
begin
    if new.size < 1 or new.size > (select size from log_head) then
        raise exception 'no log of % entries was signed', new.size;
    end if;
    return new;
end $$;
create trigger log_checkpoint_is_within before insert on log_checkpoint
    for each row execute function log_checkpoint_is_within();
