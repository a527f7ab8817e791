-- Hooks, their immutable versions, and which version went live when.

CREATE TABLE hooks (
    id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    trigger_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    -- The order within the trigger; equal positions run in order of creation.
    position BIGINT NOT NULL,
    -- Null: as the trigger or the alias in use says.
    on_error TEXT,
    cpu_ms BIGINT NOT NULL,
    wall_ms BIGINT NOT NULL,
    memory_mb BIGINT NOT NULL,
    allowed_hosts JSONB NOT NULL,
    language TEXT NOT NULL,
    draft_source TEXT NOT NULL,
    -- Counts the saves, so that two people cannot overwrite each other unseen.
    draft_revision BIGINT NOT NULL,
    draft_updated_at BIGINT NOT NULL,
    draft_updated_by TEXT NOT NULL,
    -- What serves live traffic; null: never deployed. No reference, as versions refer to hooks already.
    live_version_id TEXT COLLATE "C",
    next_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Deleted hooks stay, because runs and the audit log speak of them.
    deleted_at BIGINT,
    PRIMARY KEY (project_id, id)
);

CREATE INDEX hooks_trigger ON hooks (project_id, trigger_id, position);

-- Never updated.
CREATE TABLE hook_versions (
    id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    hook_id TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    source TEXT NOT NULL,
    language TEXT NOT NULL,
    compiled JSONB NOT NULL,
    -- Limits, allowed hosts and error policy as they were when the version was made.
    settings JSONB NOT NULL,
    hash TEXT NOT NULL,
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- The number of the version whose content this one repeats, after a rollback.
    restored_from BIGINT,
    PRIMARY KEY (project_id, id),
    CONSTRAINT hook_versions_number_key UNIQUE (project_id, hook_id, number),
    FOREIGN KEY (project_id, hook_id) REFERENCES hooks (project_id, id) ON DELETE CASCADE
);

CREATE TABLE deployments (
    id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    hook_id TEXT COLLATE "C" NOT NULL,
    -- Version numbers; null: nothing was, or is, live.
    from_version BIGINT,
    to_version BIGINT,
    kind TEXT NOT NULL CHECK (kind IN ('deploy', 'rollback', 'disable', 'enable')),
    note TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, hook_id) REFERENCES hooks (project_id, id) ON DELETE CASCADE
);

CREATE INDEX deployments_hook ON deployments (project_id, hook_id, id);

-- What live traffic runs: every enabled hook with the version that is live.
CREATE VIEW deployed_hooks AS
SELECT
    h.project_id, h.id AS hook_id, h.trigger_id, h.kind, h.name, h.position, h.on_error, h.cpu_ms, h.wall_ms,
    h.memory_mb, h.allowed_hosts, h.created_at, v.id AS version_id, v.number AS version, v.language, v.source,
    v.compiled, v.settings, v.hash
FROM hooks h
JOIN hook_versions v ON v.project_id = h.project_id AND v.id = h.live_version_id
WHERE h.enabled AND h.deleted_at IS NULL;
