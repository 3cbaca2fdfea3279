-- Everything the first walk needs: people, photos, stories, publications, jobs.
-- Written so that SQLite and PostgreSQL understand the same words: ids are text made by the program, instants are Unix milliseconds in
-- BIGINT, enums are text with CHECK, JSON is text. Migrations only go forward.

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'usr_%'),
    email TEXT NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    role TEXT NOT NULL CHECK (role IN ('admin', 'editor', 'photographer')),
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    disabled_at BIGINT
);

-- Setup links now, invitations and resets by the same table later. Only a hash of the secret is kept.
CREATE TABLE account_links (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'lnk_%'),
    kind TEXT NOT NULL CHECK (kind IN ('setup', 'invitation', 'reset')),
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    secret_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'ses_%'),
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    secret_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'tok_%'),
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    secret_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX tokens_by_account ON tokens (account_id);

-- One row for each failed sign-in and each thing it counts against: the account's address, the network address.
CREATE TABLE sign_in_failures (
    id TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    failed_at BIGINT NOT NULL
);
CREATE INDEX sign_in_failures_by_subject ON sign_in_failures (subject, failed_at);

-- The bytes as they were uploaded, once for each hash; photos refer to them.
CREATE TABLE originals (
    sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
    media_type TEXT NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp', 'image/tiff')),
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    stored_at BIGINT NOT NULL
);

CREATE TABLE photos (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'pho_%'),
    owner_id TEXT NOT NULL REFERENCES accounts (id),
    original_sha256 TEXT NOT NULL REFERENCES originals (sha256),
    file_name TEXT NOT NULL,
    width_px INTEGER NOT NULL CHECK (width_px > 0),
    height_px INTEGER NOT NULL CHECK (height_px > 0),
    state TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'failed')),
    failure TEXT,
    damaged BOOLEAN NOT NULL DEFAULT FALSE,
    caption TEXT CHECK (length(caption) <= 5000),
    headline TEXT,
    place TEXT,
    alt TEXT,
    decorative BOOLEAN NOT NULL DEFAULT FALSE,
    credit TEXT,
    creator TEXT,
    copyright TEXT,
    license TEXT,
    taken_on TEXT,
    captured_at TEXT,
    focal_x DOUBLE PRECISION NOT NULL DEFAULT 0.5 CHECK (focal_x BETWEEN 0 AND 1),
    focal_y DOUBLE PRECISION NOT NULL DEFAULT 0.5 CHECK (focal_y BETWEEN 0 AND 1),
    sensitive BOOLEAN NOT NULL DEFAULT FALSE,
    hide_place BOOLEAN NOT NULL DEFAULT FALSE,
    color TEXT,
    thumbhash TEXT,
    folder TEXT,
    embedded TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Uploaded twice by one person, the same bytes are one photo; a second person gets a photo of their own.
    UNIQUE (owner_id, original_sha256),
    CHECK (state <> 'failed' OR failure IS NOT NULL),
    CHECK (state <> 'ready' OR (folder IS NOT NULL AND color IS NOT NULL))
);
CREATE INDEX photos_by_age ON photos (created_at, id);
CREATE INDEX photos_by_original ON photos (original_sha256);

-- A folder is one rendering of a photo: a changed focal point makes a new folder, and files in the old one stay while they are published.
CREATE TABLE renditions (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'ren_%'),
    photo_id TEXT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    folder TEXT NOT NULL CHECK (length(folder) = 32),
    spec TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('frame', 'crop', 'thumb')),
    media_type TEXT NOT NULL CHECK (media_type IN ('image/jpeg', 'image/webp', 'image/avif')),
    width_px INTEGER NOT NULL CHECK (width_px > 0),
    height_px INTEGER NOT NULL CHECK (height_px > 0),
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    created_at BIGINT NOT NULL,
    UNIQUE (photo_id, folder, spec),
    UNIQUE (folder, spec)
);

