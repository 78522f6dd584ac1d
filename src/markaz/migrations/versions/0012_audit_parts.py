"""The audit trail is checked part by part: a chain of years would take longer than a request may."""

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS = (
    "DROP FUNCTION audit_check()",
    """
    -- Goes over `entries_max` entries of the asking centre after `last`, whose hash the part before has found.
    -- `broken_at`: the first entry that is not what was appended; `is_over`: nothing comes after this part.
    CREATE FUNCTION audit_check_part(
        INOUT last bigint, INOUT last_hash text, entries_max integer,
        OUT broken_at bigint, OUT total bigint, OUT head text, OUT is_over boolean
    )
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        of_centre text := context_centre();
        after bigint := last;
        previous bytea := sha256('markaz audit trail');
        newest audit_head;
        seen bigint;
    BEGIN
        total := 0;
        is_over := true;
        IF NOT context_may('audit.read') THEN
            RETURN;
        END IF;
        SELECT * INTO newest FROM audit_head WHERE centre = of_centre;
        total := coalesce(newest.number, 0);
        head := encode(newest.hash, 'hex');
        IF after > 0 THEN
            SELECT hash INTO previous FROM audit_entry WHERE centre = of_centre AND number = after;
            IF previous IS NULL OR encode(previous, 'hex') IS DISTINCT FROM last_hash THEN
                broken_at := after;
                RETURN;
            END IF;
        END IF;
        SELECT count(*), min(wanted) FILTER (
                WHERE (one).number <> wanted OR (one).hash IS DISTINCT FROM audit_hash(before, one)),
            coalesce(max((one).number), after), coalesce(encode((array_agg((one).hash ORDER BY wanted DESC))[1], 'hex'),
                encode(previous, 'hex'))
        INTO seen, broken_at, last, last_hash
        FROM (
            SELECT one, after + row_number() OVER by_number AS wanted,
                lag((one).hash, 1, previous) OVER by_number AS before
            FROM (
                SELECT its AS one FROM audit_entry AS its WHERE its.centre = of_centre AND its.number > after
                ORDER BY its.number LIMIT entries_max
            ) AS part
            WINDOW by_number AS (ORDER BY (one).number)
        ) AS chained;
        is_over := broken_at IS NOT NULL OR seen < entries_max;
        IF is_over AND broken_at IS NULL
            AND (last <> total OR (newest.hash IS NOT NULL AND head IS DISTINCT FROM last_hash)) THEN
            broken_at := last + 1;
        END IF;
    END
    $$
    """,
    "REVOKE ALL ON FUNCTION audit_check_part(bigint, text, integer) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION audit_check_part(bigint, text, integer) TO markaz_web",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
