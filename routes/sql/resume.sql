DELETE FROM sync_pause
