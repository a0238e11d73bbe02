-- What each pass found, as the pass itself says it: whether all is whole does not hang on the list
-- of differences alone.

alter table store_check add column differs bigint not null default 0;

-- The passes over what the audit service itself keeps: of the log, and its own views.
create table own_check (
    part text primary key,
    passed_at timestamptz not null,
    differs bigint not null         -- in how many places it is not what it has to be
);
