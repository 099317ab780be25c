-- Times are text in UTC to the microsecond, which sorts. Lists are JSON.

-- Further columns are in ledger_schema.go: a ledger of the first version lacks them.
CREATE TABLE IF NOT EXISTS api_keys (
  id TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  organisation TEXT NOT NULL,
  sha256 BLOB NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  revoked_at TEXT
) WITHOUT ROWID;

-- One chain of lines: the hash of each is over the line and the hash before it.
CREATE TABLE IF NOT EXISTS audit (
  sequence INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  key_id TEXT NOT NULL,
  role TEXT NOT NULL,
  organisation TEXT NOT NULL,
  purpose TEXT NOT NULL,
  action TEXT NOT NULL,
  operation TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  fields TEXT NOT NULL,
  states TEXT NOT NULL,
  rows INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  request_id TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
);
CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log is only added to');
END;
CREATE TRIGGER IF NOT EXISTS audit_is_not_removed BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log is only added to');
END;
-- This one also stops INSERT OR REPLACE, which runs no trigger of DELETE.
CREATE TRIGGER IF NOT EXISTS audit_has_no_gap BEFORE INSERT ON audit
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit) BEGIN
  SELECT RAISE(ABORT, 'the audit log is only added to at its end');
END;

-- What was shown to organisations, a row for each time that something new was. AUTOINCREMENT: no position comes twice.
CREATE TABLE IF NOT EXISTS spendings (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  organisation TEXT NOT NULL,
  edition TEXT NOT NULL,
  period TEXT NOT NULL,
  cells BLOB NOT NULL CHECK (length(cells) % 8 = 0) -- 8 bytes each, the highest first
);
CREATE INDEX IF NOT EXISTS spendings_account ON spendings (organisation, edition, period, position);

CREATE TABLE IF NOT EXISTS changes (
  key_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  at TEXT NOT NULL,
  request TEXT NOT NULL,
  result BLOB, -- JSON; NULL until the change ended
  PRIMARY KEY (key_id, client_id)
) WITHOUT ROWID;

-- Imports of uploaded files. AUTOINCREMENT: no number comes twice.
CREATE TABLE IF NOT EXISTS jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  key_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  request TEXT NOT NULL,
  server TEXT NOT NULL,
  at TEXT NOT NULL,
  asked TEXT NOT NULL, -- JSON
  state TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  cancel_at TEXT,
  status TEXT NOT NULL, -- JSON
  UNIQUE (key_id, client_id)
);
CREATE INDEX IF NOT EXISTS jobs_open ON jobs (number) WHERE state IN ('QUEUED', 'RUNNING');
CREATE TRIGGER IF NOT EXISTS jobs_end_once BEFORE UPDATE ON jobs WHEN OLD.state NOT IN ('QUEUED', 'RUNNING') BEGIN
  SELECT RAISE(ABORT, 'a job that has ended does not change');
END;
