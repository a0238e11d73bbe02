-- What was exported and drawn. What each of them says is in the service's own history, and so in
-- the log; the files are on the disk under their digests.

create table export_view (
    export_id text primary key,
    state text not null
);

create table sample_view (
    sample_id text primary key,
    state text not null
);
