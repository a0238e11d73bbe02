-- Items of projects: several counsellors, and a budget line that they have to be paid from.

alter table planned_item_fact add column counsellors text[];
alter table planned_item_fact add column budget_category text;
