-- Which items are paid in instalments, by their programme, and how much of them is released so far.

alter table programme_fact add column in_instalments text[] not null default '{}';
alter table planned_item_fact add column type text;

create table released_item_fact (
    item_id text primary key,
    released text not null
);
