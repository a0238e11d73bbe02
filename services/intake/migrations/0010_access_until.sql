-- When the time of an access is over, so that the platform ends it.

alter table access_file add column until timestamptz;
create index access_file_by_until on access_file (until) where stage = 'granted';
