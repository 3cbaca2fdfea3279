-- Publishing at an hour, embargoes in somebody's time zone, links for outsiders, corrections.

-- The moment at which the draft goes out by itself, in UTC and in the zone it was chosen in, and who decided so: it goes out in their name.
ALTER TABLE stories ADD COLUMN publish_at BIGINT;
ALTER TABLE stories ADD COLUMN publish_zone TEXT;
ALTER TABLE stories ADD COLUMN scheduled_by TEXT REFERENCES accounts (id);
-- What readers are told of the change when it goes out.
ALTER TABLE stories ADD COLUMN scheduled_correction TEXT;
-- When it was tried in vain to publish it, and why, as JSON.
ALTER TABLE stories ADD COLUMN held_at BIGINT;
ALTER TABLE stories ADD COLUMN held_because TEXT;
CREATE INDEX stories_by_schedule ON stories (publish_at) WHERE publish_at IS NOT NULL;

ALTER TABLE stories ADD COLUMN embargo_zone TEXT;

-- Links by which somebody without an account sees one draft. Only a hash of the secret is kept.
CREATE TABLE preview_links (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'prv_%'),
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    label TEXT NOT NULL CHECK (length(label) <= 120),
    secret_hash TEXT NOT NULL UNIQUE,
    made_by TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    used_at BIGINT
);
CREATE INDEX preview_links_by_story ON preview_links (story_id, created_at);

-- What readers are told of changes to a story that was published before; each came with one publication, and later ones keep it.
CREATE TABLE corrections (
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    publication INTEGER NOT NULL CHECK (publication > 1),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    made_at BIGINT NOT NULL,
    PRIMARY KEY (story_id, publication)
);
