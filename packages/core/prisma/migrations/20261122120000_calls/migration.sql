-- Calls: rooms and seats, links, who was in when, ground rules, messages, the shared weekly plan.

CREATE TABLE call_defaults (
  municipality_id uuid NOT NULL PRIMARY KEY REFERENCES municipality (id),
  defaults jsonb NOT NULL,
  updated_at timestamptz(3) NOT NULL
);

CREATE TABLE ground_rules (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  citizen_id uuid NOT NULL,
  -- Null: as the municipality has it.
  caller text,
  after_minutes integer,
  speak_again text,
  contact text NOT NULL,
  language text NOT NULL,
  reviewed_on date,
  staff_id uuid,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, citizen_id),
  FOREIGN KEY (municipality_id, citizen_id) REFERENCES citizen (municipality_id, id),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);

CREATE TABLE talk_hours (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  staff_id uuid NOT NULL,
  hours jsonb NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, staff_id),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);

CREATE TABLE call (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  id uuid NOT NULL,
  visit_id uuid NOT NULL,
  -- Unguessable, and telling nothing.
  room_name text NOT NULL,
  state text NOT NULL,
  opens_at timestamptz(3) NOT NULL,
  closes_at timestamptz(3) NOT NULL,
  encryption text,
  alone_since timestamptz(3),
  -- Who sits in the room with the citizen, by what they are.
  company text,
  -- Sealed with the citizen's key.
  sealed_agenda bytea,
  -- Counts what the page shows anew.
  version integer NOT NULL,
  failed_step text,
  failed_at timestamptz(3),
  -- Told to support with the one event of the failure; no names.
  diagnostics jsonb,
  worked boolean,
  ended_at timestamptz(3),
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  CONSTRAINT call_visit_unique UNIQUE (municipality_id, visit_id),
  FOREIGN KEY (municipality_id, visit_id) REFERENCES visit (municipality_id, id)
);
CREATE INDEX ON call (municipality_id, state, closes_at);

CREATE TABLE call_seat (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  id uuid NOT NULL,
  call_id uuid NOT NULL,
  kind text NOT NULL,
  role text,
  staff_id uuid,
  state text NOT NULL,
  since timestamptz(3) NOT NULL,
  waiting_since timestamptz(3),
  by_phone boolean NOT NULL,
  tests jsonb NOT NULL,
  can_encrypt boolean,
  -- See keyExchange in contract/key-exchange.ts.
  commitment text,
  host_key text,
  public_key text,
  nonce text,
  epoch integer NOT NULL,
  wrapped_key text,
  gone text,
  sealed_address bytea,
  language text NOT NULL,
  PRIMARY KEY (municipality_id, id),
  FOREIGN KEY (municipality_id, call_id) REFERENCES call (municipality_id, id),
  FOREIGN KEY (municipality_id, staff_id) REFERENCES staff (municipality_id, id)
);
CREATE INDEX ON call_seat (municipality_id, call_id);
CREATE INDEX ON call_seat (municipality_id, state, waiting_since);

CREATE TABLE call_link (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  id uuid NOT NULL,
  seat_id uuid NOT NULL,
  -- Of a worker's link: it opens one page and then holds for that browser alone.
  single_use boolean NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  -- SHA-256 of what the first browser that opened it keeps.
  device_hash bytea,
  device_seen_at timestamptz(3),
  pin_hash bytea,
  wrong_pins integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  CONSTRAINT call_link_id_unique UNIQUE (id),
  FOREIGN KEY (municipality_id, seat_id) REFERENCES call_seat (municipality_id, id)
);
CREATE INDEX ON call_link (municipality_id, seat_id);

CREATE TABLE call_presence (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  id uuid NOT NULL,
  seat_id uuid NOT NULL,
  -- The participant's id on the media server: coming back in full is another one.
  participant text NOT NULL,
  joined_at timestamptz(3) NOT NULL,
  left_at timestamptz(3),
  gone text,
  PRIMARY KEY (municipality_id, id),
  CONSTRAINT call_presence_unique UNIQUE (municipality_id, seat_id, participant),
  FOREIGN KEY (municipality_id, seat_id) REFERENCES call_seat (municipality_id, id)
);

CREATE TABLE media_webhook (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  id text NOT NULL,
  received_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id)
);
CREATE INDEX ON media_webhook (received_at);

