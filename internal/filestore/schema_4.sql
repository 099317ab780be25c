-- Version 4 of the tables: which areas of an earlier boundary set an area was made from.

-- See registry.Succession.
CREATE TABLE successions (
  fid INTEGER PRIMARY KEY,
  edition TEXT NOT NULL,
  code TEXT NOT NULL,
  predecessor TEXT NOT NULL,
  decree TEXT NOT NULL, -- empty for unknown
  date DATE,
  UNIQUE (edition, code, predecessor)
);
