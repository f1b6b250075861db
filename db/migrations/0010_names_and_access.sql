CREATE INDEX "image_base_name_idx" ON "image" USING btree ("project_id",regexp_replace("file_name", '^.*/', ''));--> statement-breakpoint
CREATE FUNCTION announce_session_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('pupil_server', json_build_object('name', 'access:ended', 'accessId', OLD.id)::text);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER session_ended AFTER DELETE ON session FOR EACH ROW EXECUTE FUNCTION announce_session_ended();
