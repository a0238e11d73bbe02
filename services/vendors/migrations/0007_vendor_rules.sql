-- What the versions of programmes ask of vendors, as plans tells it.

create table vendor_rules (
    programme_id text not null,
    version integer not null,
    rules text not null,
    primary key (programme_id, version)
);