CREATE TABLE message (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  id uuid NOT NULL,
  kind text NOT NULL,
  citizen_id uuid,
  visit_id uuid,
  seat_id uuid,
  channel text NOT NULL,
  state text NOT NULL,
  -- Codes, times and ids that the template needs; see modules/messaging/templates.
  facts jsonb NOT NULL,
  send_at timestamptz(3) NOT NULL,
  attempts integer NOT NULL,
  next_attempt_at timestamptz(3),
  leased_until timestamptz(3),
  sent_at timestamptz(3),
  delivered_at timestamptz(3),
  -- The gateway's own id, by which receipts name the message.
  receipt text,
  -- One of each kind and time for a visit: what is planned again is not sent again.
  once_per text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, id),
  CONSTRAINT message_once UNIQUE (municipality_id, once_per),
  FOREIGN KEY (municipality_id, citizen_id) REFERENCES citizen (municipality_id, id)
);
CREATE INDEX ON message (municipality_id, state, send_at);
CREATE INDEX ON message (municipality_id, visit_id);
CREATE INDEX ON message (receipt);

CREATE TABLE mailbox_item (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  message_id uuid NOT NULL,
  sealed_mail bytea NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, message_id),
  FOREIGN KEY (municipality_id, message_id) REFERENCES message (municipality_id, id)
);

CREATE TABLE weekly_plan (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  citizen_id uuid NOT NULL,
  -- Of this version.
  id uuid NOT NULL,
  -- pdf | png | jpeg
  format text NOT NULL,
  pages integer NOT NULL,
  bytes integer NOT NULL,
  sealed_file bytea NOT NULL,
  by_citizen boolean NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (municipality_id, citizen_id),
  FOREIGN KEY (municipality_id, citizen_id) REFERENCES citizen (municipality_id, id)
);

-- Somebody without a link asks for another. Nobody is known, and no municipality: the address is sealed, and forgotten once
-- it was looked for.
CREATE TABLE link_ask (
  -- Keyed hash of the address: the same may ask so often only.
  asker bytea NOT NULL PRIMARY KEY,
  master_key_id text NOT NULL,
  sealed_to bytea,
  -- So many times since.
  times integer NOT NULL,
  since timestamptz(3) NOT NULL,
  asked_at timestamptz(3) NOT NULL,
  attempts integer NOT NULL,
  next_attempt_at timestamptz(3) NOT NULL
);

-- What is kept of a master key that was replaced: enough to check links that were made with it (decision 22).
CREATE TABLE former_key (
  id text NOT NULL PRIMARY KEY,
  master_key_id text NOT NULL,
  wrapped_key bytea NOT NULL,
  left_at timestamptz(3) NOT NULL
);

CREATE TABLE talk_request (
  municipality_id uuid NOT NULL REFERENCES municipality (id),
  id uuid NOT NULL,
  citizen_id uuid NOT NULL,
  worker_id uuid NOT NULL,
  -- asked | proposed | declined | withdrawn
  state text NOT NULL,
  wished_at timestamptz(3) NOT NULL,
  visit_id uuid,
  asked_at timestamptz(3) NOT NULL,
  answered_at timestamptz(3),
  PRIMARY KEY (municipality_id, id),
  FOREIGN KEY (municipality_id, citizen_id) REFERENCES citizen (municipality_id, id),
  FOREIGN KEY (municipality_id, worker_id) REFERENCES staff (municipality_id, id),
  FOREIGN KEY (municipality_id, visit_id) REFERENCES visit (municipality_id, id)
);
CREATE INDEX ON talk_request (municipality_id, worker_id, state);

-- ---------------------------------------------------------------------------------------------------------------------
-- What Prisma cannot say
-- ---------------------------------------------------------------------------------------------------------------------

ALTER TABLE ground_rules
  ADD CONSTRAINT ground_rules_caller CHECK (caller IN ('worker', 'citizen')),
  ADD CONSTRAINT ground_rules_minutes CHECK (after_minutes BETWEEN 1 AND 30),
  ADD CONSTRAINT ground_rules_contact CHECK (contact IN ('sms', 'mail', 'both', 'none')),
  ADD CONSTRAINT ground_rules_language CHECK (language IN ('da', 'en'));
ALTER TABLE call
  ADD CONSTRAINT call_state CHECK (state IN ('prepared', 'on', 'ended', 'failed')),
  ADD CONSTRAINT call_times CHECK (opens_at < closes_at),
  ADD CONSTRAINT call_encryption CHECK (encryption IN ('end-to-end', 'in-transit')),
  ADD CONSTRAINT call_failure CHECK ((failed_step IS NULL) = (failed_at IS NULL)),
  ADD CONSTRAINT call_over CHECK (state NOT IN ('ended', 'failed') OR ended_at IS NOT NULL);
CREATE UNIQUE INDEX call_room_unique ON call (room_name);
ALTER TABLE call_seat
  ADD CONSTRAINT call_seat_kind CHECK (kind IN ('citizen', 'worker', 'colleague', 'guest')),
  ADD CONSTRAINT call_seat_state CHECK (state IN ('invited', 'waiting', 'admitted', 'left', 'refused')),
  ADD CONSTRAINT call_seat_staff CHECK ((staff_id IS NOT NULL) = (kind IN ('worker', 'colleague'))),
  ADD CONSTRAINT call_seat_language CHECK (language IN ('da', 'en')),
  ADD CONSTRAINT call_seat_waiting CHECK (state <> 'waiting' OR waiting_since IS NOT NULL);
