-- Who had the program do what, and what they were told; gives the number of the row.
INSERT INTO sync_audit (who, what, asked, queued, outcome)
VALUES (:#${variable.who}, concat_ws(' ', :#${variable.what}::text, :#${variable.which}::text),
        :#${variable.receipt.asked}, :#${variable.receipt.queued}, :#${variable.receipt.outcome})
RETURNING id
