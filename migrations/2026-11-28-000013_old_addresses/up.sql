-- Stories that came from another site: which of its posts each of them was, so that taking the same site in again adds nothing twice.
CREATE TABLE story_origins (
    source TEXT NOT NULL PRIMARY KEY CHECK (length(source) BETWEEN 1 AND 2000),
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX story_origins_by_story ON story_origins (story_id);

-- Addresses under which stories stood on that site, as `story::origin::OldAddress` writes them. Readers who follow one are sent to the story.
CREATE TABLE old_addresses (
    address TEXT NOT NULL PRIMARY KEY CHECK (address LIKE '/_%' AND length(address) <= 2000),
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX old_addresses_by_story ON old_addresses (story_id, address);
