-- Numbers by which families are found again, locations that come later, and recipients on lists who are no family.

-- +goose Up
-- Keyed hashes of numbers, in a table match_key_<n> beside each household_<n>, with which it comes, is frozen and goes. This
-- one stays empty: it is what those are made like. There is no index: they are read as a whole, when a file is imported.
CREATE TABLE kantong.match_key (
  household uuid NOT NULL,
  hash uuid NOT NULL,
  kind text COLLATE "C" NOT NULL -- what it was made of: kk, head, nik, dtks, p3ke, number
);

-- Counts of recipients on a release's lists who are no family of the edition.
CREATE TABLE kantong.unmatched (
  edition text COLLATE "C" NOT NULL REFERENCES kantong.edition ON DELETE CASCADE,
  release text COLLATE "C" NOT NULL,
  program text COLLATE "C" NOT NULL,
  area_code text COLLATE "C" NOT NULL, -- '' for unknown
  recipients bigint NOT NULL,
  keys_1 bigint NOT NULL, -- sums of record keys, both words modulo 2^32, without a sign
  keys_2 bigint NOT NULL,
  PRIMARY KEY (edition, release, program, area_code)
);

-- Households that are there already have no such numbers.
-- +goose StatementBegin
DO $$
DECLARE
  n int;
BEGIN
  FOR n IN SELECT household_table FROM kantong.edition WHERE household_table IS NOT NULL LOOP
    EXECUTE format('CREATE TABLE kantong.match_key_%s (LIKE kantong.match_key)', n);
  END LOOP;
END $$;

-- Gives the number of a table of households that the caller may add a draft's to, and set locations in: the draft's own
-- where rows are appended and there is one, else a new one.
CREATE OR REPLACE FUNCTION kantong.household_table_for(edition_id text, append boolean) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  n int;
BEGIN
  PERFORM kantong.require_draft(edition_id);
  SELECT household_table INTO n FROM kantong.edition WHERE id = edition_id AND append;
  IF n IS NULL THEN
    n := nextval('kantong.table_number');
    EXECUTE format('CREATE TABLE kantong.household_%s (LIKE kantong.household INCLUDING CONSTRAINTS INCLUDING GENERATED, CHECK (edition = %L))', n, edition_id);
    EXECUTE format('CREATE TABLE kantong.match_key_%s (LIKE kantong.match_key)', n);
  END IF;
  EXECUTE format('GRANT SELECT, INSERT ON kantong.household_%s, kantong.match_key_%s TO SESSION_USER', n, n);
  EXECUTE format('GRANT UPDATE (lon_e7, lat_e7) ON kantong.household_%s TO SESSION_USER', n);
  RETURN n;
END $$;

-- Drops a draft's households.
CREATE OR REPLACE FUNCTION kantong.drop_household_table(edition_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  n int;
BEGIN
  PERFORM kantong.require_draft(edition_id);
  SELECT household_table INTO n FROM kantong.edition WHERE id = edition_id;
  IF n IS NOT NULL THEN
    EXECUTE format('DROP TABLE kantong.household_%s, kantong.match_key_%s', n, n);
    UPDATE kantong.edition SET household_table = NULL WHERE id = edition_id;
  END IF;
END $$;

-- Makes a draft's households a partition that nobody writes to any more.
CREATE OR REPLACE FUNCTION kantong.attach_household_table(edition_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  n int;
BEGIN
  PERFORM kantong.require_draft(edition_id);
  SELECT household_table INTO STRICT n FROM kantong.edition WHERE id = edition_id;
  PERFORM kantong.freeze_table(format('household_%s', n));
  PERFORM kantong.freeze_table(format('match_key_%s', n));
  -- Unique without area_code, so Citus could not keep it; the primary key takes its place.
  EXECUTE format('DROP INDEX kantong.household_%s_id', n);
  EXECUTE format('ALTER TABLE kantong.household ATTACH PARTITION kantong.household_%s FOR VALUES IN (%L)', n, edition_id);
END $$;

-- Takes the right to write to a table from everybody but its owner.
CREATE OR REPLACE FUNCTION kantong.freeze_table(name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  writer regrole;
BEGIN
  FOR writer IN SELECT DISTINCT a.grantee FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.oid = format('kantong.%I', name)::regclass AND a.privilege_type = 'INSERT' AND a.grantee NOT IN (0, c.relowner)
  LOOP
    EXECUTE format('REVOKE INSERT, UPDATE ON kantong.%I FROM %s', name, writer);
  END LOOP;
END $$;

-- Gives a role what a server needs: to read everything, to write drafts, the ledger and fingerprints, to add blocks, and
-- nothing else.
CREATE OR REPLACE FUNCTION kantong.grant_server(server text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA kantong TO %I', server);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA kantong TO %I', server);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA kantong GRANT SELECT ON TABLES TO %I', server);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON kantong.edition, kantong.release, kantong.area, kantong.program, kantong.indicator,
    kantong.import, kantong.draft_enrolment, kantong.fingerprint, kantong.unmatched TO %I', server);
  EXECUTE format('GRANT INSERT ON kantong.block_tree TO %I', server);
  EXECUTE format('GRANT EXECUTE ON FUNCTION kantong.household_table_for, kantong.use_household_table, kantong.drop_household_table,
    kantong.attach_household_table, kantong.new_state_tables, kantong.attach_state_tables TO %I', server);
  PERFORM kantong.grant_ledger(server);
END $$;
-- +goose StatementEnd
