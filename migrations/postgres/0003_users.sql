-- Users of projects, and what a login leaves behind.

CREATE TABLE users (
    id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    email TEXT,
    -- Folded columns are written by the store: the two databases fold letters differently.
    email_folded TEXT,
    email_verified BOOLEAN NOT NULL,
    username TEXT,
    username_folded TEXT,
    phone TEXT,
    name TEXT,
    given_name TEXT,
    family_name TEXT,
    nickname TEXT,
    picture TEXT,
    password_hash TEXT,
    user_metadata JSONB NOT NULL,
    app_metadata JSONB NOT NULL,
    blocked BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_login BIGINT,
    last_ip TEXT,
    login_count BIGINT NOT NULL,
    last_password_reset BIGINT,
    -- Everything that the console's search looks at, folded.
    search_text TEXT NOT NULL,
    PRIMARY KEY (project_id, id),
    CONSTRAINT users_email_key UNIQUE (project_id, email_folded),
    CONSTRAINT users_username_key UNIQUE (project_id, username_folded)
);

CREATE TABLE sessions (
    id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    ip TEXT,
    user_agent TEXT,
    auth_method TEXT NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, user_id) REFERENCES users (project_id, id) ON DELETE CASCADE
);

CREATE INDEX sessions_user ON sessions (project_id, user_id, id);
CREATE INDEX sessions_expiry ON sessions (project_id, expires_at);

CREATE TABLE refresh_tokens (
    id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    session_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    token_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- A used token that comes again has been stolen, so used ones are kept as long as their session.
    used_at BIGINT,
    PRIMARY KEY (project_id, id),
    CONSTRAINT refresh_tokens_token_hash_key UNIQUE (project_id, token_hash),
    FOREIGN KEY (project_id, session_id) REFERENCES sessions (project_id, id) ON DELETE CASCADE
);

CREATE INDEX refresh_tokens_session ON refresh_tokens (project_id, session_id);

-- One-time tokens that are sent by e-mail.
CREATE TABLE tickets (
    id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
    -- The address that the ticket was sent to; the user's may have changed since.
    email TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (project_id, id),
    CONSTRAINT tickets_token_hash_key UNIQUE (project_id, token_hash),
    FOREIGN KEY (project_id, user_id) REFERENCES users (project_id, id) ON DELETE CASCADE
);

CREATE INDEX tickets_user ON tickets (project_id, user_id, purpose);
CREATE INDEX tickets_expiry ON tickets (project_id, expires_at);
