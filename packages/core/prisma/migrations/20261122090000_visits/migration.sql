-- Visits, the plans that make them, granted time over time, and the hand-off to the case system.

ALTER TABLE staff ADD COLUMN shift text NOT NULL DEFAULT 'day';
ALTER TABLE staff ALTER COLUMN shift DROP DEFAULT;
ALTER TABLE staff ADD CONSTRAINT staff_shift CHECK (shift IN ('day', 'evening', 'night'));
ALTER TABLE citizen ADD COLUMN substitute_by_video text NOT NULL DEFAULT 'unknown';
ALTER TABLE citizen ALTER COLUMN substitute_by_video DROP DEFAULT;
ALTER TABLE citizen ADD CONSTRAINT citizen_substitute_by_video CHECK (substitute_by_video IN ('unknown', 'welcome', 'unwanted'));

CREATE TABLE visit_rules (
  municipality_id uuid NOT NULL PRIMARY KEY REFERENCES municipality (id),
  rules jsonb NOT NULL,
  updated_at timestamptz(3) NOT NULL
);

CREATE TABLE citizen_grant (
  municipality_id uuid NOT NULL,
  citizen_id uuid NOT NULL,
  from_on date NOT NULL,
  minutes integer NOT NULL,
  per text NOT NULL,
  PRIMARY KEY (municipality_id, citizen_id, from_on),
  FOREIGN KEY (municipality_id, citizen_id) REFERENCES citizen (municipality_id, id),
  CONSTRAINT citizen_grant_minutes CHECK (minutes BETWEEN 0 AND 10080 AND per IN ('week', 'fortnight'))
);

CREATE TABLE visit_plan (
  municipality_id uuid NOT NULL,
  id uuid NOT NULL,
  citizen_id uuid NOT NULL,
  worker_id uuid NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  starts_on date NOT NULL,
  ends_on date,
  holidays text NOT NULL,
  room jsonb NOT NULL,
  phases jsonb NOT NULL,
  overruled text[] NOT NULL,
  made_until text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  FOREIGN KEY (municipality_id, citizen_id) REFERENCES citizen (municipality_id, id),
  FOREIGN KEY (municipality_id, worker_id) REFERENCES staff (municipality_id, id)
);
CREATE INDEX ON visit_plan (municipality_id, citizen_id);
CREATE INDEX ON visit_plan (municipality_id, worker_id);

CREATE TABLE visit_plan_change (
  municipality_id uuid NOT NULL,
  id uuid NOT NULL,
  plan_id uuid NOT NULL,
  kind text NOT NULL,
  week text,
  slot integer,
  change jsonb NOT NULL,
  word text NOT NULL,
  staff_id uuid,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  FOREIGN KEY (municipality_id, plan_id) REFERENCES visit_plan (municipality_id, id),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);
CREATE INDEX ON visit_plan_change (municipality_id, plan_id, recorded_at);

CREATE TABLE visit_plan_gap (
  municipality_id uuid NOT NULL,
  plan_id uuid NOT NULL,
  week text NOT NULL,
  slot integer NOT NULL,
  starts_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (municipality_id, plan_id, week, slot),
  FOREIGN KEY (municipality_id, plan_id) REFERENCES visit_plan (municipality_id, id)
);

CREATE TABLE visit (
  municipality_id uuid NOT NULL,
  id uuid NOT NULL,
  citizen_id uuid NOT NULL,
  worker_id uuid NOT NULL,
  channel text NOT NULL,
  origin text NOT NULL,
  state text NOT NULL,
  happens_at timestamptz(3) NOT NULL,
  planned_starts_at timestamptz(3),
  planned_ends_at timestamptz(3),
  proposed_by text,
  purposes text[] NOT NULL,
  topics text[] NOT NULL,
  booking_id uuid,
  owns_booking boolean NOT NULL,
  plan_id uuid,
  plan_week text,
  plan_slot integer,
  ended_by text,
  ended_reason text,
  overruled text[] NOT NULL,
  revision integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  -- A plan makes each of its visits once, however often it is asked.
  CONSTRAINT visit_plan_slot_unique UNIQUE (municipality_id, plan_id, plan_week, plan_slot),
  FOREIGN KEY (municipality_id, citizen_id) REFERENCES citizen (municipality_id, id),
  FOREIGN KEY (municipality_id, worker_id) REFERENCES staff (municipality_id, id),
  FOREIGN KEY (municipality_id, booking_id) REFERENCES booking (municipality_id, id),
  FOREIGN KEY (municipality_id, plan_id) REFERENCES visit_plan (municipality_id, id)
);
CREATE INDEX ON visit (municipality_id, happens_at);
CREATE INDEX ON visit (municipality_id, worker_id, happens_at);
CREATE INDEX ON visit (municipality_id, citizen_id, happens_at);
CREATE INDEX ON visit (municipality_id, booking_id);

