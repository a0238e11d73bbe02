-- How a case stands now tells whose share is whose and who pooled theirs: its view is filled anew.
-- The plans service takes up the history from where this row says, which is its beginning.

truncate case_standing;
update es_tracking set pos = 0 where consumer = 'case_standing';
