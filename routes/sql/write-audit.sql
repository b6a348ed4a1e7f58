-- Who had the program do what, and what they were told.
INSERT INTO sync_audit (who, what, asked, queued, outcome)
VALUES (:#${variable.who}, :#${variable.what}, :#${variable.receipt.asked}, :#${variable.receipt.queued}, :#${variable.receipt.outcome})
