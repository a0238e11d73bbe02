-- On what terms vendors compete: by a programme's version, and by the calendar of which country.

create table programme_terms (
    programme_id text not null,
    version integer not null,
    terms text not null,
    primary key (programme_id, version)
);
create table case_country (
    case_id text primary key,
    country text not null
);

-- Who made offers, who won, and who lost together.
create table competition (
    sourcing_id text primary key,
    case_id text not null,
    winner text,
    losers text[] not null default '{}'
);
create index competition_by_losers on competition using gin (losers);
create table rival (
    sourcing_id text not null,
    quotation_id text primary key,
    vendor_id text not null
);
create index rival_by_sourcing on rival (sourcing_id);
