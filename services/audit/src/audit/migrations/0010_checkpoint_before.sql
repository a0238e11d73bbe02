-- Each checkpoint names the one before it, so that one which is deleted is missed.

alter table log_checkpoint add column before bigint;

alter table log_checkpoint disable trigger log_checkpoint_stays;
update log_checkpoint set before = earlier.size
from log_checkpoint later cross join lateral (
    select max(size) as size from log_checkpoint where size < later.size
) earlier
where log_checkpoint.size = later.size;
alter table log_checkpoint enable trigger log_checkpoint_stays;

-- One after the other, so that of two publishers at once the second sees what the first kept.
create function log_name_before() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtext('log_checkpoint'));
    new.before := (select max(size) from log_checkpoint where size < new.size);
    return new;
end $$;
create trigger log_checkpoint_follows before insert on log_checkpoint
    for each row execute function log_name_before();
