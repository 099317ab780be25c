-- The ledger: what keys are for and when they end, the audit log, what budgets were spent on, and which changes were asked
-- for.

-- +goose Up
ALTER TABLE kantong.api_key
  ADD COLUMN purpose text NOT NULL DEFAULT '',
  ADD COLUMN areas text[] NOT NULL DEFAULT '{}', -- that a planner's key is limited to; empty: no limit
  ADD COLUMN expires_at timestamptz; -- NULL: never

-- One chain of lines: the hash of each is over the line and the hash before it. Servers add to it one at a time, under an
-- advisory lock, so that sequence has no gap.
CREATE TABLE kantong.audit (
  sequence bigint PRIMARY KEY CHECK (sequence > 0),
  at timestamptz NOT NULL,
  rows bigint NOT NULL, -- households shown one by one
  key_id text NOT NULL, -- '' for the command line
  role text NOT NULL,
  organisation text NOT NULL,
  purpose text NOT NULL,
  action text NOT NULL,
  operation text NOT NULL,
  sha256 text NOT NULL, -- of the query's text
  fields text[] NOT NULL,
  states text[] NOT NULL,
  outcome text NOT NULL, -- code of the first error, '' when all went well
  request_id text NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

-- +goose StatementBegin
CREATE FUNCTION kantong.refuse_rewriting() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;
-- +goose StatementEnd

-- The owner, too, must disable this before a line can be changed. ALWAYS: replication does not switch it off.
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON kantong.audit
  FOR EACH STATEMENT EXECUTE FUNCTION kantong.refuse_rewriting();
ALTER TABLE kantong.audit ENABLE ALWAYS TRIGGER audit_only_grows;

-- What was shown to organisations, a row for each time that something new was. Within an account rows become visible in the
-- order of position.
CREATE TABLE kantong.spending (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation text COLLATE "C" NOT NULL,
  edition text COLLATE "C" NOT NULL, -- no foreign key: it outlives the edition
  period text COLLATE "C" NOT NULL,
  cells bytea NOT NULL CHECK (octet_length(cells) % 8 = 0) -- 8 bytes each, the highest first
);
CREATE INDEX spending_account ON kantong.spending (organisation, edition, period, position);

-- Changes that clients asked for under ids of their own.
CREATE TABLE kantong.change (
  key_id text COLLATE "C" NOT NULL,
  client_id text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  request text NOT NULL, -- hash of what was asked
  result bytea, -- JSON, byte by byte as it was answered; NULL until the change ended
  PRIMARY KEY (key_id, client_id)
);

-- Gives a role what a server needs of the ledger: to end keys but not to remove them, and to add to the audit log and to
-- spendings but not to change what is there. kantong.grant_server does this too.
-- +goose StatementBegin
CREATE FUNCTION kantong.grant_ledger(server text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('GRANT INSERT, UPDATE ON kantong.api_key TO %I', server);
  EXECUTE format('GRANT INSERT ON kantong.audit, kantong.spending TO %I', server);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON kantong.change TO %I', server);
END $$;
-- +goose StatementEnd

REVOKE EXECUTE ON FUNCTION kantong.refuse_rewriting, kantong.grant_ledger FROM PUBLIC;
