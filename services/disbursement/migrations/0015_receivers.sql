-- Who may receive for a case; and receipts as they are told since anybody but the returnee may.

create table child_case (
    case_id text primary key
);
create table case_guardian (
    case_id text not null,
    person_id text not null,
    primary key (case_id, person_id)
);

update commitment_view set state = jsonb_set(state::jsonb, '{receipts}', (
    select jsonb_agg(
        (told - 'received_by' - 'method' - 'witnesses' - 'document')
        || jsonb_build_object('confirmation', jsonb_build_object(
            'received_by', told -> 'received_by', 'method', told -> 'method',
            'witnesses', told -> 'witnesses', 'document', told -> 'document'))
        order by place)
    from jsonb_array_elements(state::jsonb -> 'receipts') with ordinality as receipt (told, place)
))::text
where jsonb_array_length(state::jsonb -> 'receipts') > 0;
