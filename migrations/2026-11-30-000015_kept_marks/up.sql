-- Who hid what a photograph hides, each mark by itself: the account whose word it is that it stays hidden. NULL where nothing is hidden, or nobody knows.
ALTER TABLE photos ADD COLUMN sensitive_by TEXT REFERENCES accounts (id);
ALTER TABLE photos ADD COLUMN place_by TEXT REFERENCES accounts (id);

-- Of what was hidden before, the trail knows.
UPDATE photos SET sensitive_by = (
    SELECT accounts.id FROM audit JOIN accounts ON accounts.id = audit.actor_id
    WHERE audit.object = photos.id AND audit.word = 'photo.marked_sensitive' ORDER BY audit.at DESC LIMIT 1
) WHERE sensitive;
UPDATE photos SET place_by = (
    SELECT accounts.id FROM audit JOIN accounts ON accounts.id = audit.actor_id
    WHERE audit.object = photos.id AND audit.word = 'photo.place_hidden' ORDER BY audit.at DESC LIMIT 1
) WHERE hide_place;

-- What was hidden of files whose photographs were deleted, so that a file that is sent again is hidden from its first moment.
CREATE TABLE kept_marks (
    -- Of the original's bytes, as lower-case hexadecimal digits.
    sha256 TEXT PRIMARY KEY NOT NULL,
    sensitive BOOLEAN NOT NULL,
    hide_place BOOLEAN NOT NULL,
    sensitive_by TEXT REFERENCES accounts (id),
    place_by TEXT REFERENCES accounts (id)
);
