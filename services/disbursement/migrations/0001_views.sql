-- The read models. A `state` is folded from events; the columns beside it are for finding.

-- What this service decided

create table grant_view (
    grant_id text primary key,
    version integer not null,
    state text not null
);

create table budget_line_view (
    line_id text primary key,
    grant_id text not null,
    version integer not null,
    state text not null
);

create table delegation_view (
    delegation_id text primary key,
    person text not null,
    authority text not null,
    stage text not null,
    starts date not null,
    ends date not null,
    version integer not null,
    state text not null
);
create index delegation_by_person on delegation_view (person, authority);

create table exchange_rate_view (
    source text not null,
    base text not null,
    quote text not null,
    day date not null,
    value text not null,
    primary key (base, quote, source, day)
);

create table commitment_view (
    commitment_id text primary key,
    item_id text not null,
    case_id text not null,
    vendor_id text not null,
    stage text not null,
    currency text not null,
    amount_minor bigint not null,  -- what was reserved at first, in the grant's currency
    requested_on date not null,
    version integer not null,
    state text not null
);
create index commitment_by_case on commitment_view (case_id, commitment_id);
create index commitment_by_item on commitment_view (item_id, commitment_id);
create index commitment_by_stage on commitment_view (stage, commitment_id);

create table invoice_view (
    invoice_id text primary key,
    commitment_id text not null,
    vendor_id text not null,
    number text not null
);

create table payment_view (
    payment_id text primary key,
    commitment_id text not null,
    case_id text not null,
    vendor_id text not null,
    account_id text not null,
    stage text not null,
    currency text not null,
    reserved_minor bigint not null,
    requested_on date not null,
    was_paid boolean not null,
    version integer not null,
    state text not null
);
create index payment_by_case on payment_view (case_id, payment_id);
create index payment_by_stage on payment_view (stage, payment_id);
create index payment_by_account on payment_view (account_id) where was_paid;

-- Separation of duties (D2, D3), by the database: whatever a program would write, no row stands in
-- which one person has two of the five duties.
create table payment_duty (
    payment_id text primary key,
    requester text not null,
    certifier text,
    approver text,
    signatory_1 text,
    signatory_2 text,
    check (certifier <> requester),
    check (approver not in (requester, certifier)),
    check (signatory_1 not in (requester, certifier, approver)),
    check (signatory_2 not in (requester, certifier, approver, signatory_1)),
    check (certifier is not null or approver is null),
    check (approver is not null or signatory_1 is null),
    check (signatory_1 is not null or signatory_2 is null)
);

create table bank_file_view (
    file_id text primary key,
    stage text not null,
    version integer not null,
    state text not null
);

create table bank_line_view (
    answer_id text not null,
    line integer not null,
    why text not null,
    resolved text,
    version integer not null,
    state text not null,
    primary key (answer_id, line)
);

-- What others told

create table arrival_fact (
    case_id text primary key,
    arrived date not null,
    use_by date not null
);

create table planned_item_fact (
    item_id text primary key,
    plan_id text not null,
    case_id text not null,
    programme_id text not null,
    programme_version integer not null,
    counsellor text not null,
    ceiling text not null
);

create table programme_fact (
    programme_id text not null,
    version integer not null,
    tolerance text not null,
    primary key (programme_id, version)
);

create table vendor_fact (
    vendor_id text primary key,
    approved_until date,
    screened date,
    clear boolean
);

create table selection_fact (
    item_id text primary key,
    vendor_id text not null,
    amount text not null,
    collectors text[] not null
);

create table account_fact (
    account_id text primary key,
    vendor_id text not null,
    currency text not null,
    last4 text not null,
    active boolean not null,
    usable_from timestamptz,
    approver text,
    active_since timestamptz
);
create index account_by_vendor on account_fact (vendor_id, currency);
