-- Tables come and go with editions. These functions run with the rights of the schema's owner, so that a server needs no
-- right to create anything; each checks that what it touches is a draft.
--
-- A table is filled on its own and attached at the end: that locks no reader of the other partitions, and what the
-- parent has indexes for is sorted once instead of kept sorted.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION kantong.require_draft(edition_id text, release_id text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM kantong.edition e LEFT JOIN kantong.release r ON r.edition = e.id AND r.id = release_id
    WHERE e.id = edition_id AND CASE WHEN release_id IS NULL THEN e.published_at IS NULL ELSE r.id IS NOT NULL AND r.published_at IS NULL END;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no draft % %', edition_id, release_id USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
END $$;

-- Gives the number of a table of households that the caller may add a draft's to: the draft's own where rows are appended
-- and there is one, else a new one.
CREATE FUNCTION kantong.household_table_for(edition_id text, append boolean) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  n int;
BEGIN
  PERFORM kantong.require_draft(edition_id);
  SELECT household_table INTO n FROM kantong.edition WHERE id = edition_id AND append;
  IF n IS NULL THEN
    n := nextval('kantong.table_number');
    EXECUTE format('CREATE TABLE kantong.household_%s (LIKE kantong.household INCLUDING CONSTRAINTS INCLUDING GENERATED, CHECK (edition = %L))', n, edition_id);
  END IF;
  EXECUTE format('GRANT SELECT, INSERT ON kantong.household_%s TO SESSION_USER', n);
  RETURN n;
END $$;

-- Makes a filled table the draft's own, in the place of an earlier one. An id that is there twice is a unique_violation.
CREATE FUNCTION kantong.use_household_table(edition_id text, n int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE UNIQUE INDEX household_%s_id ON kantong.household_%s (id)', n, n);
  EXECUTE format('ANALYZE kantong.household_%s', n);
  PERFORM kantong.drop_household_table(edition_id);
  UPDATE kantong.edition SET household_table = n WHERE id = edition_id;
END $$;

-- Drops a draft's households.
CREATE FUNCTION kantong.drop_household_table(edition_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  n int;
BEGIN
  PERFORM kantong.require_draft(edition_id);
  SELECT household_table INTO n FROM kantong.edition WHERE id = edition_id;
  IF n IS NOT NULL THEN
    EXECUTE format('DROP TABLE kantong.household_%s', n);
    UPDATE kantong.edition SET household_table = NULL WHERE id = edition_id;
  END IF;
END $$;

-- Makes a draft's households a partition that nobody writes to any more.
CREATE FUNCTION kantong.attach_household_table(edition_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  n int;
BEGIN
  PERFORM kantong.require_draft(edition_id);
  SELECT household_table INTO STRICT n FROM kantong.edition WHERE id = edition_id;
  PERFORM kantong.freeze_table(format('household_%s', n));
  -- Unique without area_code, so Citus could not keep it; the primary key takes its place.
  EXECUTE format('DROP INDEX kantong.household_%s_id', n);
  EXECUTE format('ALTER TABLE kantong.household ATTACH PARTITION kantong.household_%s FOR VALUES IN (%L)', n, edition_id);
END $$;

-- Makes the empty tables household_state_<n> and enrolment_<n> for a draft release, which the caller may fill; gives n.
CREATE FUNCTION kantong.new_state_tables(edition_id text, release_id text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  n int := nextval('kantong.table_number');
  parent text;
BEGIN
  PERFORM kantong.require_draft(edition_id, release_id);
  FOREACH parent IN ARRAY ARRAY['household_state', 'enrolment'] LOOP
    EXECUTE format('CREATE TABLE kantong.%s_%s (LIKE kantong.%s INCLUDING CONSTRAINTS INCLUDING GENERATED, CHECK (state = %L))',
      parent, n, parent, kantong.state_id(edition_id, release_id));
    EXECUTE format('GRANT SELECT, INSERT ON kantong.%s_%s TO SESSION_USER', parent, n);
  END LOOP;
  RETURN n;
END $$;

-- Makes filled tables partitions that nobody writes to any more.
CREATE FUNCTION kantong.attach_state_tables(edition_id text, release_id text, n int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  parent text;
BEGIN
  PERFORM kantong.require_draft(edition_id, release_id);
  FOREACH parent IN ARRAY ARRAY['household_state', 'enrolment'] LOOP
    PERFORM kantong.freeze_table(format('%s_%s', parent, n));
    EXECUTE format('ALTER TABLE kantong.%s ATTACH PARTITION kantong.%s_%s FOR VALUES IN (%L)', parent, parent, n, kantong.state_id(edition_id, release_id));
    EXECUTE format('ANALYZE kantong.%s_%s', parent, n);
  END LOOP;
  UPDATE kantong.release SET state_table = n WHERE edition = edition_id AND id = release_id;
END $$;

CREATE FUNCTION kantong.state_id(edition_id text, release_id text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE release_id WHEN '' THEN edition_id ELSE edition_id || '+' || release_id END
$$;

-- Takes the right to write to a table from everybody but its owner.
CREATE FUNCTION kantong.freeze_table(name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  writer regrole;
BEGIN
  FOR writer IN SELECT DISTINCT a.grantee FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.oid = format('kantong.%I', name)::regclass AND a.privilege_type = 'INSERT' AND a.grantee NOT IN (0, c.relowner)
  LOOP
    EXECUTE format('REVOKE INSERT ON kantong.%I FROM %s', name, writer);
  END LOOP;
END $$;

-- Gives a role what a server needs: to read everything, to write drafts and keys, and nothing else.
CREATE FUNCTION kantong.grant_server(server text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA kantong TO %I', server);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA kantong TO %I', server);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA kantong GRANT SELECT ON TABLES TO %I', server);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON kantong.edition, kantong.release, kantong.area, kantong.program, kantong.indicator,
    kantong.import, kantong.draft_enrolment TO %I', server);
  EXECUTE format('GRANT INSERT, UPDATE ON kantong.api_key TO %I', server);
  EXECUTE format('GRANT EXECUTE ON FUNCTION kantong.household_table_for, kantong.use_household_table, kantong.drop_household_table,
    kantong.attach_household_table, kantong.new_state_tables, kantong.attach_state_tables TO %I', server);
END $$;
-- +goose StatementEnd

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA kantong FROM PUBLIC;
