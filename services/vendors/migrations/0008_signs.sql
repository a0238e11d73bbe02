-- By what vendors and staff are recognised: tokens under a key, emptied of who is erased.

create table subject_sign (
    subject_id text not null,
    sign text not null,
    token text not null,
    primary key (subject_id, sign, token)
);
create index subject_sign_by_token on subject_sign (sign, token);
