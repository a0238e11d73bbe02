create table pre_notification (
    pre_notification_id text primary key,
    organisation text not null,
    run_by text not null,
    stage text not null,
    departure date not null,
    version integer not null,
    state text not null
);
create index pre_notification_by_stage on pre_notification (stage, pre_notification_id);
