-- Blocks to count in, fingerprints of secrets, and sums of record keys by edition.

-- +goose Up
-- Of all editions: once an area is parted into blocks, it stays so. Rows are only ever added.
CREATE TABLE kantong.block_tree (
  area_code text COLLATE "C" PRIMARY KEY,
  version int NOT NULL, -- of the form of tree
  tree text NOT NULL -- in JSON
);

-- Which secrets made the ids and record keys; not the secrets themselves.
CREATE TABLE kantong.fingerprint (
  secret text COLLATE "C" PRIMARY KEY,
  fingerprint text NOT NULL
);

-- Sums of record keys over an edition's households and over its located ones: both words, modulo 2^32, without a sign.
ALTER TABLE kantong.edition
  ADD COLUMN keys_1 bigint NOT NULL DEFAULT 0,
  ADD COLUMN keys_2 bigint NOT NULL DEFAULT 0,
  ADD COLUMN located_keys_1 bigint NOT NULL DEFAULT 0,
  ADD COLUMN located_keys_2 bigint NOT NULL DEFAULT 0;

-- Any state of a published edition has its record keys. One edition at a time, so that only the partition of its state is
-- read. A sum of words kept with a sign is right modulo 2^32.
-- +goose StatementBegin
DO $$
DECLARE
  published record;
  sums record;
  word CONSTANT bigint := 4294967295;
BEGIN
  FOR published IN SELECT DISTINCT ON (edition) edition, kantong.state_id(edition, id) AS state
    FROM kantong.release WHERE published_at IS NOT NULL ORDER BY edition, published_at
  LOOP
    SELECT coalesce(sum(record_key_1), 0) & word AS keys_1, coalesce(sum(record_key_2), 0) & word AS keys_2,
      coalesce(sum(record_key_1) FILTER (WHERE lon_e7 IS NOT NULL), 0) & word AS located_keys_1,
      coalesce(sum(record_key_2) FILTER (WHERE lon_e7 IS NOT NULL), 0) & word AS located_keys_2
      INTO sums FROM kantong.household_state WHERE state = published.state;
    UPDATE kantong.edition SET keys_1 = sums.keys_1, keys_2 = sums.keys_2, located_keys_1 = sums.located_keys_1,
      located_keys_2 = sums.located_keys_2 WHERE id = published.edition;
  END LOOP;
END $$;
-- +goose StatementEnd

-- Gives a role what a server needs: to read everything, to write drafts, the ledger and fingerprints, to add blocks, and
-- nothing else.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION kantong.grant_server(server text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA kantong TO %I', server);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA kantong TO %I', server);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA kantong GRANT SELECT ON TABLES TO %I', server);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON kantong.edition, kantong.release, kantong.area, kantong.program, kantong.indicator,
    kantong.import, kantong.draft_enrolment, kantong.fingerprint TO %I', server);
  EXECUTE format('GRANT INSERT ON kantong.block_tree TO %I', server);
  EXECUTE format('GRANT EXECUTE ON FUNCTION kantong.household_table_for, kantong.use_household_table, kantong.drop_household_table,
    kantong.attach_household_table, kantong.new_state_tables, kantong.attach_state_tables TO %I', server);
  PERFORM kantong.grant_ledger(server);
END $$;
-- +goose StatementEnd
