-- How far the log goes follows from its entries. The service, which may write this row, cannot say
-- less than there was, nor more than there is: what was cut off would be written over.

create function log_head_grows() returns trigger language plpgsql as $$
begin
    if new.size < old.size
        or (select count(*) from log_entry where index >= old.size and index < new.size)
            <> new.size - old.size
    then
        raise exception 'the log goes to %, and its entries do not bear out %', old.size, new.size;
    end if;
    return new;
end $$;

create trigger log_head_grows before update on log_head
    for each row execute function log_head_grows();
create trigger log_head_stays before delete or truncate on log_head
    for each statement execute function log_refuse_change();
