-- A sanctions list may wait for another person, or be withdrawn by two: the list as it stands, and
-- of which versions the names are kept. Made anew from the history.

drop table sanctions_list;
create table sanctions_list (
    sanctions_list_id text primary key,
    version integer not null,
    in_force text,
    kept text[] not null,
    state text not null
);
update es_tracking set pos = 0 where consumer = 'sanctions_list';