-- One citizen and one host; see contract/call-codes.ts.
CREATE UNIQUE INDEX call_seat_single ON call_seat (municipality_id, call_id, kind) WHERE kind IN ('citizen', 'worker');
-- One link of a seat holds at a time.
CREATE UNIQUE INDEX call_link_current ON call_link (municipality_id, seat_id) WHERE revoked_at IS NULL;
ALTER TABLE call_presence ADD CONSTRAINT call_presence_span CHECK (left_at IS NULL OR joined_at <= left_at);
ALTER TABLE message
  ADD CONSTRAINT message_channel CHECK (channel IN ('sms', 'mail', 'mailbox')),
  ADD CONSTRAINT message_state CHECK (state IN ('scheduled', 'sending', 'sent', 'delivered', 'failed', 'withdrawn', 'held-back'));
-- What the dispatcher looks for after each commit.
CREATE INDEX message_due ON message (next_attempt_at) WHERE state IN ('scheduled', 'sending');
ALTER TABLE weekly_plan
  ADD CONSTRAINT weekly_plan_format CHECK (format IN ('pdf', 'png', 'jpeg')),
  ADD CONSTRAINT weekly_plan_pages CHECK (pages BETWEEN 1 AND 100),
  ADD CONSTRAINT weekly_plan_bytes CHECK (bytes BETWEEN 1 AND 20971520);
-- What is sealed does not compress.
ALTER TABLE weekly_plan ALTER COLUMN sealed_file SET STORAGE EXTERNAL;
ALTER TABLE talk_request
  ADD CONSTRAINT talk_request_state CHECK (state IN ('asked', 'proposed', 'declined', 'withdrawn'));
CREATE INDEX link_ask_due ON link_ask (next_attempt_at) WHERE sealed_to IS NOT NULL;
-- One open request of a citizen at a time.
CREATE UNIQUE INDEX talk_request_open ON talk_request (municipality_id, citizen_id) WHERE state = 'asked';

-- ---------------------------------------------------------------------------------------------------------------------
-- Row-level security
-- ---------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'call_defaults', 'ground_rules', 'talk_hours', 'call', 'call_seat', 'call_link', 'call_presence', 'media_webhook',
    'message', 'mailbox_item', 'weekly_plan', 'talk_request'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY tenant ON %I TO naer_app USING (municipality_id = app_municipality()) WITH CHECK (municipality_id = app_municipality())', table_name);
  END LOOP;
END $$;

-- Neither is any municipality's, and core's own login has no part in them.
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['link_ask', 'former_key'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY worker ON %I TO naer_worker USING (true) WITH CHECK (true)', table_name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON link_ask TO naer_worker;
GRANT SELECT, INSERT, UPDATE (master_key_id, wrapped_key), DELETE ON former_key TO naer_worker;

GRANT SELECT, INSERT, UPDATE ON call_defaults, ground_rules, talk_hours, call, call_seat, call_link, call_presence, message, talk_request TO naer_app;
GRANT SELECT, INSERT ON media_webhook, mailbox_item TO naer_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON weekly_plan TO naer_app;
GRANT DELETE ON ground_rules TO naer_app;

-- The worker's login finds whose a link or a room is, and which messages are due.
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'call', 'call_seat', 'call_link', 'call_presence', 'message', 'mailbox_item', 'media_webhook', 'talk_request'
  ] LOOP
    EXECUTE format('CREATE POLICY worker ON %I TO naer_worker USING (true) WITH CHECK (true)', table_name);
  END LOOP;
END $$;
GRANT SELECT (municipality_id, id, visit_id, room_name, state, closes_at, ended_at) ON call TO naer_worker;
GRANT SELECT (municipality_id, id, call_id, kind, state, staff_id) ON call_seat TO naer_worker;
GRANT SELECT ON call_link TO naer_worker;
GRANT SELECT, UPDATE, DELETE ON message TO naer_worker;
-- It forgets these when their time is over, and reads no more of them than that takes.
GRANT SELECT (municipality_id, seat_id) ON call_presence TO naer_worker;
GRANT DELETE ON call, call_seat, call_link, call_presence TO naer_worker;
GRANT SELECT (state, answered_at), DELETE ON talk_request TO naer_worker;
GRANT SELECT (municipality_id, message_id, at), DELETE ON mailbox_item TO naer_worker;
GRANT SELECT (received_at), DELETE ON media_webhook TO naer_worker;
