-- Making a demo municipality anew. Core's logins cannot delete what only grows; this function of the owner can, and does so
-- for demo municipalities alone, whoever asks.

-- Empties a demo municipality but for itself and those of its staff who are named, with their tokens. Tables are found rather
-- than listed, so that none is forgotten: whatever refers to another table is emptied before it.
CREATE FUNCTION erase_demo_municipality(erased uuid, kept_initials text[]) RETURNS void
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
REVOKE EXECUTE ON FUNCTION erase_demo_municipality(uuid, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_demo_municipality(uuid, text[]) TO naer_worker;

-- Tells the planner what is in the tables, within the transaction that fills them: of tables it knows nothing of, it looks up
-- each foreign key by reading a whole municipality. Only their owner may do this, and nobody learns anything by it.
CREATE FUNCTION refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  ANALYZE public.staff, public.citizen, public.room, public.booking, public.visit_plan, public.visit, public.visit_part,
    public.visit_participant, public.visit_note, public.hand_off, public.citizen_grant, public.citizen_step;
END $$;
REVOKE EXECUTE ON FUNCTION refresh_statistics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refresh_statistics() TO naer_app;
