-- Data subjects: where they are known, what money is open for them, their erasures and legal holds.

create table subject_case (
    person_id text not null,
    case_id text not null,
    primary key (person_id, case_id)
);

create table subject_vendor (
    vendor_id text primary key,
    kind text not null
);

create table obligation (
    commitment_id text primary key,
    case_id text not null,
    vendor_id text not null,
    is_open boolean not null
);
create index obligation_by_case on obligation (case_id);
create index obligation_by_vendor on obligation (vendor_id);

create table data_subject (
    person_id text primary key,
    version integer not null,
    state text not null
);

create table erasure (
    erasure_id text primary key,
    person_id text not null,
    stage text not null,
    answer_by date not null,
    state text not null
);
create index erasure_by_deadline on erasure (answer_by, erasure_id);

create table legal_hold (
    hold_id text primary key,
    person_id text not null,
    state text not null
);
