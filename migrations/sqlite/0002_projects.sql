-- Projects and what they own directly. From here on `project_id` leads every key, so that a project is the unit by
-- which the data can be spread over machines.

CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Free text such as production or staging; hooks see it.
    environment TEXT NOT NULL,
    custom_host TEXT,
    is_default INTEGER NOT NULL DEFAULT FALSE,
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT projects_slug_key UNIQUE (slug),
    CONSTRAINT projects_custom_host_key UNIQUE (custom_host)
) STRICT;

-- Requests that name no project go to the default one, so there is at most one.
CREATE UNIQUE INDEX projects_default_key ON projects (is_default) WHERE is_default;

CREATE TABLE signing_keys (
    -- The `kid` in the tokens' header.
    id TEXT NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    algorithm TEXT NOT NULL,
    -- Encrypted before it gets here.
    private_key BLOB NOT NULL,
    public_jwk TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
    created_at INTEGER NOT NULL,
    retired_at INTEGER,
    PRIMARY KEY (project_id, id)
) STRICT;

CREATE TABLE secrets (
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- Encrypted before it gets here.
    value BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    last_used_at INTEGER,
    PRIMARY KEY (project_id, name)
) STRICT;

-- Keys for the management API. Without a project a key is good for the whole instance.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    project_id TEXT REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- The first characters, shown so that people can tell keys apart.
    prefix TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER,
    CONSTRAINT api_keys_token_hash_key UNIQUE (token_hash)
) STRICT;

CREATE INDEX api_keys_project ON api_keys (project_id, id);

-- Who changed what. Outlives the things it speaks of, hence no references; a project's entries go with the project.
CREATE TABLE audit_log (
    id TEXT PRIMARY KEY,
    project_id TEXT REFERENCES projects (id) ON DELETE CASCADE,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_label TEXT NOT NULL,
    action TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    details TEXT NOT NULL,
    ip TEXT,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX audit_log_project ON audit_log (project_id, id);
