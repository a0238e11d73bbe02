-- What the plan calls the item: an order that has no line of that is marked where it is paid.
alter table planned_item_fact add column spec text;
