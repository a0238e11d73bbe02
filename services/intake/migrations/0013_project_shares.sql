-- Who has a share in a project: what is owed for it keeps their cases from being completed.

create table project_share (
    project_id text not null,
    case_id text not null,
    primary key (project_id, case_id)
);
create index project_share_by_case on project_share (case_id);
