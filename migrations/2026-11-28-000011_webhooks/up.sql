-- Webhooks: who is told of what, the outbox, and how delivering went. And answers that are given again to whoever repeats a request.

-- The kinds of jobs are closed in the program, not here: SQLite cannot change a CHECK, and a table is not made anew for each new kind.
CREATE TABLE jobs_of_any_kind (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'job_%'),
    kind TEXT NOT NULL CHECK (kind <> ''),
    subject_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'failed')),
    priority INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    claimed_at BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (kind, subject_id)
);
INSERT INTO jobs_of_any_kind (id, kind, subject_id, state, priority, tries, due_at, claimed_at, last_error, created_at)
    SELECT id, kind, subject_id, state, priority, tries, due_at, claimed_at, last_error, created_at FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_of_any_kind RENAME TO jobs;
CREATE INDEX jobs_by_due ON jobs (state, priority, due_at);

-- Secrets stand here as they are: what is signed with them cannot be signed with a hash.
CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'whk_%'),
    label TEXT NOT NULL CHECK (length(label) <= 120),
    url TEXT NOT NULL CHECK (length(url) <= 2000),
    -- Types of events with spaces between them.
    events TEXT NOT NULL CHECK (events <> ''),
    secret TEXT NOT NULL CHECK (secret LIKE 'whsec_%'),
    -- Signs too until then, so that a receiver has time to learn the new one.
    old_secret TEXT,
    old_secret_until BIGINT,
    version INTEGER NOT NULL DEFAULT 1,
    made_by TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    disabled_at BIGINT,
    disabled_because TEXT CHECK (disabled_because IN ('by_hand', 'gone', 'failing')),
    -- When something last arrived.
    delivered_at BIGINT
);

-- The outbox: written in the transaction of what it tells. Facts are JSON; links are made when it is delivered.
CREATE TABLE webhook_events (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'msg_%'),
    kind TEXT NOT NULL CHECK (kind <> ''),
    fact TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX webhook_events_by_time ON webhook_events (at);

-- One event on its way to one receiver.
CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'dlv_%'),
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL REFERENCES webhook_events (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed', 'cancelled')),
    -- Since it was sent on its way, the first time or again.
    tries INTEGER NOT NULL DEFAULT 0,
    started_at BIGINT NOT NULL,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, created_at, id);
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event_id);

CREATE TABLE webhook_attempts (
    delivery_id TEXT NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    status INTEGER,
    error TEXT,
    answer TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
);

-- Requests that were carried out under an Idempotency-Key, and how they were answered. The key is kept as a hash.
CREATE TABLE repeatable_answers (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key_hash TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    -- Names and values as JSON.
    headers TEXT NOT NULL,
    -- Packed by Zstandard; none where the answer must not be kept.
    body BLOB,
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, key_hash)
);
CREATE INDEX repeatable_answers_by_time ON repeatable_answers (answered_at);
