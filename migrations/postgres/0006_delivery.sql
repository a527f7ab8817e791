-- What goes out after a commit, and the cache that hooks use.

-- Events, written in the transaction of the change that they tell of.
CREATE TABLE outbox (
    id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    payload JSONB NOT NULL,
    request_id TEXT COLLATE "C",
    user_id TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    delivered_at BIGINT,
    PRIMARY KEY (project_id, id)
);

CREATE INDEX outbox_event ON outbox (project_id, event, id);
CREATE INDEX outbox_undelivered ON outbox (id) WHERE delivered_at IS NULL;

CREATE TABLE mails (
    id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text_body TEXT NOT NULL,
    html_body TEXT,
    kind TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('captured', 'queued', 'sent', 'failed')),
    error TEXT,
    attempts BIGINT NOT NULL,
    -- Of a queued mail: when it is due, or, while it is being sent, when it may be tried again at the earliest.
    next_attempt_at BIGINT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    PRIMARY KEY (project_id, id)
);

CREATE INDEX mails_due ON mails (next_attempt_at) WHERE status = 'queued';
CREATE INDEX mails_created ON mails (project_id, created_at);

CREATE TABLE cache_entries (
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    key TEXT COLLATE "C" NOT NULL,
    value JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    -- Null: until it is deleted.
    expires_at BIGINT,
    PRIMARY KEY (project_id, key)
);

CREATE INDEX cache_entries_expiry ON cache_entries (project_id, expires_at);
