-- The SHA-256 of a rendition's bytes, as lower-case hexadecimal digits; NULL for those that were made before, until the server has looked at them.
ALTER TABLE renditions ADD COLUMN sha256 TEXT;
