-- Which areas of an earlier boundary set an area was made from.

-- +goose Up
CREATE TABLE kantong.succession (
  edition text COLLATE "C" NOT NULL REFERENCES kantong.edition ON DELETE CASCADE,
  code text COLLATE "C" NOT NULL,
  predecessor text COLLATE "C" NOT NULL,
  decree text NOT NULL, -- '' for unknown
  date date,
  PRIMARY KEY (edition, code, predecessor)
);

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
    kantong.import, kantong.draft_enrolment, kantong.fingerprint, kantong.unmatched, kantong.succession TO %I', server);
  EXECUTE format('GRANT INSERT ON kantong.block_tree TO %I', server);
  EXECUTE format('GRANT EXECUTE ON FUNCTION kantong.household_table_for, kantong.use_household_table, kantong.drop_household_table,
    kantong.attach_household_table, kantong.new_state_tables, kantong.attach_state_tables TO %I', server);
  PERFORM kantong.grant_ledger(server);
END $$;
-- +goose StatementEnd
