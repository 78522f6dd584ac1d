"""Nobody reaches further by changing themselves; what an agent's list costs; budgets that lock nobody else out."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    # Whoever manages people gives no more than they may: not to others, and not to themselves.
    """
    CREATE OR REPLACE FUNCTION keep_to_oneself() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF current_user = 'markaz_web' AND NOT (
            (NEW.email, NEW.roles, NEW.client, NEW.agent, NEW.disabled_at, NEW.removed_at)
                IS NOT DISTINCT FROM (OLD.email, OLD.roles, OLD.client, OLD.agent, OLD.disabled_at, OLD.removed_at)
            OR (OLD.email IS NULL AND OLD.id = context_user()
                AND (NEW.roles, NEW.client, NEW.agent, NEW.disabled_at, NEW.removed_at)
                    IS NOT DISTINCT FROM (OLD.roles, OLD.client, OLD.agent, OLD.disabled_at, OLD.removed_at))
            OR (may_manage(OLD.id)
                AND ('administrator' <> ALL (NEW.roles) OR context_may('administrators.manage'))
                AND (context_client() IS NULL OR NEW.client IS NOT DISTINCT FROM context_client()))
        ) THEN
            RAISE EXCEPTION 'not_permitted' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    # A link signs in without a second factor, and a session that it began counts as proved: these are for others.
    """
    CREATE OR REPLACE FUNCTION link_make(person text, link bytea, address text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF person IS NOT DISTINCT FROM context_user() OR NOT may_manage(person) THEN
            RETURN false;
        END IF;
        INSERT INTO one_time_link (token, account, expires_at) VALUES (link, person, now() + interval '1 day');
        PERFORM audit('user.link_made', 'user:' || person, (SELECT client FROM account WHERE id = person), '{}',
            address);
        RETURN true;
    END
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION second_factor_reset(person text, address text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF person IS NOT DISTINCT FROM context_user() OR NOT may_manage(person) THEN
            RETURN false;
        END IF;
        UPDATE credential SET totp_secret = NULL WHERE account = person;
        DELETE FROM recovery_code WHERE account = person;
        UPDATE account SET second_factor_at = NULL WHERE id = person;
        PERFORM audit('user.second_factor_reset', 'user:' || person,
            (SELECT client FROM account WHERE id = person), '{}', address);
        RETURN true;
    END
    $$
    """,
    # One subscriber has a /64 of IPv6. Using up an account's hour takes a hundred networks; a known device has its own.
    """
    CREATE OR REPLACE FUNCTION budgets_taken(purpose text, who text, address text, device bytea, is_known boolean)
    RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        keys text[];
        subscriber text := host(network(set_masklen(address::inet,
            CASE family(address::inet) WHEN 4 THEN 32 ELSE 64 END)));
    BEGIN
        IF is_known THEN
            keys := ARRAY[purpose || ' device ' || encode(device, 'hex') || ' ' || who];
            RETURN CASE WHEN throttle_take(keys[1], 10, '15 minutes') THEN keys END;
        END IF;
        keys := ARRAY[
            purpose || ' address ' || subscriber,
            purpose || ' pair ' || network_of(address) || ' ' || who,
            purpose || ' account ' || who
        ];
        -- The pair before the account: one network cannot use up what others have.
        IF throttle_take(keys[1], 60, '15 minutes') AND throttle_take(keys[2], 6, '15 minutes')
            AND throttle_take(keys[3], 600, '15 minutes') THEN
            RETURN keys;
        END IF;
        RETURN NULL;
    END
    $$
    """,
    # An attempt that was not tried because too many others were costs nothing.
    """
    CREATE FUNCTION sign_in_abandon(given_attempt text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        one sign_in_attempt;
    BEGIN
        DELETE FROM sign_in_attempt WHERE id = given_attempt RETURNING * INTO one;
        PERFORM throttle_give_back(one.budgets);
    END
    $$
    """,
    "REVOKE ALL ON FUNCTION sign_in_abandon(text) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION sign_in_abandon(text) TO markaz_web",
    # An agent's customers are looked up once for a statement, not once for each contact that there is.
    "CREATE INDEX engagement_agent ON engagement (agent, floor, contact)",
    """
    CREATE FUNCTION context_customers() RETURNS TABLE (floor text, project text, customer text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT DISTINCT its.floor, its.project, its.customer
        FROM engagement JOIN contact AS its USING (floor, contact)
        WHERE engagement.agent = (SELECT context_agent())
    $$
    """,
    "REVOKE ALL ON FUNCTION context_customers() FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION context_customers() TO markaz_web",
    "DROP POLICY seen ON contact",
    """
    CREATE POLICY seen ON contact FOR SELECT TO markaz_web USING (
        floor IN (SELECT id FROM floor) AND (
            (SELECT context_may('contacts.read'))
                AND ((SELECT context_is_staff()) OR project IN (SELECT id FROM project))
            OR (SELECT context_may('contacts.own'))
                AND (floor, project, customer) IN (SELECT mine.floor, mine.project, mine.customer
                    FROM context_customers() AS mine)
        )
    )
    """,
    "DROP FUNCTION context_served(text, text, text)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
