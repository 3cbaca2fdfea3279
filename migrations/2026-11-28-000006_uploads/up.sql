-- Uploads that go on where they stopped, and links by which somebody without an account uploads to one story.

-- A photographer without an account uploads to one story until a date. Only a hash of the secret is kept; the photographs belong to whoever made
-- the link.
CREATE TABLE drop_links (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'drp_%'),
    secret_hash TEXT NOT NULL UNIQUE,
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    made_by TEXT NOT NULL REFERENCES accounts (id),
    label TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 120),
    -- Files begun by it, whatever became of them.
    files_begun INTEGER NOT NULL DEFAULT 0 CHECK (files_begun >= 0),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX drop_links_by_story ON drop_links (story_id, created_at);

-- One file on its way. Its bytes lie beside the originals under its id until it is a photo; `offset_bytes` says how many of them are safely on
-- the disk.
CREATE TABLE uploads (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'upl_%'),
    owner_id TEXT NOT NULL REFERENCES accounts (id),
    drop_link_id TEXT REFERENCES drop_links (id) ON DELETE CASCADE,
    file_name TEXT NOT NULL,
    -- What the client said of it, as it said it: the protocol gives it back.
    metadata TEXT,
    -- Where its photo goes, at which place, and with which others: those of one batch stand in the order in which they were taken.
    story_id TEXT REFERENCES stories (id) ON DELETE SET NULL,
    position INTEGER CHECK (position >= 0),
    batch TEXT,
    length_bytes BIGINT NOT NULL CHECK (length_bytes > 0),
    offset_bytes BIGINT NOT NULL DEFAULT 0 CHECK (offset_bytes BETWEEN 0 AND length_bytes),
    -- What became of it; empty while it is on its way. Kept until it expires, for a client that lost the last answer.
    outcome TEXT CHECK (outcome IN ('taken', 'known', 'refused_type', 'refused_pixels', 'refused_bytes')),
    reason TEXT,
    photo_id TEXT REFERENCES photos (id) ON DELETE SET NULL,
    placed BOOLEAN,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CHECK (outcome IS NULL OR offset_bytes = length_bytes),
    CHECK (outcome NOT LIKE 'refused%' OR reason IS NOT NULL)
);
CREATE INDEX uploads_by_owner ON uploads (owner_id, outcome);
CREATE INDEX uploads_by_batch ON uploads (batch);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
CREATE INDEX uploads_by_drop_link ON uploads (drop_link_id, created_at);
CREATE INDEX uploads_by_photo ON uploads (photo_id);
