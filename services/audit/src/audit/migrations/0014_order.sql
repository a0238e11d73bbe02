-- How far the order of the log was looked at is noted nowhere: each pass looks at all of it again.
drop table order_seen;
drop table source_clock;
