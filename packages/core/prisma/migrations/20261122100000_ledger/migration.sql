-- The tree over a municipality's leaves, signed: formats in src/ledger/format, written by the sequencer alone.

-- A log is a name (its origin) and how far its tree reaches. A demo municipality that is made anew gets another log with another
-- origin and key, since one that began again under the old name would be a fork.
CREATE TABLE ledger_log (
  municipality_id uuid NOT NULL PRIMARY KEY REFERENCES municipality (id),
  origin text NOT NULL,
  size bigint NOT NULL,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT ledger_log_origin_unique UNIQUE (origin)
);

-- Ed25519 keys: of the log, which signs checkpoints and contributions, and of the witness that this municipality is for others;
-- and the age key that contributions to a joint programme led from here are encrypted to (its public half as text).
-- Retired keys stay, without their private half, so that what they signed can be checked.
CREATE TABLE ledger_key (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  purpose text NOT NULL,
  key_id text NOT NULL,
  name text NOT NULL,
  public_key bytea NOT NULL,
  master_key_id text,
  wrapped_key bytea,
  created_at timestamptz(3) NOT NULL,
  from_size bigint NOT NULL,
  retired_at timestamptz(3),
  PRIMARY KEY (municipality_id, purpose, key_id)
);

-- Tiles of height 8 (C2SP tlog-tiles): up to 256 hashes of 32 bytes each. The last of each level grows until it is full.
CREATE TABLE ledger_tile (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  level integer NOT NULL,
  "index" bigint NOT NULL,
  hashes bytea NOT NULL,
  PRIMARY KEY (municipality_id, level, "index")
);

CREATE TABLE ledger_checkpoint (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  size bigint NOT NULL,
  origin text NOT NULL,
  root_hash bytea NOT NULL,
  note text NOT NULL,
  key_id text NOT NULL,
  signed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, size),
  -- Whoever signs, and however many believe that they lead: one tree per size.
  CONSTRAINT ledger_checkpoint_once UNIQUE (origin, size)
);

-- Whose cosignatures this municipality takes.
CREATE TABLE ledger_witness (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  id uuid NOT NULL,
  verifier_key text NOT NULL,
  staff_id uuid,
  trusted_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  PRIMARY KEY (municipality_id, id),
  CONSTRAINT ledger_witness_key_unique UNIQUE (municipality_id, verifier_key),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);

CREATE TABLE ledger_cosignature (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  size bigint NOT NULL,
  witness_id uuid NOT NULL,
  line text NOT NULL,
  cosigned_at timestamptz(3) NOT NULL,
  added_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, size, witness_id),
  FOREIGN KEY (municipality_id, size) REFERENCES ledger_checkpoint (municipality_id, size),
  FOREIGN KEY (municipality_id, witness_id) REFERENCES ledger_witness (municipality_id, id)
);

-- The logs of others that this municipality witnesses, each as it last saw it.
CREATE TABLE ledger_witnessed (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  origin text NOT NULL,
  verifier_key text NOT NULL,
  size bigint NOT NULL,
  root_hash bytea NOT NULL,
  cosigned_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, origin)
);

-- What a rebuild from the leaves found, each time one was made.
CREATE TABLE ledger_check (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  id uuid NOT NULL,
  size bigint NOT NULL,
  sound boolean NOT NULL,
  findings jsonb NOT NULL,
  checked_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id)
);
CREATE INDEX ON ledger_check (municipality_id, checked_at);

-- ---------------------------------------------------------------------------------------------------------------------
-- What Prisma cannot say
-- ---------------------------------------------------------------------------------------------------------------------

ALTER TABLE ledger_log ADD CONSTRAINT ledger_log_size CHECK (size >= 0);
ALTER TABLE ledger_key
  ADD CONSTRAINT ledger_key_purpose CHECK (purpose IN ('log', 'witness', 'contributions')),
  ADD CONSTRAINT ledger_key_public CHECK (purpose = 'contributions' OR octet_length(public_key) = 32),
  ADD CONSTRAINT ledger_key_wrapped CHECK ((wrapped_key IS NULL) = (master_key_id IS NULL)),
  ADD CONSTRAINT ledger_key_retired CHECK ((retired_at IS NULL) = (wrapped_key IS NOT NULL));
CREATE UNIQUE INDEX ledger_key_current ON ledger_key (municipality_id, purpose) WHERE retired_at IS NULL;
ALTER TABLE ledger_tile ADD CONSTRAINT ledger_tile_hashes
  CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0);
ALTER TABLE ledger_checkpoint ADD CONSTRAINT ledger_checkpoint_root CHECK (octet_length(root_hash) = 32);
ALTER TABLE ledger_witnessed ADD CONSTRAINT ledger_witnessed_root CHECK (octet_length(root_hash) = 32);