CREATE TABLE visit_part (
  municipality_id uuid NOT NULL,
  visit_id uuid NOT NULL,
  place integer NOT NULL,
  kind text NOT NULL,
  starts_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3),
  minutes integer,
  PRIMARY KEY (municipality_id, visit_id, place),
  FOREIGN KEY (municipality_id, visit_id) REFERENCES visit (municipality_id, id)
);
CREATE INDEX ON visit_part (municipality_id, starts_at);

CREATE TABLE visit_participant (
  municipality_id uuid NOT NULL,
  visit_id uuid NOT NULL,
  place integer NOT NULL,
  kind text NOT NULL,
  staff_id uuid,
  PRIMARY KEY (municipality_id, visit_id, place),
  FOREIGN KEY (municipality_id, visit_id) REFERENCES visit (municipality_id, id),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);

-- Sealed with the citizen's own key: an erasure makes them unreadable, and deletes them.
CREATE TABLE visit_note (
  municipality_id uuid NOT NULL,
  visit_id uuid NOT NULL,
  citizen_id uuid NOT NULL,
  sealed_note bytea NOT NULL,
  staff_id uuid,
  written_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, visit_id),
  FOREIGN KEY (municipality_id, visit_id) REFERENCES visit (municipality_id, id),
  FOREIGN KEY (municipality_id, citizen_id) REFERENCES citizen (municipality_id, id),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);
CREATE INDEX ON visit_note (municipality_id, citizen_id);

CREATE TABLE contact_review (
  municipality_id uuid NOT NULL,
  id uuid NOT NULL,
  citizen_id uuid NOT NULL,
  answer text NOT NULL,
  reviewed_on date NOT NULL,
  staff_id uuid,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  FOREIGN KEY (municipality_id, citizen_id) REFERENCES citizen (municipality_id, id),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);
CREATE INDEX ON contact_review (municipality_id, citizen_id, recorded_at);

CREATE TABLE hand_off (
  municipality_id uuid NOT NULL,
  id uuid NOT NULL,
  visit_id uuid NOT NULL,
  revision integer NOT NULL,
  state text NOT NULL,
  way text,
  batch_id uuid,
  receipt text,
  staff_id uuid,
  created_at timestamptz(3) NOT NULL,
  handed_at timestamptz(3),
  PRIMARY KEY (municipality_id, id),
  -- Nothing is handed off twice.
  CONSTRAINT hand_off_revision_unique UNIQUE (municipality_id, visit_id, revision),
  FOREIGN KEY (municipality_id, visit_id) REFERENCES visit (municipality_id, id),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);
CREATE INDEX ON hand_off (municipality_id, state, created_at);
CREATE INDEX ON hand_off (municipality_id, batch_id);

-- ---------------------------------------------------------------------------------------------------------------------
-- What Prisma cannot say
-- ---------------------------------------------------------------------------------------------------------------------

ALTER TABLE visit_plan
  ADD CONSTRAINT visit_plan_state CHECK (state IN ('active', 'ended')),
  ADD CONSTRAINT visit_plan_days CHECK (ends_on IS NULL OR starts_on <= ends_on),
  ADD CONSTRAINT visit_plan_holidays CHECK (holidays IN ('skip', 'move', 'keep'));
