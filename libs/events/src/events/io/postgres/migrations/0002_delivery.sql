-- What a consumer could not take, and what the domain refused to a policy.

create table es_stop (
    id bigint generated always as identity primary key,
    consumer text collate "C" not null,
    source text collate "C" not null,
    pos bigint not null,
    error text not null,
    stopped_at timestamptz not null,
    decision text check (decision in ('resumed', 'skipped')),
    decided_by text,
    decided_at timestamptz,
    why text,
    check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
    check (decision is distinct from 'skipped' or why <> '')
);
create unique index es_stop_standing on es_stop (consumer, source) where decision is null;
comment on table es_stop is 'Consumers that stand still at an event, until a person decides.';
comment on column es_stop.error is 'The class of the error and its place; never its text.';

create table es_refusal (
    policy text collate "C" not null,
    source text collate "C" not null,
    pos bigint not null,
    event_id uuid not null,
    rule text not null,
    facts jsonb not null,
    refused_at timestamptz not null,
    primary key (policy, event_id)
);
comment on table es_refusal is 'Where a policy asked for something and the domain said no.';
