-- Passkeys: the public half of a key that a device keeps. What the library knows of it (key, counter, flags) is its own JSON.
CREATE TABLE passkeys (
    id TEXT NOT NULL PRIMARY KEY CHECK (id LIKE 'psk_%'),
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- What the device calls it, in base64url.
    credential_id TEXT NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 8 AND 1400),
    credential TEXT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkeys_by_account ON passkeys (account_id, created_at);
