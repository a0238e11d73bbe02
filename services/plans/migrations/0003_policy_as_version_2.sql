-- Programmes are read in the words of plans.programme_published.v2: their view is filled anew.
-- The plans service takes up the history from where this row says, which is its beginning.

truncate programme;
update es_tracking set pos = 0 where consumer = 'programme';
