-- A programme says for how long facts about money are kept and when complaints are answered; when
-- something was last paid is kept beside what is owed. Both views are filled anew, from the history.

truncate programme_version;
truncate obligation;
alter table obligation add column last_paid date;
update es_tracking set pos = 0 where consumer in ('programme_version', 'obligation');
