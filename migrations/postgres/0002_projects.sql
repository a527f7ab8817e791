-- Projects and what they own directly. From here on `project_id` leads every key, so that a project is the unit by
-- which the data can be spread over machines.

CREATE TABLE projects (
    id TEXT COLLATE "C" PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    -- Free text such as production or staging; hooks see it.
    environment TEXT NOT NULL,
    custom_host TEXT,
    is_default BOOLEAN NOT NULL DEFAULT FALSE,
    settings JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT projects_slug_key UNIQUE (slug),
    CONSTRAINT projects_custom_host_key UNIQUE (custom_host)
);

-- Requests that name no project go to the default one, so there is at most one.
CREATE UNIQUE INDEX projects_default_key ON projects (is_default) WHERE is_default;

CREATE TABLE signing_keys (
    -- The `kid` in the tokens' header.
    id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    algorithm TEXT NOT NULL,
    -- Encrypted before it gets here.
    private_key BYTEA NOT NULL,
    public_jwk JSONB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    PRIMARY KEY (project_id, id)
);

CREATE TABLE secrets (
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    -- Encrypted before it gets here.
    value BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (project_id, name)
);

-- Keys for the management API. Without a project a key is good for the whole instance.
CREATE TABLE api_keys (
    id TEXT COLLATE "C" PRIMARY KEY,
    project_id TEXT COLLATE "C" REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- The first characters, shown so that people can tell keys apart.
    prefix TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    scopes JSONB NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT,
    CONSTRAINT api_keys_token_hash_key UNIQUE (token_hash)
);

CREATE INDEX api_keys_project ON api_keys (project_id, id);

-- Who changed what. Outlives the things it speaks of, hence no references; a project's entries go with the project.
CREATE TABLE audit_log (
    id TEXT COLLATE "C" PRIMARY KEY,
    project_id TEXT COLLATE "C" REFERENCES projects (id) ON DELETE CASCADE,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_label TEXT NOT NULL,
    action TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    details JSONB NOT NULL,
    ip TEXT,
    created_at BIGINT NOT NULL
);

CREATE INDEX audit_log_project ON audit_log (project_id, id);