ALTER TABLE visit
  ADD CONSTRAINT visit_channel CHECK (channel IN ('video', 'physical', 'phone')),
  ADD CONSTRAINT visit_state CHECK (state IN ('proposed', 'planned', 'open', 'held', 'cancelled', 'futile', 'failed', 'followed-up')),
  ADD CONSTRAINT visit_origin CHECK (origin IN ('planned', 'unplanned') AND (origin = 'planned') = (planned_starts_at IS NOT NULL)),
  ADD CONSTRAINT visit_proposal CHECK ((state = 'proposed') = (proposed_by IS NOT NULL)),
  -- What is only planned takes at most twelve hours, which bounds a search for overlaps.
  ADD CONSTRAINT visit_span CHECK (
    (planned_starts_at IS NULL) = (planned_ends_at IS NULL)
    AND (planned_starts_at IS NULL OR (planned_starts_at < planned_ends_at AND planned_ends_at - planned_starts_at <= interval '12 hours'))
  ),
  ADD CONSTRAINT visit_plan_place CHECK ((plan_id IS NULL) = (plan_week IS NULL) AND (plan_id IS NULL) = (plan_slot IS NULL)),
  ADD CONSTRAINT visit_booking_owned CHECK (booking_id IS NOT NULL OR NOT owns_booking),
  -- Imported history may overlap; what is still to come may not.
  ADD CONSTRAINT visit_worker_free EXCLUDE USING gist (
    municipality_id WITH =, worker_id WITH =, tstzrange(planned_starts_at, planned_ends_at) WITH &&
  ) WHERE (state IN ('proposed', 'planned', 'open') AND planned_starts_at IS NOT NULL),
  ADD CONSTRAINT visit_citizen_free EXCLUDE USING gist (
    municipality_id WITH =, citizen_id WITH =, tstzrange(planned_starts_at, planned_ends_at) WITH &&
  ) WHERE (state IN ('proposed', 'planned', 'open') AND planned_starts_at IS NOT NULL);
ALTER TABLE visit_part
  ADD CONSTRAINT visit_part_kind CHECK (kind IN ('video', 'physical', 'phone', 'travel', 'waiting')),
  ADD CONSTRAINT visit_part_times CHECK ((ends_at IS NULL) = (minutes IS NULL) AND (ends_at IS NULL OR (starts_at <= ends_at AND minutes >= 0)));
ALTER TABLE hand_off
  ADD CONSTRAINT hand_off_state CHECK (state IN ('waiting', 'delivered', 'refused')),
  ADD CONSTRAINT hand_off_delivered CHECK ((state = 'delivered') = (handed_at IS NOT NULL) AND (state <> 'delivered' OR way IS NOT NULL));
-- A room holds one visit's own booking once: an orphan or a second owner cannot be.
CREATE UNIQUE INDEX visit_booking_owner ON visit (municipality_id, booking_id) WHERE owns_booking;
-- What waits to lapse or to be recorded, found without reading history.
CREATE INDEX visit_unfinished ON visit (municipality_id, happens_at) WHERE state IN ('proposed', 'planned', 'open');

-- Legal transitions, as in modules/visits/rules.ts.
CREATE FUNCTION check_visit_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IS DISTINCT FROM OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY[
    'proposed>planned', 'proposed>cancelled',
    'planned>proposed', 'planned>open', 'planned>held', 'planned>cancelled', 'planned>futile', 'planned>failed',
    'open>held', 'open>cancelled', 'open>futile', 'open>failed',
    'futile>held', 'failed>followed-up'
  ]) THEN
    RAISE EXCEPTION 'violates "visit_state_transition"' USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_state_transition';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER visit_state_transition BEFORE UPDATE OF state ON visit FOR EACH ROW EXECUTE FUNCTION check_visit_state();

-- The grants that hold today began when support did, as far as anybody knows.
INSERT INTO citizen_grant (municipality_id, citizen_id, from_on, minutes, per)
SELECT municipality_id, id, coalesce(support_from, created_at::date), granted_minutes, granted_per FROM citizen;

-- ---------------------------------------------------------------------------------------------------------------------
-- Row-level security
-- ---------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'visit_rules', 'citizen_grant', 'visit_plan', 'visit_plan_change', 'visit_plan_gap', 'visit', 'visit_part',
    'visit_participant', 'visit_note', 'contact_review', 'hand_off'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY tenant ON %I TO naer_app USING (municipality_id = app_municipality()) WITH CHECK (municipality_id = app_municipality())', table_name);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON visit_rules, citizen_grant, visit_plan, visit, visit_part, visit_participant, visit_note, hand_off, visit_plan_gap TO naer_app;
GRANT DELETE ON visit_part, visit_participant, visit_note, visit_plan_gap TO naer_app;
GRANT SELECT, INSERT ON visit_plan_change, contact_review TO naer_app;
