-- Who paused the program, and when; no row while it is not paused.
SELECT paused_by, since FROM sync_pause
