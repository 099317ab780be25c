-- Version 3 of the tables: numbers by which families are found again, and recipients who were not found.

-- Keyed hashes of numbers, of drafts and published editions alike: see registry.MatchKey.
CREATE TABLE match_keys (
  fid INTEGER PRIMARY KEY,
  household_fid INTEGER NOT NULL,
  kind TEXT NOT NULL,
  hash BLOB NOT NULL
);
CREATE INDEX match_keys_of_household ON match_keys (household_fid);

-- Counts by programme and area: see registry.Unmatched. Of keys, the first word is the upper half.
CREATE TABLE unmatched (
  fid INTEGER PRIMARY KEY,
  edition TEXT NOT NULL,
  release TEXT NOT NULL,
  program TEXT NOT NULL,
  area_code TEXT NOT NULL, -- empty for unknown
  recipients INTEGER NOT NULL,
  keys INTEGER NOT NULL,
  UNIQUE (edition, release, program, area_code)
);
