-- Which sanctions lists are in force, and on which a vendor was last found clear.
create table sanctions_in_force (
    source text primary key,
    digest text not null
);
-- Filled anew, from the beginning.
truncate vendor_search_fact;
alter table vendor_search_fact add column lists text not null;
alter table vendor_search_fact add column clear_on text;  -- the lists of the last clear search
update es_tracking set pos = 0 where consumer = 'screened';
