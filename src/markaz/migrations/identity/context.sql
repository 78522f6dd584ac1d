-- Who asks: a request begins its transaction with enter_session or enter_key; policies ask context_*().
-- The context lives in settings that anybody may write, so it counts only with a seal that nobody else can make.

CREATE FUNCTION seal_of(context text) RETURNS text
LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    -- HMAC-SHA256 (RFC 2104): the pads are the key, exclusive-or 0x36 and 0x5c. It holds in this transaction alone.
    SELECT encode(sha256(outer_pad || sha256(inner_pad || convert_to(
        pg_backend_pid() || ' ' || extract(epoch FROM transaction_timestamp()) || ' ' || context, 'UTF8'))), 'hex')
    FROM seal
$$;

CREATE FUNCTION context() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE
        WHEN current_setting('markaz.seal', true) = seal_of(current_setting('markaz.context', true))
        THEN current_setting('markaz.context', true)::jsonb
    END
$$;

CREATE FUNCTION context_centre() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT context() ->> 'centre'
$$;

CREATE FUNCTION context_client() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT context() ->> 'client'
$$;

CREATE FUNCTION context_user() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT context() ->> 'user'
$$;

CREATE FUNCTION context_agent() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT context() ->> 'agent'
$$;

CREATE FUNCTION context_may(permission text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(context() -> 'permissions' ? permission, false)
$$;

-- Of the centre itself, not of one of its clients.
CREATE FUNCTION context_is_staff() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(context() ->> 'client' IS NULL AND context() ->> 'centre' IS NOT NULL, false)
$$;

-- Whether the asking agent was ever offered a contact of this customer in this project.
CREATE FUNCTION context_served(of_floor text, of_project text, of_customer text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM contact JOIN engagement USING (floor, contact)
        WHERE contact.floor = of_floor AND contact.customer = of_customer AND contact.project = of_project
            AND engagement.agent = context_agent()
    )
$$;

CREATE FUNCTION enter(context jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM set_config('markaz.context', context::text, true);
    PERFORM set_config('markaz.seal', seal_of(context::text), true);
    RETURN context;
END
$$;

CREATE FUNCTION permissions_of(holders text[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(DISTINCT permission ORDER BY permission), '[]') FROM permission
    WHERE holder = ANY (holders)
$$;

CREATE FUNCTION token_hash(token text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT sha256(convert_to(token, 'UTF8'))
$$;

-- A session ends four hours after it was last used, sixteen hours after it began, or when it is ended.
CREATE FUNCTION session_ends(one session) RETURNS timestamptz
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT least(one.ends_at, one.seen_at + interval '4 hours')
$$;

-- What the token's session may do, for the rest of the transaction; NULL, and nothing, without such a session.
CREATE FUNCTION enter_session(given_token text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    one session;
    person account;
BEGIN
    PERFORM set_config('markaz.context', '', true);
    SELECT * INTO one FROM session WHERE session.token = token_hash(given_token);
    SELECT * INTO person FROM account WHERE account.id = one.account;
    IF one.token IS NULL OR session_ends(one) <= now()
        OR person.disabled_at IS NOT NULL OR person.removed_at IS NOT NULL THEN
        RETURN NULL;
    END IF;
    IF one.seen_at < now() - interval '1 minute' THEN
        -- Another transaction of this session that does the same is not waited for.
        UPDATE session SET seen_at = now() WHERE session.token IN (
            SELECT its.token FROM session AS its WHERE its.token = one.token FOR NO KEY UPDATE SKIP LOCKED);
        one.seen_at := now();
    END IF;
    RETURN enter(jsonb_build_object(
        'kind', 'user', 'user', person.id, 'name', person.name, 'centre', person.centre, 'client', person.client,
        'agent', person.agent, 'roles', person.roles, 'session', one.id,
        'expires_at', session_ends(one), 'permissions',
        permissions_of((SELECT array_agg('role:' || role) FROM unnest(person.roles) AS role))
    ));
END
$$;

-- The same for an API key; one that names a client sees that client's alone.
CREATE FUNCTION enter_key(given_token text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    one api_key;
BEGIN
    PERFORM set_config('markaz.context', '', true);
    SELECT * INTO one FROM api_key WHERE api_key.token = token_hash(given_token);
    IF one.id IS NULL OR one.revoked_at IS NOT NULL OR one.expires_at <= now() THEN
        RETURN NULL;
    END IF;
    IF one.used_at IS NULL OR one.used_at < now() - interval '1 minute' THEN
        UPDATE api_key SET used_at = now() WHERE api_key.id IN (
            SELECT its.id FROM api_key AS its WHERE its.id = one.id FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
    RETURN enter(jsonb_build_object(
        'kind', 'key', 'user', one.id, 'name', one.name, 'centre', one.centre, 'client', one.client,
        'agent', NULL, 'roles', '{}'::text[], 'session', NULL, 'expires_at', one.expires_at, 'permissions',
        permissions_of((SELECT array_agg('scope:' || scope) FROM unnest(one.scopes) AS scope))
    ));
END
$$;

-- Whose floor it is, for those who sign in to it.
CREATE FUNCTION centre_of_floor(of_floor text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT centre FROM floor WHERE id = of_floor
$$;

-- Which of these numbers ring in another centre, so that they cannot be had; not in which.
CREATE FUNCTION numbers_elsewhere(of_centre text, numbers text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM number WHERE centre <> of_centre AND id = ANY (numbers) AND retired_at IS NULL ORDER BY id
$$;

-- What /health tells to everybody: how the floor is, nothing of what happens on it.
CREATE FUNCTION floor_health(
    of_floor text, OUT age_seconds float8, OUT is_spooling boolean, OUT telephony text, OUT dropped bigint,
    OUT rows_behind bigint, OUT seconds_behind float8, OUT refused bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH folded AS (
        SELECT coalesce(max(number), 0) AS number FROM projection WHERE name = 'read_models' AND floor = of_floor
    ), live AS (
        SELECT body, written_at FROM floor_live WHERE floor = of_floor
    )
    SELECT
        (SELECT extract(epoch FROM clock_timestamp() - written_at)::float8 FROM live),
        (SELECT (body ->> 'spooling')::boolean FROM live),
        (SELECT body ->> 'telephony' FROM live),
        (SELECT (body ->> 'dropped')::bigint FROM live),
        coalesce((SELECT max(number) FROM journal WHERE floor = of_floor), 0) - (SELECT number FROM folded),
        coalesce((
            SELECT extract(epoch FROM clock_timestamp() - written_at)::float8 FROM journal
            WHERE floor = of_floor AND number > (SELECT number FROM folded) ORDER BY number LIMIT 1
        ), 0.0),
        (SELECT count(*) FROM inbox WHERE floor = of_floor AND problem IS NOT NULL)
$$;

-- Whose session ended tells whoever keeps a socket open for it.
CREATE FUNCTION tell_session_end() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('markaz_session_ended', OLD.id);
    RETURN OLD;
END
$$;
CREATE TRIGGER session_ended AFTER DELETE ON session FOR EACH ROW EXECUTE FUNCTION tell_session_end();

-- Whoever is disabled or removed is signed out everywhere at once.
CREATE FUNCTION end_sessions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.disabled_at IS NOT NULL OR NEW.removed_at IS NOT NULL THEN
        DELETE FROM session WHERE account = NEW.id;
        DELETE FROM one_time_link WHERE account = NEW.id AND used_at IS NULL;
        DELETE FROM second_factor_challenge WHERE account = NEW.id;
    END IF;
    IF NEW.removed_at IS NOT NULL THEN
        DELETE FROM credential WHERE account = NEW.id;
        DELETE FROM recovery_code WHERE account = NEW.id;
        DELETE FROM account_identity WHERE account = NEW.id;
        DELETE FROM known_device WHERE account = NEW.id;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER account_ended AFTER UPDATE ON account FOR EACH ROW EXECUTE FUNCTION end_sessions();

-- A centre never loses its last administrator by a slip.
CREATE FUNCTION keep_an_administrator() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF 'administrator' = ANY (OLD.roles) AND OLD.disabled_at IS NULL AND OLD.removed_at IS NULL
        AND NOT ('administrator' = ANY (NEW.roles) AND NEW.disabled_at IS NULL AND NEW.removed_at IS NULL) THEN
        -- One at a time, so that two cannot remove each other.
        PERFORM pg_advisory_xact_lock(hashtext('markaz administrators'), hashtext(OLD.centre));
        IF NOT EXISTS (
            SELECT FROM account WHERE centre = OLD.centre AND id <> OLD.id AND 'administrator' = ANY (roles)
                AND disabled_at IS NULL AND removed_at IS NULL
        ) THEN
            RAISE EXCEPTION 'last_administrator' USING ERRCODE = 'MZ001';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER account_administrator BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION keep_an_administrator();
