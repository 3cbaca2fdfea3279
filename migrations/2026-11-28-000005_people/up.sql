-- People look after themselves: what a session tells of its browser, a second factor, invitations and resets by link, and a trail of who did what.

-- When somebody was last at the desk, to the minute; sessions that say so are deleted when they end.
ALTER TABLE accounts ADD COLUMN seen_at BIGINT;
-- The password is shorter than one that stands alone may be: it was taken because there was a second factor.
ALTER TABLE accounts ADD COLUMN short_password BOOLEAN NOT NULL DEFAULT FALSE;

-- Where the browser was that signed in, and what it called itself.
ALTER TABLE sessions ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';

-- Whom an invitation is for, and who made the link.
ALTER TABLE account_links ADD COLUMN email TEXT CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254);
ALTER TABLE account_links ADD COLUMN name TEXT CHECK (length(name) BETWEEN 1 AND 120);
ALTER TABLE account_links ADD COLUMN role TEXT CHECK (role IN ('admin', 'editor', 'photographer'));
ALTER TABLE account_links ADD COLUMN made_by TEXT REFERENCES accounts (id);

-- A shared secret for time-based codes (RFC 6238). It holds once it is confirmed by a code; no step of time is good for a second code.
CREATE TABLE second_factors (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL DEFAULT 0
);

-- Codes for whoever has lost the device, each good once. Only a hash is kept.
CREATE TABLE recovery_codes (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (account_id, code_hash)
);

-- Somebody whose password was right and whose code is still to come: no session, and good for nothing else.
CREATE TABLE pending_sign_ins (
    secret_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pending_sign_ins_by_account ON pending_sign_ins (account_id);

-- Who did what to what, and when. Names stand here as they were, and nothing refers to a row that may go. The words are closed in the program,
-- not here: a table that is only ever added to is not rebuilt for a new one.
CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'aud_%'),
    at BIGINT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    word TEXT NOT NULL CHECK (word LIKE '%.%'),
    object TEXT NOT NULL,
    note TEXT NOT NULL CHECK (length(note) <= 300)
);
CREATE INDEX audit_by_time ON audit (at, id);
CREATE INDEX audit_by_actor ON audit (actor_id, at, id);
CREATE INDEX audit_by_word ON audit (word, at, id);
