-- Items for which nothing new is bought: why not.

alter table planned_item add column stopped text;
