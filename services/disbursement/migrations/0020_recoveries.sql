-- What vendors owe back of payments.

create table recovery_view (
    recovery_id text primary key,
    vendor_id text not null,
    stage text not null,
    version integer not null,
    state text not null
);
create index recovery_by_stage on recovery_view (stage, recovery_id);
