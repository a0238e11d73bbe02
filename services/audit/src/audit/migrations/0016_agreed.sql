-- Up to where a store was ever found to be as the log: what is missing behind that was never in it.

alter table store_check add column agreed bigint not null default 0;
update store_check set agreed = head;

-- What the differences say has one more fact: they are made again.
truncate difference_view, gap_view;
update es_tracking set pos = 0 where consumer = 'checking';
