-- In which order the rules read the log: read again in this order they find the same.

create table finding_read (
    place bigint primary key,       -- 0, 1, 2, …
    index bigint not null unique
);
create trigger finding_read_stays before update or delete or truncate on finding_read
    for each statement execute function log_refuse_change();
