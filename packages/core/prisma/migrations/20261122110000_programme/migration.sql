-- Programmes: what a municipality means to reach, what it has done for it, and what the ledger says of it.

CREATE TABLE programme (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  id uuid NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  target_group integer NOT NULL,
  starts_on date NOT NULL,
  trial_on date,
  ends_on date,
  -- Weeks between two of each standing follow-up; see contract/programme.ts.
  rhythm jsonb NOT NULL,
  -- Of a member: what the lead's invitation said.
  invitation jsonb,
  -- A constructed course that agrees with what was published; see demo/history.
  is_history boolean NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  CONSTRAINT programme_name_unique UNIQUE (municipality_id, name)
);

CREATE TABLE milestone (
  municipality_id uuid NOT NULL,
  programme_id uuid NOT NULL,
  code text NOT NULL,
  due_on date NOT NULL,
  title_da text NOT NULL,
  title_en text NOT NULL,
  needs jsonb NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, programme_id, code),
  FOREIGN KEY (municipality_id, programme_id) REFERENCES programme (municipality_id, id)
);

-- The handbook's activities, and those that milestones name by a word of their own.
CREATE TABLE programme_activity (
  municipality_id uuid NOT NULL,
  programme_id uuid NOT NULL,
  code text NOT NULL,
  status text NOT NULL,
  responsible text,
  starts_on date,
  due_on date,
  done_on date,
  -- Test cases that were run (activity F9).
  cases integer NOT NULL,
  -- References to where the evidence lies, such as a document number of the case system.
  evidence text[] NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, programme_id, code),
  FOREIGN KEY (municipality_id, programme_id) REFERENCES programme (municipality_id, id)
);

CREATE TABLE programme_decision (
  municipality_id uuid NOT NULL,
  id uuid NOT NULL,
  programme_id uuid NOT NULL,
  kind text NOT NULL,
  choice text NOT NULL,
  decided_on date NOT NULL,
  reference text,
  staff_id uuid,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  FOREIGN KEY (municipality_id, programme_id) REFERENCES programme (municipality_id, id),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);
CREATE INDEX ON programme_decision (municipality_id, programme_id, decided_on);

-- How many citizens by video each worker is to have by a day.
CREATE TABLE worker_target (
  municipality_id uuid NOT NULL,
  programme_id uuid NOT NULL,
  due_on date NOT NULL,
  citizens integer NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, programme_id, due_on),
  FOREIGN KEY (municipality_id, programme_id) REFERENCES programme (municipality_id, id)
);

CREATE TABLE follow_up (
  municipality_id uuid NOT NULL,
  id uuid NOT NULL,
  programme_id uuid NOT NULL,
  kind text NOT NULL,
  held_on date NOT NULL,
  reference text,
  staff_id uuid,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  FOREIGN KEY (municipality_id, programme_id) REFERENCES programme (municipality_id, id),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);
CREATE INDEX ON follow_up (municipality_id, programme_id, kind, held_on);

-- The municipality's own estimate of the degree of implementation, beside the measured rate.
CREATE TABLE degree_estimate (
  municipality_id uuid NOT NULL,
  id uuid NOT NULL,
  programme_id uuid NOT NULL,
  percent integer NOT NULL,
  estimated_on date NOT NULL,
  staff_id uuid,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  FOREIGN KEY (municipality_id, programme_id) REFERENCES programme (municipality_id, id),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);
CREATE INDEX ON degree_estimate (municipality_id, programme_id, estimated_on);

-- Training and information on data security, per member of staff, with who recorded it.
CREATE TABLE staff_preparation (
  municipality_id uuid NOT NULL,
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  kind text NOT NULL,
  held_on date NOT NULL,
  recorded_by uuid,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  CONSTRAINT staff_preparation_once UNIQUE (municipality_id, staff_id, kind, held_on),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id),
  FOREIGN KEY (municipality_id, recorded_by) REFERENCES staff (municipality_id, id)
);

-- ---------------------------------------------------------------------------------------------------------------------
-- What the ledger says, folded: derived from the leaves alone and made anew from them at any time.
-- ---------------------------------------------------------------------------------------------------------------------

-- How many leaves have been folded.
CREATE TABLE measure_fold (
  municipality_id uuid NOT NULL PRIMARY KEY REFERENCES municipality (id),
  size bigint NOT NULL
);

-- A visit that came to an end, as it was known from one leaf until another changed it: so that a question of then can be
-- asked again. Facts in force at a size are those with from_index < size and not until_index < size.
CREATE TABLE visit_fact (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  visit uuid NOT NULL,
  from_index bigint NOT NULL,
  until_index bigint,
  subject uuid NOT NULL,
  worker uuid NOT NULL,
  team uuid,
  happened_on date NOT NULL,
  channel text NOT NULL,
  state text NOT NULL,
  video_minutes integer NOT NULL,
  physical_minutes integer NOT NULL,
  phone_minutes integer NOT NULL,
  PRIMARY KEY (municipality_id, visit, from_index)
);

-- Everything else that measures ask for; it is only added to.
CREATE TABLE ledger_fact (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  "index" bigint NOT NULL,
  type text NOT NULL,
  subject uuid,
  staff uuid,
  team uuid,
  programme uuid,
  code text,
  happened_on date NOT NULL,
  data jsonb NOT NULL,
  PRIMARY KEY (municipality_id, "index")
);

