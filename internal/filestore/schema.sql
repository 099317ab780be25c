-- The tables of a registry, version 1, but for households, whose columns are listed in Go. Unknown is NULL. Every table
-- has the integer key that GeoPackage asks for.
CREATE TABLE store (
  fid INTEGER PRIMARY KEY,
  version INTEGER NOT NULL
);

CREATE TABLE editions (
  fid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  source TEXT NOT NULL,
  as_of DATE,
  synthetic BOOLEAN NOT NULL,
  boundaries TEXT NOT NULL,
  schematic BOOLEAN NOT NULL,
  households INTEGER NOT NULL DEFAULT 0,
  people INTEGER NOT NULL DEFAULT 0,
  located INTEGER NOT NULL DEFAULT 0,
  content_hash TEXT,
  published_at DATETIME,
  programs_revision INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE releases (
  fid INTEGER PRIMARY KEY,
  edition TEXT NOT NULL,
  id TEXT NOT NULL, -- empty for an edition's own
  enrolments_as_of DATE,
  enrolments INTEGER NOT NULL DEFAULT 0,
  content_hash TEXT,
  published_at DATETIME,
  UNIQUE (edition, id)
);

CREATE TABLE areas (
  fid INTEGER PRIMARY KEY,
  geom MULTIPOLYGON,
  edition TEXT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
  bps_code TEXT NOT NULL,
  area_km2 REAL NOT NULL,
  label_longitude REAL NOT NULL,
  label_latitude REAL NOT NULL,
  source TEXT NOT NULL,
  UNIQUE (edition, code)
);

-- Written when an edition is published: see registry.RecordKey. The first word is the upper half. Beside the households
-- and not in them, so that publishing does not write every household again.
CREATE TABLE record_keys (
  household_fid INTEGER PRIMARY KEY,
  record_key INTEGER NOT NULL
);

CREATE TABLE programs (
  fid INTEGER PRIMARY KEY,
  edition TEXT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  pillar TEXT NOT NULL,
  funder TEXT NOT NULL,
  funder_kind TEXT NOT NULL,
  budget_rupiah INTEGER,
  unit_cost_rupiah INTEGER,
  year INTEGER NOT NULL,
  eligibility TEXT NOT NULL, -- a household filter in JSON
  source TEXT NOT NULL,
  UNIQUE (edition, code)
);

CREATE TABLE enrolments (
  fid INTEGER PRIMARY KEY,
  edition TEXT NOT NULL,
  release TEXT NOT NULL,
  household TEXT NOT NULL,
  program TEXT NOT NULL,
  status TEXT NOT NULL,
  since DATE,
  until DATE,
  persons INTEGER,
  rupiah INTEGER,
  decree TEXT
);
CREATE INDEX enrolments_in_order ON enrolments (edition, release, household, program, since);

CREATE TABLE indicators (
  fid INTEGER PRIMARY KEY,
  edition TEXT NOT NULL,
  area_code TEXT NOT NULL,
  code TEXT NOT NULL,
  year INTEGER NOT NULL,
  value REAL NOT NULL,
  unit TEXT NOT NULL,
  source TEXT NOT NULL,
  url TEXT NOT NULL,
  note TEXT NOT NULL,
  UNIQUE (edition, area_code, code, year)
);

CREATE TABLE imports (
  fid INTEGER PRIMARY KEY,
  edition TEXT NOT NULL,
  kind TEXT NOT NULL,
  release TEXT NOT NULL,
  file TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  rows INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  append BOOLEAN NOT NULL,
  at DATETIME NOT NULL
);
