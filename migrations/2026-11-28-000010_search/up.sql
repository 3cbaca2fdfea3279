-- Finding stories by their words: readers in what is live, the desk in everything. Lists of live stories by language and by change.

-- What readers see now, one row for each live story, made and removed in the transaction that changes it. The language is the one that was published, in lower case;
-- `changed_at` is when what readers get of the story last changed, for whoever keeps a copy in step.
CREATE TABLE live_stories (
    -- The row's number in the index of words; never used twice.
    number INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    story_id TEXT NOT NULL UNIQUE REFERENCES stories (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    first_published_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX live_stories_by_publication ON live_stories (first_published_at, story_id);
CREATE INDEX live_stories_by_change ON live_stories (changed_at, story_id);

-- Their words, from the published documents and nothing else.
CREATE VIRTUAL TABLE live_words USING fts5 (
    title, standfirst, headings, places, names, tags, captions, body,
    tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);
CREATE TRIGGER live_words_go AFTER DELETE ON live_stories BEGIN
    DELETE FROM live_words WHERE rowid = OLD.number;
END;

-- Drafts and photographs by all their words. What has changed is noted by triggers, so that nobody can forget it, and is indexed before the next search.
CREATE TABLE desk_entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    subject_id TEXT NOT NULL UNIQUE
);
CREATE TABLE desk_stale (
    subject_id TEXT NOT NULL PRIMARY KEY
);
CREATE VIRTUAL TABLE story_words USING fts5 (title, words, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
CREATE VIRTUAL TABLE photo_words USING fts5 (words, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');

CREATE TRIGGER desk_words_go AFTER DELETE ON desk_entries BEGIN
    DELETE FROM story_words WHERE rowid = OLD.number;
    DELETE FROM photo_words WHERE rowid = OLD.number;
END;
CREATE TRIGGER new_stories_are_stale AFTER INSERT ON stories BEGIN
    INSERT INTO desk_stale (subject_id) SELECT NEW.id WHERE NOT EXISTS (SELECT 1 FROM desk_stale WHERE subject_id = NEW.id);
END;
CREATE TRIGGER changed_stories_are_stale AFTER UPDATE OF change_count ON stories BEGIN
    INSERT INTO desk_stale (subject_id) SELECT NEW.id WHERE NOT EXISTS (SELECT 1 FROM desk_stale WHERE subject_id = NEW.id);
END;
CREATE TRIGGER deleted_stories_are_not_found AFTER DELETE ON stories BEGIN
    DELETE FROM desk_stale WHERE subject_id = OLD.id;
    DELETE FROM desk_entries WHERE subject_id = OLD.id;
END;
CREATE TRIGGER new_photos_are_stale AFTER INSERT ON photos BEGIN
    INSERT INTO desk_stale (subject_id) SELECT NEW.id WHERE NOT EXISTS (SELECT 1 FROM desk_stale WHERE subject_id = NEW.id);
END;
CREATE TRIGGER changed_photos_are_stale AFTER UPDATE OF file_name, caption, headline, place, alt, credit, creator, copyright, embedded ON photos BEGIN
    INSERT INTO desk_stale (subject_id) SELECT NEW.id WHERE NOT EXISTS (SELECT 1 FROM desk_stale WHERE subject_id = NEW.id);
END;
CREATE TRIGGER deleted_photos_are_not_found AFTER DELETE ON photos BEGIN
    DELETE FROM desk_stale WHERE subject_id = OLD.id;
    DELETE FROM desk_entries WHERE subject_id = OLD.id;
END;
INSERT INTO desk_stale (subject_id) SELECT id FROM stories;
INSERT INTO desk_stale (subject_id) SELECT id FROM photos;

-- Which version of the program's idea of a story's words the index of live stories holds; the next start makes it anew where that is an older one.
INSERT INTO counters (name, value) VALUES ('live_words_version', 0);
