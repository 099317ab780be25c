-- Imports of uploaded files, as jobs in the ledger.

-- +goose Up
CREATE TABLE kantong.job (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  key_id text COLLATE "C" NOT NULL,
  client_id text COLLATE "C" NOT NULL,
  request text NOT NULL, -- hash of what was asked
  server text COLLATE "C" NOT NULL, -- who has the file
  at timestamptz NOT NULL,
  asked text NOT NULL, -- JSON
  state text COLLATE "C" NOT NULL,
  seen_at timestamptz NOT NULL, -- last sign of life of that server
  cancel_at timestamptz,
  status text NOT NULL, -- JSON
  UNIQUE (key_id, client_id)
);
CREATE INDEX job_open ON kantong.job (number) WHERE state IN ('QUEUED', 'RUNNING');

-- Gives a role what a server needs of the ledger: to end keys but not to remove them, to add to the audit log and to spendings
-- but not to change what is there, and to keep changes and jobs. kantong.grant_server does this too.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION kantong.grant_ledger(server text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('GRANT INSERT, UPDATE ON kantong.api_key, kantong.job TO %I', server);
  EXECUTE format('GRANT INSERT ON kantong.audit, kantong.spending TO %I', server);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON kantong.change TO %I', server);
END $$;
-- +goose StatementEnd
