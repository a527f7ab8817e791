-- Events are forgotten by age.
CREATE INDEX outbox_created ON outbox (project_id, created_at);

-- Was never written: every hook is handed all secrets of its project, so there is nothing to tell.
ALTER TABLE secrets DROP COLUMN last_used_at;
