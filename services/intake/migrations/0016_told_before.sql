-- What was known of offers and referrals before 0014.

update transfer_file set accepted_by = state::jsonb ->> 'accepted_by';
update referral_file set wanted = true where state::jsonb -> 'accepted' @> '["returnee"]';
