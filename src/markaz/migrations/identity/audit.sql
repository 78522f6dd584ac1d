-- The audit trail: each entry's hash covers the one before it, so that none can be changed or taken out unseen.

CREATE FUNCTION audit_hash(previous bytea, one audit_entry) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    -- Every part with its length, so that no two entries have the same bytes. The centre may be renamed: it is not in.
    SELECT sha256(previous || convert_to(string_agg(coalesce(length(part)::text, '-') || ':' || coalesce(part, ''), ','
        ORDER BY n), 'UTF8'))
    FROM unnest(ARRAY[
        one.number::text, to_char(one.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), one.actor, one.actor_name,
        one.address, one.action, one.subject, one.client, one.details
    ]) WITH ORDINALITY AS parts (part, n)
$$;

CREATE FUNCTION audit_append(
    of_centre text, actor text, actor_name text, address text, action text, subject text, client text, details jsonb
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head audit_head;
    one audit_entry;
BEGIN
    INSERT INTO audit_head VALUES (of_centre, 0, sha256('markaz audit trail')) ON CONFLICT DO NOTHING;
    -- The row's lock makes the chain one line; it is held until the caller commits.
    SELECT * INTO head FROM audit_head WHERE centre = of_centre FOR UPDATE;
    one.centre := of_centre;
    one.number := head.number + 1;
    one.at := clock_timestamp();
    one.actor := actor;
    one.actor_name := actor_name;
    one.address := address;
    one.action := action;
    one.subject := subject;
    one.client := client;
    one.details := details::text;
    one.hash := audit_hash(head.hash, one);
    INSERT INTO audit_entry SELECT one.*;
    UPDATE audit_head SET number = one.number, hash = one.hash WHERE centre = of_centre;
    RETURN one.number;
END
$$;

-- What whoever is signed in did. `client`: whose matter it is, so that the client sees it too.
CREATE FUNCTION audit(action text, subject text, client text, details jsonb, address text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who jsonb := context();
BEGIN
    IF who IS NULL THEN
        RAISE EXCEPTION 'nobody is signed in' USING ERRCODE = 'MZ002';
    END IF;
    RETURN audit_append(
        who ->> 'centre', (who ->> 'kind') || ':' || (who ->> 'user'), who ->> 'name', address, action, subject,
        coalesce(who ->> 'client', client), coalesce(details, '{}')
    );
END
$$;

-- Goes over the whole chain of the asking centre. `broken_at`: the first entry that is not what was appended.
CREATE FUNCTION audit_check(OUT entries bigint, OUT broken_at bigint, OUT head text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_centre text := context_centre();
    last audit_head;
    one audit_entry;
    previous bytea := sha256('markaz audit trail');
BEGIN
    entries := 0;
    IF NOT context_may('audit.read') THEN
        RETURN;
    END IF;
    SELECT * INTO last FROM audit_head WHERE centre = of_centre;
    head := encode(last.hash, 'hex');
    FOR one IN SELECT * FROM audit_entry WHERE centre = of_centre ORDER BY number LOOP
        entries := entries + 1;
        IF one.number <> entries OR one.hash IS DISTINCT FROM audit_hash(previous, one) THEN
            broken_at := entries;
            RETURN;
        END IF;
        previous := one.hash;
    END LOOP;
    IF entries <> coalesce(last.number, 0) OR (last.hash IS NOT NULL AND last.hash <> previous) THEN
        broken_at := entries + 1;
    END IF;
END
$$;
