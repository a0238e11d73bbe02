-- A conflict that was cleared is kept: the payments that wait for it, and for no other, go on.
-- Filled anew, from the beginning.
alter table conflict_fact add column cleared boolean not null default false;
truncate conflict_fact;
update es_tracking set pos = 0 where consumer = 'conflict';
