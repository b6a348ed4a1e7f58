-- The whole history is pending here: somebody looks first, marks what shall not go, and resumes.
INSERT INTO sync_pause (paused_by) VALUES ('the first start');
