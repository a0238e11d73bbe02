-- Who takes the last checkpoints out of the table would have the next one name what is left: the one
-- before it is what the signer signed before.

create or replace function log_name_before() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtext('log_checkpoint'));
    if new.before is null or new.before >= new.size then
        new.before := (select max(size) from log_checkpoint where size < new.size);
    end if;
    return new;
end $$;