-- ---------------------------------------------------------------------------------------------------------------------
-- What is given out: month-ends, and what members of a joint programme contribute
-- ---------------------------------------------------------------------------------------------------------------------

-- A month-end as it is given out to leads, exports and chats, once and for all; `exact` stays within the municipality.
CREATE TABLE published_month (
  municipality_id uuid NOT NULL,
  programme_id uuid NOT NULL,
  month date NOT NULL,
  size bigint NOT NULL,
  exact jsonb NOT NULL,
  shown jsonb NOT NULL,
  salt bytea NOT NULL,
  hash text NOT NULL,
  published_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, programme_id, month),
  FOREIGN KEY (municipality_id, programme_id) REFERENCES programme (municipality_id, id)
);

-- The members of a joint programme, as its lead knows them.
CREATE TABLE programme_member (
  municipality_id uuid NOT NULL,
  programme_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  verifier_keys text[] NOT NULL,
  target_group integer NOT NULL,
  joined_on date NOT NULL,
  left_on date,
  PRIMARY KEY (municipality_id, id),
  CONSTRAINT programme_member_name_unique UNIQUE (municipality_id, programme_id, name),
  FOREIGN KEY (municipality_id, programme_id) REFERENCES programme (municipality_id, id)
);

-- What a member sent for a month, once and for all.
CREATE TABLE contribution (
  municipality_id uuid NOT NULL,
  id uuid NOT NULL,
  programme_id uuid NOT NULL,
  member_id uuid NOT NULL,
  month date NOT NULL,
  -- The signed note as it came, and the figures that it holds.
  note text NOT NULL,
  figures jsonb NOT NULL,
  received_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  CONSTRAINT contribution_once UNIQUE (municipality_id, member_id, month),
  FOREIGN KEY (municipality_id, programme_id) REFERENCES programme (municipality_id, id),
  FOREIGN KEY (municipality_id, member_id) REFERENCES programme_member (municipality_id, id)
);
CREATE INDEX ON contribution (municipality_id, programme_id, month);

-- ---------------------------------------------------------------------------------------------------------------------
-- What Prisma cannot say
-- ---------------------------------------------------------------------------------------------------------------------

ALTER TABLE programme
  ADD CONSTRAINT programme_kind CHECK (kind IN ('own', 'lead', 'member')),
  ADD CONSTRAINT programme_target_group CHECK (target_group > 0),
  ADD CONSTRAINT programme_days CHECK (
    (trial_on IS NULL OR starts_on <= trial_on) AND (ends_on IS NULL OR starts_on < ends_on)
  ),
  ADD CONSTRAINT programme_invitation CHECK ((kind = 'member') = (invitation IS NOT NULL));
ALTER TABLE programme_activity
  ADD CONSTRAINT programme_activity_status CHECK (status IN ('not-started', 'under-way', 'done', 'not-relevant')),
  ADD CONSTRAINT programme_activity_done CHECK ((status = 'done') = (done_on IS NOT NULL)),
  ADD CONSTRAINT programme_activity_cases CHECK (cases >= 0);
ALTER TABLE worker_target ADD CONSTRAINT worker_target_citizens CHECK (citizens > 0);
ALTER TABLE degree_estimate ADD CONSTRAINT degree_estimate_percent CHECK (percent BETWEEN 0 AND 100);
ALTER TABLE staff_preparation ADD CONSTRAINT staff_preparation_kind CHECK (kind IN ('trained', 'informed'));
ALTER TABLE visit_fact ADD CONSTRAINT visit_fact_span CHECK (until_index IS NULL OR from_index < until_index);
-- One version in force of each visit.
CREATE UNIQUE INDEX visit_fact_current ON visit_fact (municipality_id, visit) WHERE until_index IS NULL;
CREATE INDEX visit_fact_video ON visit_fact (municipality_id, subject, happened_on) WHERE video_minutes > 0 OR channel = 'video';
CREATE INDEX visit_fact_day ON visit_fact (municipality_id, happened_on);
CREATE INDEX ledger_fact_type ON ledger_fact (municipality_id, type, happened_on);
ALTER TABLE published_month ADD CONSTRAINT published_month_first CHECK (extract(day FROM month) = 1);
ALTER TABLE contribution ADD CONSTRAINT contribution_first CHECK (extract(day FROM month) = 1);

-- ---------------------------------------------------------------------------------------------------------------------
-- Row-level security
-- ---------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'programme', 'milestone', 'programme_activity', 'programme_decision', 'worker_target', 'follow_up', 'degree_estimate',
    'staff_preparation', 'measure_fold', 'visit_fact', 'ledger_fact', 'published_month', 'programme_member', 'contribution'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY tenant ON %I TO naer_app USING (municipality_id = app_municipality()) WITH CHECK (municipality_id = app_municipality())', table_name);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON programme, milestone, programme_activity, worker_target, programme_member TO naer_app;
GRANT DELETE ON milestone, worker_target TO naer_app;
GRANT SELECT, INSERT ON programme_decision, follow_up, degree_estimate, staff_preparation, published_month, contribution TO naer_app;
-- Derived, so it may be thrown away and made anew.
GRANT SELECT, INSERT, UPDATE, DELETE ON measure_fold, visit_fact, ledger_fact TO naer_app;
