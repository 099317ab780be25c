-- The registry in PostgreSQL. Unknown is NULL. Text that is compared or sorted is COLLATE "C", bytewise, as everywhere
-- in the program. What is large is partitioned, and every key of it holds area_code, so that Citus can distribute it:
-- see README.md.

-- +goose Up
CREATE EXTENSION IF NOT EXISTS postgis;

-- +goose StatementBegin
DO $$
BEGIN
  IF current_setting('server_version_num')::int < 150000 THEN
    RAISE EXCEPTION 'PostgreSQL 15 or later is needed, this is %', current_setting('server_version');
  END IF;
  IF (SELECT string_to_array(substring(extversion FROM '^\d+\.\d+'), '.')::int[] < ARRAY[3, 3] FROM pg_extension WHERE extname = 'postgis') THEN
    RAISE EXCEPTION 'PostGIS 3.3 or later is needed, this is %', (SELECT extversion FROM pg_extension WHERE extname = 'postgis');
  END IF;
END $$;
-- +goose StatementEnd

-- Numbers of the tables that hold one edition's households or one state: a name would not fit an identifier.
CREATE SEQUENCE kantong.table_number AS int;

CREATE TABLE kantong.edition (
  id text COLLATE "C" PRIMARY KEY,
  label text NOT NULL,
  source text NOT NULL,
  as_of date,
  synthetic boolean NOT NULL,
  boundaries text NOT NULL,
  schematic boolean NOT NULL,
  households bigint NOT NULL DEFAULT 0,
  people bigint NOT NULL DEFAULT 0,
  located bigint NOT NULL DEFAULT 0,
  content_hash text,
  published_at timestamptz, -- NULL for a draft
  programs_revision bigint NOT NULL DEFAULT 0,
  household_table int -- its households are in household_<this>, a partition of household once it is published; NULL: none yet
);

CREATE TABLE kantong.release (
  edition text COLLATE "C" NOT NULL REFERENCES kantong.edition ON DELETE CASCADE,
  id text COLLATE "C" NOT NULL, -- '' for an edition's own
  enrolments_as_of date,
  enrolments bigint NOT NULL DEFAULT 0,
  content_hash text,
  published_at timestamptz, -- NULL for a draft
  state_table int, -- of a published one: household_state_<this> and enrolment_<this>
  PRIMARY KEY (edition, id)
);

CREATE TABLE kantong.area (
  edition text COLLATE "C" NOT NULL REFERENCES kantong.edition ON DELETE CASCADE,
  code text COLLATE "C" NOT NULL,
  name text NOT NULL,
  level text NOT NULL,
  bps_code text NOT NULL,
  boundary geometry(MultiPolygon, 4326),
  area_km2 double precision NOT NULL,
  label_longitude double precision NOT NULL,
  label_latitude double precision NOT NULL,
  source text NOT NULL,
  PRIMARY KEY (edition, code)
);
CREATE INDEX area_boundary ON kantong.area USING gist (boundary);

CREATE TABLE kantong.program (
  edition text COLLATE "C" NOT NULL REFERENCES kantong.edition ON DELETE CASCADE,
  code text COLLATE "C" NOT NULL,
  bit smallint NOT NULL CHECK (bit BETWEEN 0 AND 63), -- in household_state.enrolled; stays while the programme does
  name text NOT NULL,
  pillar text NOT NULL,
  funder text NOT NULL,
  funder_kind text NOT NULL,
  budget_rupiah bigint,
  unit_cost_rupiah bigint,
  year int NOT NULL,
  eligibility jsonb NOT NULL, -- a household filter
  source text NOT NULL,
  PRIMARY KEY (edition, code),
  UNIQUE (edition, bit)
);

CREATE TABLE kantong.indicator (
  edition text COLLATE "C" NOT NULL REFERENCES kantong.edition ON DELETE CASCADE,
  area_code text COLLATE "C" NOT NULL,
  code text COLLATE "C" NOT NULL,
  year int NOT NULL,
  value double precision NOT NULL,
  unit text NOT NULL,
  source text NOT NULL,
  url text NOT NULL,
  note text NOT NULL,
  PRIMARY KEY (edition, area_code, code, year)
);

