-- What goes out after a commit, and the cache that hooks use.

-- Events, written in the transaction of the change that they tell of.
CREATE TABLE outbox (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    payload TEXT NOT NULL,
    request_id TEXT,
    user_id TEXT,
    created_at INTEGER NOT NULL,
    delivered_at INTEGER,
    PRIMARY KEY (project_id, id)
) STRICT;

CREATE INDEX outbox_event ON outbox (project_id, event, id);
CREATE INDEX outbox_undelivered ON outbox (id) WHERE delivered_at IS NULL;

CREATE TABLE mails (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text_body TEXT NOT NULL,
    html_body TEXT,
    kind TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('captured', 'queued', 'sent', 'failed')),
    error TEXT,
    attempts INTEGER NOT NULL,
    -- Of a queued mail: when it is due, or, while it is being sent, when it may be tried again at the earliest.
    next_attempt_at INTEGER,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    PRIMARY KEY (project_id, id)
) STRICT;

CREATE INDEX mails_due ON mails (next_attempt_at) WHERE status = 'queued';
CREATE INDEX mails_created ON mails (project_id, created_at);

CREATE TABLE cache_entries (
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- Null: until it is deleted.
    expires_at INTEGER,
    PRIMARY KEY (project_id, key)
) STRICT;

CREATE INDEX cache_entries_expiry ON cache_entries (project_id, expires_at);
