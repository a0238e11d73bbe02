-- Referrals as they stand, and until when something is waited for.

create table referral_file (
    referral_id text primary key,
    case_id text not null,
    to_organisation text,
    stage text not null,
    due date,
    version integer not null,
    state text not null
);
create index referral_file_by_case on referral_file (case_id, referral_id);
create index referral_file_by_due on referral_file (due) where due is not null;
