-- Items of projects have several counsellors: of each participant.

alter table planned_item add column counsellors text[];
