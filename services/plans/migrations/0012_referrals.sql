-- The referrals that intake told of: an item that others do is done under one of its case.

create table referral_told (
    referral_id text primary key,
    case_id text not null,
    item_id text,
    declined boolean not null default false
);
create index referral_told_by_case on referral_told (case_id, referral_id);
