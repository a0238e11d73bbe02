-- Findings as they stand. What each of them says is in the service's own history, and so in the log.

create table finding_view (
    finding_id text primary key,
    rule text not null,
    severity text not null,
    payment_id text,
    case_id text,
    vendor_id text,
    review_by timestamptz not null,
    is_open boolean not null,
    overdue boolean not null,
    state text not null
);
create index finding_due on finding_view (review_by) where is_open and not overdue;
create index finding_of_payment on finding_view (payment_id) where payment_id is not null;
