-- What the web's role sees and writes. It owns nothing and bypasses nothing; a table without a policy shows it nothing.
-- (SELECT f()) is asked once for a statement, f() once for a row.

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'alembic_version'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    END LOOP;
END
$$;

-- The organisation: staff see their centre's; a client sees itself, its projects, their queues and numbers.
CREATE POLICY seen ON centre FOR SELECT TO markaz_web USING (id = (SELECT context_centre()));
CREATE POLICY edited ON centre FOR UPDATE TO markaz_web
    USING (id = (SELECT context_centre()) AND (SELECT context_is_staff() AND context_may('organisation.edit')));
CREATE POLICY seen ON client FOR SELECT TO markaz_web USING (
    centre = (SELECT context_centre()) AND ((SELECT context_is_staff()) OR id = (SELECT context_client()))
);
CREATE POLICY seen ON project FOR SELECT TO markaz_web USING (
    centre = (SELECT context_centre()) AND ((SELECT context_is_staff()) OR client = (SELECT context_client()))
);
CREATE POLICY seen ON queue FOR SELECT TO markaz_web USING (
    centre = (SELECT context_centre())
    AND ((SELECT context_is_staff()) OR project IN (SELECT id FROM project WHERE project.centre = queue.centre))
);
CREATE POLICY seen ON number FOR SELECT TO markaz_web USING (
    centre = (SELECT context_centre())
    AND ((SELECT context_is_staff()) OR project IN (SELECT id FROM project WHERE project.centre = number.centre))
);
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{skill,team,agent,calendar,prompt,flow}'::text[] LOOP
        EXECUTE format(
            'CREATE POLICY seen ON %I FOR SELECT TO markaz_web '
            'USING (centre = (SELECT context_centre()) AND (SELECT context_is_staff()))', name);
    END LOOP;
    -- A trunk has a password at the carrier's.
    CREATE POLICY seen ON trunk FOR SELECT TO markaz_web USING (
        centre = (SELECT context_centre()) AND (SELECT context_is_staff())
        AND (SELECT context_may('organisation.edit'))
    );
    FOREACH name IN ARRAY '{client,project,queue,number,skill,team,agent,calendar,prompt,flow,trunk}'::text[] LOOP
        EXECUTE format(
            'CREATE POLICY added ON %1$I FOR INSERT TO markaz_web WITH CHECK (centre = (SELECT context_centre()) '
            'AND (SELECT context_is_staff()) AND (SELECT context_may(''organisation.edit'')))', name);
        EXECUTE format(
            'CREATE POLICY edited ON %1$I FOR UPDATE TO markaz_web USING (centre = (SELECT context_centre()) '
            'AND (SELECT context_is_staff()) AND (SELECT context_may(''organisation.edit'')))', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO markaz_web', name);
    END LOOP;
END
$$;
GRANT SELECT ON centre TO markaz_web;
GRANT UPDATE (name) ON centre TO markaz_web;

CREATE POLICY seen ON floor FOR SELECT TO markaz_web USING (centre = (SELECT context_centre()));
GRANT SELECT ON floor TO markaz_web;

-- The floor: what desks and supervisors tell it, phones, and what it last said of itself.
CREATE POLICY told ON inbox FOR INSERT TO markaz_web WITH CHECK (
    floor IN (SELECT id FROM floor) AND (SELECT context_is_staff()) AND (SELECT
        context_may('desk.use') OR context_may('conversations.supervise') OR context_may('projects.pause')
        OR context_may('organisation.edit'))
);
GRANT INSERT (floor, message) ON inbox TO markaz_web;
GRANT USAGE ON SEQUENCE inbox_id_seq TO markaz_web;
CREATE POLICY seen ON phone FOR SELECT TO markaz_web USING (
    floor IN (SELECT id FROM floor) AND (SELECT context_is_staff())
    AND (SELECT context_may('desk.use') OR context_may('conversations.supervise'))
);
CREATE POLICY kept ON phone FOR ALL TO markaz_web USING (
    floor IN (SELECT id FROM floor) AND (SELECT context_is_staff()) AND (SELECT context_may('desk.use'))
    AND (agent = (SELECT context_agent()) OR (SELECT context_may('desk.act')))
);
GRANT SELECT (floor, agent, username, written_at), DELETE ON phone TO markaz_web;
GRANT INSERT (floor, agent, username, secret), UPDATE (username, secret, written_at) ON phone TO markaz_web;
CREATE POLICY seen ON floor_live FOR SELECT TO markaz_web USING (
    floor IN (SELECT id FROM floor) AND (SELECT context_is_staff()) AND (SELECT context_may('floor.see'))
);
GRANT SELECT ON floor_live TO markaz_web;
CREATE POLICY seen ON projection FOR SELECT TO markaz_web USING (floor IN (SELECT id FROM floor));
GRANT SELECT ON projection TO markaz_web;

-- Read models: a centre's to its people, a client's projects to the client, an agent's customers to the agent.
CREATE POLICY seen ON contact FOR SELECT TO markaz_web USING (
    floor IN (SELECT id FROM floor) AND (
        (SELECT context_may('contacts.read'))
            AND ((SELECT context_is_staff()) OR project IN (SELECT id FROM project))
        OR (SELECT context_may('contacts.own')) AND context_served(floor, project, customer)
    )
);
GRANT SELECT ON contact TO markaz_web;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{contact_segment,queue_visit,engagement,journal_contact}'::text[] LOOP
        EXECUTE format(
            'CREATE POLICY seen ON %1$I FOR SELECT TO markaz_web USING (floor IN (SELECT id FROM floor) AND ('
            '(SELECT context_is_staff() AND context_may(''contacts.read'')) '
            'OR EXISTS (SELECT FROM contact AS its WHERE its.floor = %1$I.floor AND its.contact = %1$I.contact)))',
            name);
        EXECUTE format('GRANT SELECT ON %I TO markaz_web', name);
    END LOOP;
END
$$;
CREATE POLICY seen ON recording FOR SELECT TO markaz_web USING (
    floor IN (SELECT id FROM floor) AND (SELECT context_may('recordings.play'))
    AND EXISTS (SELECT FROM contact AS its WHERE its.floor = recording.floor AND its.contact = recording.contact)
);
CREATE POLICY seen ON recording_pause FOR SELECT TO markaz_web USING (
    EXISTS (SELECT FROM recording AS its
        WHERE its.floor = recording_pause.floor AND its.recording = recording_pause.recording)
);
CREATE POLICY seen ON agent_activity FOR SELECT TO markaz_web USING (
    floor IN (SELECT id FROM floor) AND (SELECT context_is_staff())
    AND ((SELECT context_may('figures.read')) OR agent = (SELECT context_agent()))
);
GRANT SELECT ON recording, recording_pause, agent_activity TO markaz_web;

-- The journal speaks of several contacts in a row: staff alone, an agent what speaks of own customers.
CREATE POLICY seen ON journal FOR SELECT TO markaz_web USING (
    floor IN (SELECT id FROM floor) AND (SELECT context_is_staff()) AND (
        (SELECT context_may('journal.read'))
        OR (SELECT context_may('contacts.own')) AND EXISTS (
            SELECT FROM journal_contact AS its WHERE its.floor = journal.floor AND its.number = journal.number)
    )
);
CREATE INDEX journal_contact_number ON journal_contact (floor, number);
CREATE POLICY seen ON checkpoint FOR SELECT TO markaz_web USING (
    floor IN (SELECT id FROM floor) AND (SELECT context_is_staff()) AND (SELECT context_may('floor.replicate'))
);
GRANT SELECT ON journal, checkpoint TO markaz_web;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{imported_floor,imported_file,imported_contact}'::text[] LOOP
        EXECUTE format(
            'CREATE POLICY seen ON %I FOR SELECT TO markaz_web USING (floor IN (SELECT id FROM floor) '
            'AND (SELECT context_is_staff() AND context_may(''contacts.read'')))', name);
        EXECUTE format('GRANT SELECT ON %I TO markaz_web', name);
    END LOOP;
END
$$;

-- Accounts: oneself; and those whom one may manage: one's client's for a client, administrators for administrators.
CREATE POLICY oneself ON account FOR SELECT TO markaz_web USING (id = (SELECT context_user()));
CREATE POLICY chosen ON account FOR UPDATE TO markaz_web USING (id = (SELECT context_user()))
    WITH CHECK (id = (SELECT context_user()));
CREATE POLICY seen ON account FOR SELECT TO markaz_web USING (
    centre = (SELECT context_centre()) AND (SELECT context_may('users.manage'))
    AND ((SELECT context_is_staff()) OR client = (SELECT context_client()))
);
CREATE POLICY managed ON account FOR UPDATE TO markaz_web USING (
    centre = (SELECT context_centre()) AND (SELECT context_may('users.manage'))
    AND ((SELECT context_is_staff()) OR client = (SELECT context_client()))
    AND ('administrator' <> ALL (roles) OR (SELECT context_may('administrators.manage')))
);
GRANT SELECT ON account TO markaz_web;
GRANT UPDATE (name, email, locale, calendar, digits, theme, roles, client, agent, disabled_at, removed_at)
    ON account TO markaz_web;

-- One may choose how things look and what one is called, not what one may do.
CREATE FUNCTION keep_to_oneself() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_user = 'markaz_web' AND NOT (
        (NEW.email, NEW.roles, NEW.client, NEW.agent, NEW.disabled_at, NEW.removed_at)
            IS NOT DISTINCT FROM (OLD.email, OLD.roles, OLD.client, OLD.agent, OLD.disabled_at, OLD.removed_at)
        OR (OLD.email IS NULL AND OLD.id = context_user()
            AND (NEW.roles, NEW.client, NEW.agent, NEW.disabled_at, NEW.removed_at)
                IS NOT DISTINCT FROM (OLD.roles, OLD.client, OLD.agent, OLD.disabled_at, OLD.removed_at))
        OR may_manage(OLD.id)
    ) THEN
        RAISE EXCEPTION 'not_permitted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER account_kept BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION keep_to_oneself();

CREATE POLICY own ON session FOR ALL TO markaz_web USING (account = (SELECT context_user()));
GRANT SELECT (id, account, how, address, browser, began_at, seen_at, ends_at), DELETE ON session TO markaz_web;

CREATE POLICY managed ON invitation FOR ALL TO markaz_web USING (
    centre = (SELECT context_centre()) AND (SELECT context_may('users.manage'))
    AND ((SELECT context_is_staff()) OR client = (SELECT context_client()))
    AND ('administrator' <> ALL (roles) OR (SELECT context_may('administrators.manage')))
);
GRANT SELECT (id, centre, client, agent, email, name, roles, invited_by, made_at, expires_at, accepted_at,
    withdrawn_at) ON invitation TO markaz_web;
GRANT INSERT (id, token, centre, client, agent, email, name, roles, invited_by, expires_at), UPDATE (withdrawn_at)
    ON invitation TO markaz_web;

CREATE POLICY managed ON api_key FOR ALL TO markaz_web USING (
    centre = (SELECT context_centre()) AND (SELECT context_is_staff()) AND (SELECT context_may('keys.manage'))
    AND NOT installation
);
GRANT SELECT (id, centre, client, name, scopes, installation, made_by, made_at, used_at, expires_at, revoked_at)
    ON api_key TO markaz_web;
GRANT INSERT (id, token, centre, client, name, scopes, made_by, expires_at), UPDATE (revoked_at)
    ON api_key TO markaz_web;

CREATE POLICY seen ON audit_entry FOR SELECT TO markaz_web USING (
    centre = (SELECT context_centre()) AND (SELECT context_may('audit.read'))
    AND ((SELECT context_is_staff()) OR client = (SELECT context_client()))
);
GRANT SELECT ON audit_entry TO markaz_web;
CREATE POLICY seen ON permission FOR SELECT TO markaz_web USING (true);
GRANT SELECT ON permission TO markaz_web;

-- Functions are everybody's by default; of ours the web gets those that check for themselves.
DO $$
DECLARE
    one regprocedure;
BEGIN
    FOR one IN SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND prokind = 'f'
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')  -- an extension's
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
    END LOOP;
    FOR one IN SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname = ANY ('{
            context,context_centre,context_client,context_user,context_agent,context_may,context_is_staff,
            context_served,enter_session,enter_key,numbers_elsewhere,floor_health,centre_of_floor,session_ends,
            sign_in_begin,sign_in_finish,second_factor_begin,second_factor_finish,link_use,link_make,
            second_factor_reset,may_manage,invitation_show,invitation_accept,oidc_sign_in,
            password_begin,password_change,totp_begin,totp_pending,totp_confirm,totp_remove,audit,audit_check
        }'::text[])
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO markaz_web', one);
    END LOOP;
END
$$;
