-- Version 2 of the tables: blocks to count in, fingerprints of secrets, and sums of record keys.

-- Of all editions: once an area is parted into blocks, it stays so.
CREATE TABLE blocks (
  fid INTEGER PRIMARY KEY,
  area TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL, -- of the form of tree
  tree TEXT NOT NULL -- in JSON
);

CREATE TABLE fingerprints (
  fid INTEGER PRIMARY KEY,
  secret TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL
);

-- Sums of record_keys.record_key over an edition's households, and over its located ones. Both words are summed for
-- themselves, modulo 2^32; the first is the upper half.
ALTER TABLE editions ADD COLUMN keys INTEGER NOT NULL DEFAULT 0;
ALTER TABLE editions ADD COLUMN located_keys INTEGER NOT NULL DEFAULT 0;

-- Shifting up cuts a sum to 32 bits.
UPDATE editions SET (keys, located_keys) = (
  SELECT sum(first) << 32 | (sum(second) & 0xffffffff),
    coalesce(sum(first) FILTER (WHERE located) << 32 | (sum(second) FILTER (WHERE located) & 0xffffffff), 0)
  FROM (SELECT record_key >> 32 AS first, record_key & 0xffffffff AS second, geom IS NOT NULL AS located
    FROM households JOIN record_keys ON household_fid = households.fid WHERE edition = editions.id)
) WHERE published_at IS NOT NULL;
