-- Names in the log and its indexes are compared as bytes, as the services' stores do: whatever the
-- order of the database is, an index on them is walked without asking the system's library.

drop view logged;
alter table log_entry
    alter source type text collate "C",
    alter stream type text collate "C",
    alter type type text collate "C";
alter table log_mention alter name type text collate "C";
alter table log_of_case alter name type text collate "C", alter "case" type text collate "C";
alter table log_alone alter stream type text collate "C";
alter table log_grant alter name type text collate "C", alter "grant" type text collate "C";
alter table log_of_grant alter "grant" type text collate "C";

create view logged as
    select * from log_entry where index >= 0 and index < (select size from log_head);
