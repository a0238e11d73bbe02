-- When the platform last searched for a vendor, and the last such time after which nothing was open.

create table vendor_search_fact (
    vendor_id text primary key,
    searched_at timestamptz not null,
    clear_at timestamptz
);

-- Whether a programme asks for a search after a payment's approval.
create table screening_rule_fact (
    programme_id text not null,
    version integer not null,
    again boolean not null,
    primary key (programme_id, version)
);
