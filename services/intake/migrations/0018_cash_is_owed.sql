-- Cash that is asked for is owed, too, and to no vendor: what is owed is filled anew, from the history.
truncate obligation;
alter table obligation rename column commitment_id to owed_id;
alter table obligation alter column vendor_id drop not null;
update es_tracking set pos = 0 where consumer = 'obligation';