CREATE TABLE kantong.import (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  edition text COLLATE "C" NOT NULL REFERENCES kantong.edition ON DELETE CASCADE,
  kind text NOT NULL,
  release text COLLATE "C" NOT NULL,
  file text NOT NULL,
  sha256 text NOT NULL,
  rows bigint NOT NULL,
  rejected bigint NOT NULL,
  append boolean NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX import_edition ON kantong.import (edition, number);

CREATE TABLE kantong.api_key (
  id text COLLATE "C" PRIMARY KEY,
  role text NOT NULL,
  organisation text NOT NULL,
  sha256 bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);

-- Households in full. A draft's are in a table of their own, which becomes a partition when the edition is published.
-- The key begins with the id, by which households are listed and looked up.
CREATE TABLE kantong.household (
  id uuid NOT NULL, -- sorts bytewise, in 16 bytes
  score double precision,
  floor_area_m2 double precision,
  lon_e7 int, -- 1e-7 degrees, exact; geom follows from them
  lat_e7 int,
  expenditure_per_capita_rupiah int, -- at most 1 000 000 000
  power_va int,
  deprived_bits int NOT NULL, -- by number of the deprivation; UNSERVED is never here
  known_bits int NOT NULL,
  members smallint,
  head_age smallint,
  decile smallint,
  under_five smallint,
  school_age smallint,
  out_of_school smallint,
  elderly smallint,
  disabled smallint,
  pregnant smallint,
  stunted smallint,
  working_age smallint,
  working smallint,
  head_working boolean,
  savings boolean,
  nine_years_schooling boolean,
  health_insured boolean,
  disabled_supported boolean,
  edition text COLLATE "C" NOT NULL,
  area_code text COLLATE "C" NOT NULL,
  rw text COLLATE "C",
  rt text COLLATE "C",
  head_sex text COLLATE "C", -- MALE, FEMALE
  tenure text COLLATE "C",
  floor text COLLATE "C",
  wall text COLLATE "C",
  roof text COLLATE "C",
  water text COLLATE "C",
  lighting text COLLATE "C",
  fuel text COLLATE "C",
  sanitation text COLLATE "C",
  geom geometry(Point, 4326) GENERATED ALWAYS AS (ST_Point(lon_e7 / 1e7::float8, lat_e7 / 1e7::float8, 4326)) STORED,
  PRIMARY KEY (edition, id, area_code),
  CHECK ((lon_e7 IS NULL) = (lat_e7 IS NULL))
) PARTITION BY LIST (edition);

-- What engines read: one narrow row for each household of a state, in the order of area_code and then along a Hilbert
-- curve. A state is "edition+release", or the edition alone where its release has no name.
CREATE TABLE kantong.household_state (
  id uuid NOT NULL,
  enrolled bigint NOT NULL, -- ACTIVE enrolments, by program.bit
  record_key_1 int NOT NULL, -- 32 bits without a sign kept in an int: sum(int) is a bigint and fast, and right modulo 2^32
  record_key_2 int NOT NULL,
  lon_e7 int, -- NULL without a location
  lat_e7 int,
  expenditure int, -- rupiah a person a month
  deprived int NOT NULL, -- by number of the deprivation, UNSERVED (bit 16) among them
  known int NOT NULL,
  members smallint,
  head_sex smallint, -- 1 male, 2 female
  head_age smallint,
  decile smallint,
  under_five smallint,
  school_age smallint,
  out_of_school smallint,
  elderly smallint,
  disabled smallint,
  pregnant smallint,
  stunted smallint,
  state text COLLATE "C" NOT NULL,
  area_code text COLLATE "C" NOT NULL,
  rw text COLLATE "C",
  rt text COLLATE "C",
  geom geometry(Point, 4326) GENERATED ALWAYS AS (ST_Point(lon_e7 / 1e7::float8, lat_e7 / 1e7::float8, 4326)) STORED,
  PRIMARY KEY (state, id, area_code)
) PARTITION BY LIST (state);
CREATE INDEX household_state_geom ON kantong.household_state USING gist (geom);

-- Published enrolments. seq counts those of a household by programme, since and the rest, as they are listed.
CREATE TABLE kantong.enrolment (
  household uuid NOT NULL,
  rupiah bigint,
  seq int NOT NULL,
  persons int,
  since date,
  until date,
  state text COLLATE "C" NOT NULL,
  area_code text COLLATE "C" NOT NULL, -- of the household
  program text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  decree text COLLATE "C",
  PRIMARY KEY (state, household, seq, area_code)
) PARTITION BY LIST (state);

-- Enrolments of releases that are drafts. Their households, hence their areas, are looked up at publication.
CREATE TABLE kantong.draft_enrolment (
  household uuid NOT NULL,
  rupiah bigint,
  persons int,
  since date,
  until date,
  edition text COLLATE "C" NOT NULL,
  release text COLLATE "C" NOT NULL, -- no foreign key: it would be looked up for each row
  program text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  decree text COLLATE "C"
);
CREATE INDEX draft_enrolment_release ON kantong.draft_enrolment (edition, release);
