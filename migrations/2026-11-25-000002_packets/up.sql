-- What public files say is written afresh when it changes; AVIFs are made after everything else; a photo may be a newer file of another.

-- SQLite cannot change a CHECK: the table is made anew.
CREATE TABLE jobs_of_more_kinds (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'job_%'),
    kind TEXT NOT NULL CHECK (kind IN ('render_photo', 'render_avif', 'sweep_renditions')),
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
INSERT INTO jobs_of_more_kinds (id, kind, subject_id, state, priority, tries, due_at, claimed_at, last_error, created_at)
    SELECT id, kind, subject_id, state, priority, tries, due_at, claimed_at, last_error, created_at FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_of_more_kinds RENAME TO jobs;
CREATE INDEX jobs_by_due ON jobs (state, priority, due_at);

-- The words in the files of the photo's folder; others than the photo has now mean that the files are to be written anew.
ALTER TABLE photos ADD COLUMN packet TEXT;
-- The photo of which this one's file is a newer version: same person, same file name, taken at the same moment.
ALTER TABLE photos ADD COLUMN earlier_id TEXT REFERENCES photos (id) ON DELETE SET NULL;
CREATE INDEX photos_by_earlier ON photos (earlier_id);
-- Photos whose AVIFs were never made get them.
INSERT INTO jobs (id, kind, subject_id, state, due_at, created_at)
    SELECT 'job_' || lower(hex(randomblob(16))), 'render_avif', id, 'waiting', updated_at, updated_at FROM photos WHERE state = 'ready';

-- Counts changes of a live document in its place (a place hidden, AVIFs ready), which make no new publication.
ALTER TABLE stories ADD COLUMN live_edits INTEGER NOT NULL DEFAULT 0;
