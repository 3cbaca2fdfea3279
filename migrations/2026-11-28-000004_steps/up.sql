-- What somebody did to a draft, so that it can be undone and done again: what the touched parts were before and after.

CREATE TABLE steps (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'stp_%'),
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    what TEXT NOT NULL CHECK (what IN ('insert', 'move', 'words', 'layout', 'remove', 'restore', 'group', 'ungroup', 'sort', 'fields', 'several')),
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    made_by TEXT NOT NULL REFERENCES accounts (id),
    made_at BIGINT NOT NULL,
    undone_at BIGINT,
    UNIQUE (story_id, number)
);

-- Code replacements of a story, as they were typed: `ab = Anna Bakker`, one on a line.
CREATE TABLE story_codes (
    story_id TEXT NOT NULL PRIMARY KEY REFERENCES stories (id) ON DELETE CASCADE,
    codes TEXT NOT NULL CHECK (length(codes) <= 20000),
    updated_by TEXT NOT NULL REFERENCES accounts (id),
    updated_at BIGINT NOT NULL
);
