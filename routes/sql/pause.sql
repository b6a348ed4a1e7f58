-- Who is first has paused it; a second one changes nothing.
INSERT INTO sync_pause (paused_by) VALUES (:#${variable.who})
ON CONFLICT (single) DO NOTHING
