-- What belongs to the whole instance: settings, administrators and their console sign-ins.

-- Facts that are kept once, such as the hash of the set-up token.
CREATE TABLE instance_settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- People who sign in to the console. They are not users of any project.
CREATE TABLE admins (
    id TEXT PRIMARY KEY,
    -- Folded to lower case by the store.
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_login_at INTEGER,
    CONSTRAINT admins_email_key UNIQUE (email)
) STRICT;

CREATE TABLE admin_sessions (
    id TEXT PRIMARY KEY,
    admin_id TEXT NOT NULL REFERENCES admins (id) ON DELETE CASCADE,
    -- Only the hash of the cookie's value is kept.
    token_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    user_agent TEXT,
    ip TEXT,
    CONSTRAINT admin_sessions_token_hash_key UNIQUE (token_hash)
) STRICT;

CREATE INDEX admin_sessions_admin ON admin_sessions (admin_id);
CREATE INDEX admin_sessions_expiry ON admin_sessions (expires_at);

-- One row: how many deployments there have been, so that every process can tell whether its snapshot is current.
CREATE TABLE deployment_counter (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL
) STRICT;

INSERT INTO deployment_counter (id, generation) VALUES (1, 0);
