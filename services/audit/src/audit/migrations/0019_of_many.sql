-- Of a stream that serves many, the few entries that say why somebody was paid: the same types as in
-- `trail/why.py`. All other streams are short, and an index of all types is written with each entry.

drop index log_entry_of_type;
create index log_entry_of_many on log_entry (stream, index) where type in (
    'vendors.vendor_proposed.v1',
    'vendors.vendor_screened.v1',
    'vendors.vendor_approved.v1',
    'vendors.bank_account_proposed.v1',
    'vendors.bank_account_callback_verified.v1',
    'vendors.bank_account_approved.v1',
    'disbursement.delegation_granted.v1',
    'disbursement.delegation_confirmed.v1'
);
