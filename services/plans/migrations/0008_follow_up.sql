-- Follow-up: cases as figures know them, what was delivered and paid, visits, surveys.

alter table approved_item
    add column programme_id text generated always as (approved::jsonb ->> 'programme') stored,
    add column programme_version integer
        generated always as ((approved::jsonb ->> 'programme_version')::integer) stored;
create index approved_item_by_programme on approved_item (programme_id, item_id);

create table followed_case (
    case_id text primary key,
    programme_id text not null,
    organisation text not null,
    run_by text not null,
    state text not null
);
create index followed_case_by_programme on followed_case (programme_id, case_id);

create table delivery (
    commitment_id text primary key,
    item_id text not null,
    state text not null
);
create index delivery_by_item on delivery (item_id, commitment_id);

create table payment_made (
    payment_id text primary key,
    item_id text not null,
    case_id text not null,
    value_date date not null,
    amount text not null,
    stands boolean not null     -- did not come back
);
create index payment_made_by_item on payment_made (item_id);

create table programme_visit (
    programme_id text not null,
    version integer not null,
    months integer not null,    -- after the first payment for an item
    primary key (programme_id, version, months)
);

create table visit (
    visit_id text primary key,
    item_id text not null,
    case_id text not null,
    made boolean not null,
    missed boolean not null,
    version integer not null,
    state text not null
);

create table survey (
    survey_id text primary key,
    case_id text not null,
    programme_id text not null,
    state text not null
);
create index survey_by_programme on survey (programme_id, survey_id);
create index survey_by_case on survey (case_id, survey_id);
