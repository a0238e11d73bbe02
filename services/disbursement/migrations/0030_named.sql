-- How vendors that are organisations are called in public. Filled anew, from the beginning.
create table reported_vendor (
    vendor_id text primary key,
    name text not null
);
truncate export_view, reported_item, reported_programme, reported_sourcing;
update es_tracking set pos = 0 where consumer = 'exports';
