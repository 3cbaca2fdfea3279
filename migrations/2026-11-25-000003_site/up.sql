-- What the site is called and how it looks; lists of stories by tag and by photographer; one counter that tells every process that what readers
-- see has changed.

-- One row, as JSON.
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY CHECK (name IN ('site')),
    value TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    updated_by TEXT REFERENCES accounts (id),
    updated_at BIGINT NOT NULL
);

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('public_changes', 1);

-- Under which tags and photographers readers find a live story. Rows are made when it goes live; those of stories that were live before this
-- table was there are made at the next start.
CREATE TABLE listings (
    kind TEXT NOT NULL CHECK (kind IN ('tag', 'photographer')),
    slug TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 100),
    name TEXT NOT NULL,
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    first_published_at BIGINT NOT NULL,
    PRIMARY KEY (kind, slug, story_id)
);
CREATE INDEX listings_by_publication ON listings (kind, slug, first_published_at, story_id);
CREATE INDEX listings_by_story ON listings (story_id);

-- The list of stories is read from the live ones alone.
DROP INDEX stories_by_publication;
CREATE INDEX stories_by_publication ON stories (first_published_at, id) WHERE live_publication IS NOT NULL;
INSERT INTO counters (name, value) VALUES ('listings_are_complete', 0);

-- The counter says it.
ALTER TABLE stories DROP COLUMN live_edits;
