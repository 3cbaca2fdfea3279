-- Which story was made of which folder or export, and how it stood then: what is imported again becomes the same story again.

CREATE TABLE imports (
    -- "folder:" and a hash of the folder's path, or "story:" and the id that the story had where it was exported.
    source TEXT NOT NULL PRIMARY KEY,
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    -- The story's own count when the import was done; another count now means that somebody has changed it since.
    change_count INTEGER NOT NULL,
    imported_at BIGINT NOT NULL
);
CREATE INDEX imports_by_story ON imports (story_id);
