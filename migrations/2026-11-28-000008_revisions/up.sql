-- Revisions hold blocks and frames under their ids now, so that they can be compared with the draft and put back. Those made before have none; what
-- readers saw at each publication is kept in `publications`.
DELETE FROM revisions;