-- ---------------------------------------------------------------------------------------------------------------------
-- Row-level security
-- ---------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'ledger_log', 'ledger_key', 'ledger_tile', 'ledger_checkpoint', 'ledger_witness', 'ledger_cosignature',
    'ledger_witnessed', 'ledger_check'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY tenant ON %I TO naer_app USING (municipality_id = app_municipality()) WITH CHECK (municipality_id = app_municipality())', table_name);
  END LOOP;
  FOREACH table_name IN ARRAY ARRAY['ledger_log', 'ledger_key', 'ledger_tile', 'ledger_checkpoint'] LOOP
    EXECUTE format('CREATE POLICY worker ON %I TO naer_worker USING (true) WITH CHECK (true)', table_name);
  END LOOP;
END $$;

-- Core reads the tree; the sequencer, with the login across municipalities, writes it and never changes what it signed.
GRANT SELECT ON ledger_log, ledger_tile, ledger_checkpoint TO naer_app;
GRANT SELECT, INSERT ON ledger_key TO naer_app;
GRANT UPDATE (retired_at, master_key_id, wrapped_key) ON ledger_key TO naer_app;
GRANT SELECT, INSERT ON ledger_cosignature, ledger_check TO naer_app;
GRANT SELECT, INSERT, UPDATE ON ledger_witness, ledger_witnessed TO naer_app;
GRANT SELECT, INSERT ON ledger_log TO naer_worker;
GRANT UPDATE (size) ON ledger_log TO naer_worker;
GRANT SELECT, INSERT ON ledger_key, ledger_checkpoint, ledger_tile TO naer_worker;
GRANT UPDATE (master_key_id, wrapped_key) ON ledger_key TO naer_worker;
GRANT UPDATE (hashes) ON ledger_tile TO naer_worker;
-- So that those who listen hear of each checkpoint.
GRANT INSERT (municipality_id, type, entity_kind, entity_id, data, occurred_at) ON change_event TO naer_worker;

-- ---------------------------------------------------------------------------------------------------------------------
-- Making a demo municipality anew
-- ---------------------------------------------------------------------------------------------------------------------

-- As it was (20261122093000_demo), but for the lock.
-- Empties a demo municipality but for itself and those of its staff who are named, with their tokens. Tables are found rather
-- than listed, so that none is forgotten: whatever refers to another table is emptied before it.
CREATE OR REPLACE FUNCTION erase_demo_municipality(erased uuid, kept_initials text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  -- The sequencer takes these in this order; so they come last and in the same one.
  sequenced CONSTANT regclass[] := ARRAY['public.ledger_leaf', 'public.sequence_head', 'public.change_event']::regclass[];
  waiting regclass[];
  next regclass;
BEGIN
  PERFORM FROM public.municipality WHERE id = erased AND is_demo FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this is no demo municipality' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- Whoever signs holds this too (src/storage/advisory-locks.ts): so no checkpoint of the old log is left to the new one.
  PERFORM pg_advisory_xact_lock(7214008, hashtext(erased::text));
  UPDATE public.staff SET team_id = NULL WHERE municipality_id = erased AND initials = ANY (kept_initials);

  SELECT array_agg(class.oid::regclass ORDER BY class.relname) INTO waiting
  FROM pg_class AS class JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
  WHERE class.relnamespace = 'public'::regnamespace AND class.relkind IN ('r', 'p') AND NOT class.relispartition
    AND attribute.attname = 'municipality_id' AND NOT attribute.attisdropped AND class.oid <> ALL (sequenced);
  WHILE cardinality(waiting) > 0 LOOP
    SELECT candidate INTO next FROM unnest(waiting) AS candidate
    WHERE NOT EXISTS (
      SELECT FROM pg_constraint AS reference
      WHERE reference.contype = 'f' AND reference.confrelid = candidate
        AND reference.conrelid <> candidate AND reference.conrelid = ANY (waiting)
    ) LIMIT 1;
    IF next IS NULL THEN
      RAISE EXCEPTION 'these tables refer to each other: %', waiting;
    END IF;
    waiting := array_remove(waiting, next);
    IF next = 'public.staff'::regclass THEN
      DELETE FROM public.staff WHERE municipality_id = erased AND initials <> ALL (kept_initials);
    ELSIF next = 'public.access_token'::regclass THEN
      DELETE FROM public.access_token AS token USING public.staff
      WHERE token.municipality_id = erased AND staff.municipality_id = erased AND staff.id = token.staff_id
        AND staff.initials <> ALL (kept_initials);
    ELSE
      EXECUTE format('DELETE FROM %s WHERE municipality_id = $1', next) USING erased;
    END IF;
  END LOOP;

  -- The ledger begins anew. Events go on counting, or else those who listen would wait for numbers that they have seen.
  DELETE FROM public.ledger_leaf WHERE municipality_id = erased;
  UPDATE public.sequence_head SET ledger_size = 0 WHERE municipality_id = erased;
  DELETE FROM public.change_event WHERE municipality_id = erased;
END $$;
