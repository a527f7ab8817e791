-- What happened: runs of hooks, requests, and the projects' log streams. Pruned by time.

CREATE TABLE hook_runs (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    hook_id TEXT NOT NULL,
    -- Null: the draft ran.
    version INTEGER,
    trigger_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    endpoint TEXT,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'unit', 'dry_run')),
    outcome TEXT NOT NULL,
    reason TEXT,
    detail TEXT NOT NULL,
    user_id TEXT,
    started_at INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    cpu_us INTEGER NOT NULL,
    memory_bytes INTEGER NOT NULL,
    PRIMARY KEY (project_id, id)
) STRICT;

CREATE INDEX hook_runs_hook ON hook_runs (project_id, hook_id, id);
CREATE INDEX hook_runs_request ON hook_runs (project_id, request_id);
CREATE INDEX hook_runs_started ON hook_runs (project_id, started_at);

-- Auth requests that had hooks to consider, or that failed.
CREATE TABLE requests (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    endpoint TEXT NOT NULL,
    status INTEGER NOT NULL,
    user_id TEXT,
    ip TEXT,
    started_at INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    -- The hooks' share of the duration.
    hooks_us INTEGER NOT NULL,
    error_code TEXT,
    PRIMARY KEY (project_id, id)
) STRICT;

CREATE INDEX requests_endpoint ON requests (project_id, endpoint, id);
CREATE INDEX requests_started ON requests (project_id, started_at);

CREATE TABLE log_entries (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('debug', 'info', 'warn', 'error')),
    description TEXT NOT NULL,
    user_id TEXT,
    hook_id TEXT,
    request_id TEXT,
    details TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, id)
) STRICT;

CREATE INDEX log_entries_type ON log_entries (project_id, type, id);
CREATE INDEX log_entries_hook ON log_entries (project_id, hook_id, id);
CREATE INDEX log_entries_request ON log_entries (project_id, request_id);
CREATE INDEX log_entries_created ON log_entries (project_id, created_at);
