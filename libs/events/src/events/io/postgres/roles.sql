-- Who may do what. Run after every migration, by the owner; saying it again changes nothing.
--
-- The owner makes tables and is used for nothing else. <database>_app is the service: it reads,
-- and it writes history only through the es_ functions. <database>_auditor, where there is one,
-- reads the events, and which event each sealed value is of, and nothing else: by it the audit
-- service holds the store against its log, and counts what the vault has. A service's own tables,
-- its views, are the app's to fill.

do $$
declare
    app text := quote_ident(current_database() || '_app');
    auditor text := quote_ident(current_database() || '_auditor');
    kept constant text[] := array['es_head', 'es_event', 'es_claim', 'es_key', 'es_disclosure',
        'es_erased', 'es_migration'];
    it record;
begin
    for it in select quote_ident(tablename) as name, tablename = any (kept) as is_kept
        from pg_tables where schemaname = 'public' and tableowner = current_user
        union all select quote_ident(viewname), true
        from pg_views where schemaname = 'public' and viewowner = current_user
    loop
        execute format('revoke all on %s from public, %s', it.name, app);
        execute format('grant select on %s to %s', it.name, app);
        if not it.is_kept then
            execute format('grant insert, update, delete, truncate on %s to %s', it.name, app);
        end if;
    end loop;
    execute format('grant insert on es_key to %s', app);

    for it in select p.oid::regprocedure::text as name
        from pg_proc p where p.pronamespace = 'public'::regnamespace
            and p.proowner = current_user::regrole
    loop
        execute format('revoke all on function %s from public', it.name);
        execute format('grant execute on function %s to %s', it.name, app);
    end loop;

    if exists (select from pg_roles where rolname = current_database() || '_auditor') then
        execute format('revoke all on all tables in schema public from %s', auditor);
        execute format('grant select on es_event to %s', auditor);
        execute format('grant select (event_id) on es_disclosure to %s', auditor);
    end if;
end $$;
