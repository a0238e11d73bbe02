-- The grave findings about payments, and what a person said that each was.

create table finding_fact (
    finding_id text primary key,
    payment_id text not null,
    outcome text                    -- null: nobody has reviewed it
);
create index finding_of_payment on finding_fact (payment_id);
