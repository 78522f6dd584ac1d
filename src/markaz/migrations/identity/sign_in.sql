-- Signing in. The web proves; this decides, counts, and opens sessions. No secret of anybody leaves the database but
-- the encrypted TOTP secret, and that only to whoever has proved the password.

-- Counts one more failure under `key`; whether it was within `failures_max` in `span`. A refused one is not counted.
CREATE FUNCTION throttle_take(given_key text, failures_max integer, span interval) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    taken integer;
BEGIN
    DELETE FROM throttle WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM throttle WHERE since < now() - interval '1 day' LIMIT 20 FOR UPDATE SKIP LOCKED
    ));
    INSERT INTO throttle AS known (key, failures) VALUES (given_key, 1)
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN known.since < now() - span THEN 1 ELSE least(known.failures, failures_max) + 1 END,
        since = CASE WHEN known.since < now() - span THEN now() ELSE known.since END
    RETURNING failures INTO taken;
    RETURN taken <= failures_max;
END
$$;

CREATE FUNCTION throttle_give_back(keys text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE throttle SET failures = greatest(0, failures - 1) WHERE key = ANY (keys)
$$;

-- The network that an address belongs to: what one attacker has many addresses of.
CREATE FUNCTION network_of(address text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT host(network(set_masklen(address::inet, CASE family(address::inet) WHEN 4 THEN 24 ELSE 48 END)))
$$;

-- Whether this device signed in to this account before; it has a budget of its own, that nobody else can use up.
CREATE FUNCTION is_known_device(device bytea, of_account text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM known_device WHERE token = device AND account = of_account
        AND seen_at > now() - interval '180 days')
$$;

-- Takes an attempt from the budgets that apply; their keys, or NULL when one is used up.
CREATE FUNCTION budgets_taken(purpose text, who text, address text, device bytea, is_known boolean) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    keys text[];
BEGIN
    IF is_known THEN
        keys := ARRAY[purpose || ' device ' || encode(device, 'hex') || ' ' || who];
        RETURN CASE WHEN throttle_take(keys[1], 10, '15 minutes') THEN keys END;
    END IF;
    keys := ARRAY[
        purpose || ' address ' || address,
        purpose || ' pair ' || network_of(address) || ' ' || who,
        purpose || ' account ' || who
    ];
    -- The pair before the account: one network cannot use up what others have.
    IF throttle_take(keys[1], 60, '15 minutes') AND throttle_take(keys[2], 6, '15 minutes')
        AND throttle_take(keys[3], 60, '1 hour') THEN
        RETURN keys;
    END IF;
    RETURN NULL;
END
$$;

-- The first half of a sign-in by password: what to derive the proof with. Somebody unknown looks like anybody else.
CREATE FUNCTION sign_in_begin(
    of_centre text, given_email text, address text, device bytea,
    OUT attempt text, OUT salt bytea, OUT passes integer, OUT memory_kib integer, OUT lanes integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    person text;
    taken text[];
BEGIN
    SELECT account.id INTO person FROM account
    WHERE centre = of_centre AND email = given_email AND removed_at IS NULL AND disabled_at IS NULL;
    taken := budgets_taken(
        'password', encode(sha256(convert_to(of_centre || ' ' || given_email, 'UTF8')), 'hex'), address, device,
        person IS NOT NULL AND is_known_device(device, person)
    );
    IF taken IS NULL THEN
        RETURN;
    END IF;
    DELETE FROM sign_in_attempt WHERE began_at < now() - interval '10 minutes';
    attempt := gen_random_uuid()::text;
    INSERT INTO sign_in_attempt (id, account, budgets) VALUES (attempt, person, taken);
    SELECT credential.salt, credential.passes, credential.memory_kib, credential.lanes
    INTO salt, passes, memory_kib, lanes
    FROM credential WHERE account = person AND verifier IS NOT NULL;
    IF salt IS NULL THEN
        SELECT substring(sha256(salt_key || convert_to(of_centre || ' ' || given_email, 'UTF8')) FOR 16)
        INTO salt FROM seal;
    END IF;
END
$$;

CREATE FUNCTION session_open(
    person text, session_token bytea, device bytea, how text, address text, browser text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who account;
BEGIN
    UPDATE account SET signed_in_at = now() WHERE id = person RETURNING * INTO who;
    INSERT INTO session (token, id, account, how, address, browser, ends_at)
    VALUES (session_token, gen_random_uuid()::text, person, how, address, left(browser, 200),
        now() + interval '16 hours');
    DELETE FROM session WHERE account = person AND session_ends(session) <= now();
    IF device IS NOT NULL THEN
        INSERT INTO known_device (token, account) VALUES (device, person)
        ON CONFLICT (token, account) DO UPDATE SET seen_at = now();
    END IF;
    PERFORM audit_append(who.centre, 'user:' || who.id, who.name, address, 'session.began', 'user:' || who.id,
        who.client, jsonb_build_object('how', how));
END
$$;

-- The second half: 'wrong', 'second_factor' (then `challenge` counts for five minutes) or 'signed_in'.
CREATE FUNCTION sign_in_finish(
    given_attempt text, proof bytea, session_token bytea, challenge bytea, device bytea, address text, browser text
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    one sign_in_attempt;
    who account;
BEGIN
    DELETE FROM sign_in_attempt WHERE id = given_attempt RETURNING * INTO one;
    SELECT * INTO who FROM account WHERE id = one.account AND disabled_at IS NULL AND removed_at IS NULL;
    IF NOT EXISTS (SELECT FROM credential WHERE account = who.id AND verifier = sha256(proof)) THEN
        IF who.id IS NOT NULL THEN
            PERFORM audit_append(who.centre, 'nobody', '', address, 'session.refused', 'user:' || who.id, who.client,
                '{"how": "password"}');
        END IF;
        RETURN 'wrong';
    END IF;
    PERFORM throttle_give_back(one.budgets);
    IF who.second_factor_at IS NOT NULL THEN
        DELETE FROM second_factor_challenge WHERE expires_at < now();
        INSERT INTO second_factor_challenge (token, account, expires_at)
        VALUES (challenge, who.id, now() + interval '5 minutes');
        RETURN 'second_factor';
    END IF;
    PERFORM session_open(who.id, session_token, device, 'password', address, browser);
    RETURN 'signed_in';
END
$$;

-- Whose code is asked for; NULL when the challenge is over or the budget for codes is used up.
CREATE FUNCTION second_factor_begin(
    challenge bytea, address text, device bytea, OUT person text, OUT secret bytea, OUT step bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found text;
BEGIN
    UPDATE second_factor_challenge SET attempts = attempts + 1
    WHERE token = challenge AND expires_at > now() AND attempts < 5 RETURNING account INTO found;
    IF found IS NULL OR budgets_taken('code', found, address, device, is_known_device(device, found)) IS NULL THEN
        RETURN;
    END IF;
    SELECT found, totp_secret, totp_step INTO person, secret, step FROM credential WHERE account = found;
END
$$;

-- With the time step of a code that was right, or the hash of a recovery code; each counts once. Whether it did.
CREATE FUNCTION second_factor_finish(
    challenge bytea, given_step bigint, recovery bytea, session_token bytea, device bytea, address text, browser text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found text;
    used text;
BEGIN
    SELECT account.id INTO found FROM second_factor_challenge JOIN account ON account.id = second_factor_challenge.account
    WHERE token = challenge AND expires_at > now() AND attempts BETWEEN 1 AND 5
        AND disabled_at IS NULL AND removed_at IS NULL FOR UPDATE OF second_factor_challenge;
    IF given_step IS NOT NULL THEN
        UPDATE credential SET totp_step = given_step
        WHERE account = found AND coalesce(totp_step, 0) < given_step RETURNING account INTO used;
    ELSE
        UPDATE recovery_code SET used_at = now()
        WHERE account = found AND code = recovery AND used_at IS NULL RETURNING account INTO used;
    END IF;
    IF used IS NULL THEN
        PERFORM audit_append(centre, 'nobody', '', address, 'session.refused', 'user:' || id, client,
            '{"how": "second factor"}') FROM account WHERE id = found;
        RETURN false;
    END IF;
    DELETE FROM second_factor_challenge WHERE token = challenge;
    DELETE FROM throttle WHERE key LIKE 'code %' AND key LIKE '% ' || found;
    PERFORM session_open(found, session_token, device, 'password', address, browser);
    RETURN true;
END
$$;

-- Signs in by a one-time link; whether it counted.
CREATE FUNCTION link_use(link bytea, session_token bytea, device bytea, address text, browser text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found text;
BEGIN
    UPDATE one_time_link SET used_at = now() FROM account
    WHERE one_time_link.token = link AND used_at IS NULL AND expires_at > now() AND account.id = one_time_link.account
        AND disabled_at IS NULL AND removed_at IS NULL
    RETURNING account.id INTO found;
    IF found IS NULL THEN
        RETURN false;
    END IF;
    PERFORM session_open(found, session_token, device, 'link', address, browser);
    RETURN true;
END
$$;

-- A link by which somebody who forgot the password comes in once; by whoever may change that account.
CREATE FUNCTION link_make(person text, link bytea, address text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT may_manage(person) THEN
        RETURN false;
    END IF;
    INSERT INTO one_time_link (token, account, expires_at) VALUES (link, person, now() + interval '1 day');
    PERFORM audit('user.link_made', 'user:' || person, (SELECT client FROM account WHERE id = person), '{}', address);
    RETURN true;
END
$$;

-- Takes the second factor from somebody who lost it.
CREATE FUNCTION second_factor_reset(person text, address text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT may_manage(person) THEN
        RETURN false;
    END IF;
    UPDATE credential SET totp_secret = NULL WHERE account = person;
    DELETE FROM recovery_code WHERE account = person;
    UPDATE account SET second_factor_at = NULL WHERE id = person;
    PERFORM audit('user.second_factor_reset', 'user:' || person,
        (SELECT client FROM account WHERE id = person), '{}', address);
    RETURN true;
END
$$;

CREATE FUNCTION may_manage(person text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT context_may('users.manage') AND EXISTS (
        SELECT FROM account WHERE id = person AND centre = context_centre() AND removed_at IS NULL
            AND (context_client() IS NULL OR client = context_client())
            AND ('administrator' <> ALL (roles) OR context_may('administrators.manage'))
    )
$$;

CREATE FUNCTION invitation_open(invited bytea) RETURNS invitation
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT * FROM invitation
    WHERE token = invited AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > now()
$$;

-- What the page of an invitation shows to whoever holds its link.
CREATE FUNCTION invitation_show(
    invited bytea, OUT centre_name text, OUT name text, OUT email text, OUT roles text[], OUT invited_by text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT centre.name, one.name, one.email, one.roles, one.invited_by
    FROM invitation_open(invited) AS one JOIN centre ON centre.id = one.centre
$$;

-- Makes the invited one's account, or a returning one's anew; its id. NULL: no such invitation, or the e-mail is taken.
CREATE FUNCTION account_of_invitation(one invitation, given_name text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made text;
BEGIN
    UPDATE invitation SET accepted_at = now() WHERE id = one.id AND accepted_at IS NULL;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO account (id, centre, client, agent, name, email, roles)
    VALUES (gen_random_uuid()::text, one.centre, one.client, one.agent, given_name, one.email, one.roles)
    ON CONFLICT DO NOTHING RETURNING id INTO made;
    IF made IS NOT NULL THEN
        INSERT INTO credential (account) VALUES (made);
        PERFORM audit_append(one.centre, 'user:' || made, given_name, '', 'invitation.accepted',
            'invitation:' || one.id, one.client, jsonb_build_object('email', one.email, 'roles', one.roles));
    END IF;
    RETURN made;
END
$$;

CREATE FUNCTION invitation_accept(
    invited bytea, given_name text, given_salt bytea, given_passes integer, given_memory_kib integer,
    given_lanes integer, given_verifier bytea, session_token bytea, device bytea, address text, browser text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made text;
BEGIN
    SELECT account_of_invitation(one, given_name) INTO made FROM invitation_open(invited) AS one
    WHERE one.id IS NOT NULL;
    IF made IS NULL THEN
        RETURN false;
    END IF;
    UPDATE credential SET salt = given_salt, passes = given_passes, memory_kib = given_memory_kib,
        lanes = given_lanes, verifier = given_verifier
    WHERE account = made;
    UPDATE account SET password_set_at = now() WHERE id = made;
    PERFORM session_open(made, session_token, device, 'invitation', address, browser);
    RETURN true;
END
$$;

-- Signs in whom a trusted provider vouches for: somebody it vouched for before, or whose e-mail is known or invited.
CREATE FUNCTION oidc_sign_in(
    of_centre text, given_issuer text, given_subject text, verified_email text, given_name text,
    session_token bytea, device bytea, address text, browser text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found text;
    one invitation;
BEGIN
    SELECT account INTO found FROM account_identity
    WHERE centre = of_centre AND issuer = given_issuer AND subject = given_subject;
    IF found IS NULL AND verified_email IS NOT NULL THEN
        SELECT id INTO found FROM account
        WHERE centre = of_centre AND email = verified_email AND removed_at IS NULL AND disabled_at IS NULL;
        IF found IS NULL THEN
            SELECT * INTO one FROM invitation
            WHERE centre = of_centre AND email = verified_email AND accepted_at IS NULL AND withdrawn_at IS NULL
                AND expires_at > now() ORDER BY made_at DESC LIMIT 1;
            IF one.id IS NOT NULL THEN
                found := account_of_invitation(one, coalesce(given_name, one.name));
            END IF;
        END IF;
        IF found IS NOT NULL THEN
            INSERT INTO account_identity VALUES (of_centre, given_issuer, given_subject, found);
        END IF;
    END IF;
    IF found IS NULL OR NOT EXISTS (
        SELECT FROM account WHERE id = found AND disabled_at IS NULL AND removed_at IS NULL
    ) THEN
        RETURN false;
    END IF;
    PERFORM session_open(found, session_token, device, 'provider', address, browser);
    RETURN true;
END
$$;

-- What the signed-in one's present password is derived with; no row where there is none, or its budget is used up.
CREATE FUNCTION password_begin(
    OUT allowed boolean, OUT salt bytea, OUT passes integer, OUT memory_kib integer, OUT lanes integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    allowed := context_user() IS NOT NULL AND throttle_take('own password ' || context_user(), 10, '15 minutes');
    IF allowed THEN
        SELECT credential.salt, credential.passes, credential.memory_kib, credential.lanes
        INTO salt, passes, memory_kib, lanes FROM credential
        WHERE account = context_user() AND verifier IS NOT NULL;
    END IF;
END
$$;

-- Whether the signed-in one may change how to sign in: by the present password, or where none is needed, which is
-- within an hour of a link or while there is none.
CREATE FUNCTION is_proved(proof bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT context() ->> 'kind' = 'user' AND (
        EXISTS (SELECT FROM credential WHERE account = context_user() AND verifier = sha256(proof))
        OR NOT EXISTS (SELECT FROM credential WHERE account = context_user() AND verifier IS NOT NULL)
        OR EXISTS (SELECT FROM session WHERE id = context() ->> 'session' AND how = 'link'
            AND began_at > now() - interval '1 hour')
    )
$$;

-- Sets the signed-in one's password and ends all other sessions; whether `proof` allowed it.
CREATE FUNCTION password_change(
    proof bytea, given_salt bytea, given_passes integer, given_memory_kib integer, given_lanes integer,
    given_verifier bytea, address text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT coalesce(is_proved(proof), false) THEN
        RETURN false;
    END IF;
    UPDATE credential SET salt = given_salt, passes = given_passes, memory_kib = given_memory_kib,
        lanes = given_lanes, verifier = given_verifier
    WHERE account = context_user();
    UPDATE account SET password_set_at = now() WHERE id = context_user();
    DELETE FROM session WHERE account = context_user() AND id <> context() ->> 'session';
    DELETE FROM throttle WHERE key = 'own password ' || context_user();
    PERFORM audit('password.changed', 'user:' || context_user(), NULL, '{}', address);
    RETURN true;
END
$$;

-- Keeps a secret that counts once a code made with it was shown.
CREATE FUNCTION totp_begin(proof bytea, encrypted bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT coalesce(is_proved(proof), false)
        OR EXISTS (SELECT FROM account WHERE id = context_user() AND second_factor_at IS NOT NULL) THEN
        RETURN false;
    END IF;
    UPDATE credential SET totp_secret = encrypted, totp_step = NULL WHERE account = context_user();
    DELETE FROM throttle WHERE key = 'own password ' || context_user();
    RETURN true;
END
$$;

CREATE FUNCTION totp_pending() RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT totp_secret FROM credential JOIN account ON account.id = credential.account
    WHERE account.id = context_user() AND second_factor_at IS NULL
$$;

CREATE FUNCTION totp_confirm(given_step bigint, codes bytea[], address text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE credential SET totp_step = given_step WHERE account = context_user() AND totp_pending() IS NOT NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM recovery_code WHERE account = context_user();
    INSERT INTO recovery_code (account, code) SELECT context_user(), unnest(codes);
    UPDATE account SET second_factor_at = now() WHERE id = context_user();
    DELETE FROM session WHERE account = context_user() AND id <> context() ->> 'session';
    PERFORM audit('second_factor.added', 'user:' || context_user(), NULL, '{}', address);
    RETURN true;
END
$$;

CREATE FUNCTION totp_remove(proof bytea, address text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT coalesce(is_proved(proof), false) THEN
        RETURN false;
    END IF;
    UPDATE credential SET totp_secret = NULL WHERE account = context_user();
    DELETE FROM recovery_code WHERE account = context_user();
    UPDATE account SET second_factor_at = NULL WHERE id = context_user();
    PERFORM audit('second_factor.removed', 'user:' || context_user(), NULL, '{}', address);
    RETURN true;
END
$$;
