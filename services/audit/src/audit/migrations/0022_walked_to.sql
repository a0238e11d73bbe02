-- What is looked up by id is walked to, entry by entry, however long the log is. Of two bounds on the
-- index, of which one is a query, the planner thinks that next to nothing lies between them, and
-- then reads the whole log: the upper one is said so that it sees no pair.

create or replace view logged as
    select * from log_entry where index >= 0 and (index < (select size from log_head)) is true;