CREATE TABLE stories (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'sto_%'),
    slug TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 100),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    standfirst TEXT,
    byline TEXT,
    language TEXT NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
    story_date TEXT,
    tags TEXT NOT NULL DEFAULT '[]',
    lead_block_id TEXT,
    graphic BOOLEAN NOT NULL DEFAULT FALSE,
    embargo_until BIGINT,
    -- Grows with every change of order or fields; ETag of the draft.
    version INTEGER NOT NULL DEFAULT 1,
    -- Grows with every change of anything in the story, parts included; tells whether the draft differs from what readers see.
    change_count INTEGER NOT NULL DEFAULT 1,
    -- Publications made so far, and the one readers see.
    publications_made INTEGER NOT NULL DEFAULT 0,
    live_publication INTEGER,
    live_change_count INTEGER,
    first_published_at BIGINT,
    live_since BIGINT,
    created_by TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL REFERENCES accounts (id),
    updated_at BIGINT NOT NULL,
    CHECK (live_publication IS NULL OR live_publication <= publications_made)
);
CREATE INDEX stories_by_change ON stories (updated_at, id);
CREATE INDEX stories_by_publication ON stories (first_published_at, id);

CREATE TABLE slug_redirects (
    slug TEXT NOT NULL PRIMARY KEY,
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);

CREATE TABLE story_members (
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    added_by TEXT NOT NULL REFERENCES accounts (id),
    added_at BIGINT NOT NULL,
    PRIMARY KEY (story_id, account_id)
);
CREATE INDEX story_members_by_account ON story_members (account_id);

-- A block without a position lies in the story's tray of removed blocks and can be put back.
CREATE TABLE blocks (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'blk_%'),
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    position INTEGER,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'heading', 'quote', 'photo', 'group')),
    layout TEXT CHECK (layout IN ('column', 'wide', 'full', 'side', 'grid')),
    body TEXT CHECK (length(body) <= 50000),
    attribution TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    updated_by TEXT NOT NULL REFERENCES accounts (id),
    updated_at BIGINT NOT NULL,
    UNIQUE (story_id, position),
    CHECK ((kind = 'photo' AND layout IN ('column', 'wide', 'full'))
        OR (kind = 'group' AND layout IN ('side', 'grid'))
        OR (kind NOT IN ('photo', 'group') AND layout IS NULL)),
    CHECK (kind IN ('photo', 'group') OR body IS NOT NULL)
);

-- What a frame leaves NULL it takes from its photo. "May this photo go?" is this foreign key.
CREATE TABLE frames (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'frm_%'),
    block_id TEXT NOT NULL REFERENCES blocks (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    photo_id TEXT NOT NULL REFERENCES photos (id),
    place TEXT,
    caption TEXT CHECK (length(caption) <= 5000),
    alt TEXT,
    decorative BOOLEAN,
    credit TEXT,
    focal_x DOUBLE PRECISION CHECK (focal_x BETWEEN 0 AND 1),
    focal_y DOUBLE PRECISION CHECK (focal_y BETWEEN 0 AND 1),
    crop TEXT,
    graphic BOOLEAN NOT NULL DEFAULT FALSE,
    version INTEGER NOT NULL DEFAULT 1,
    updated_by TEXT NOT NULL REFERENCES accounts (id),
    updated_at BIGINT NOT NULL,
    UNIQUE (block_id, position)
);
CREATE INDEX frames_by_photo ON frames (photo_id);

CREATE TABLE publications (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'pub_%'),
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    document TEXT NOT NULL,
    published_by TEXT NOT NULL REFERENCES accounts (id),
    published_at BIGINT NOT NULL,
    UNIQUE (story_id, number)
);

-- The photos that live publications show. A rendition is public while its folder is here; a photo here cannot be deleted.
CREATE TABLE published_photos (
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    photo_id TEXT NOT NULL REFERENCES photos (id),
    folder TEXT NOT NULL,
    PRIMARY KEY (story_id, photo_id, folder)
);
CREATE INDEX published_photos_by_folder ON published_photos (folder);
CREATE INDEX published_photos_by_photo ON published_photos (photo_id);

-- The draft as it stood at some moment, whole.
CREATE TABLE revisions (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'rev_%'),
    story_id TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    reason TEXT NOT NULL CHECK (reason IN ('publication', 'editing', 'restore')),
    draft TEXT NOT NULL,
    made_by TEXT NOT NULL REFERENCES accounts (id),
    made_at BIGINT NOT NULL,
    UNIQUE (story_id, number)
);

-- Jobs carry ids only. They are queued in the transaction of what causes them and may run twice with the same result.
CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'job_%'),
    kind TEXT NOT NULL CHECK (kind IN ('render_photo')),
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
CREATE INDEX jobs_by_due ON jobs (state, priority, due_at);
