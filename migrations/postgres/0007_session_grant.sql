-- What a login granted, so that a refresh grants the same again.

ALTER TABLE sessions ADD COLUMN scope TEXT;
ALTER TABLE sessions ADD COLUMN audience TEXT;
-- The claims that the hooks of the login put on its access token.
ALTER TABLE sessions ADD COLUMN claims JSONB NOT NULL DEFAULT '{}';
