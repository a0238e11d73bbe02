-- How a programme wants deliveries confirmed, as plans tells it.

create table delivery_terms (
    programme_id text primary key,
    code_valid_days integer not null,
    code_tries integer not null,
    capture_within_days integer not null
);
