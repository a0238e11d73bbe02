-- Complaints as they stand. Of the words, and of whom they are about, there is nothing here.

create table complaint_file (
    complaint_id text primary key,
    received_event text not null,
    run_by text not null,
    case_id text,
    handler text,
    category text not null,
    apart boolean not null,
    kept_from text[] not null,
    is_open boolean not null,
    due timestamptz,
    escalate_at timestamptz,
    version integer not null,
    state text not null
);
create index complaint_file_by_case on complaint_file (case_id) where is_open;
create index complaint_file_by_escalation on complaint_file (escalate_at);
