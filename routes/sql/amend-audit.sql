-- What people were told in the end, after what they asked for was queued.
UPDATE sync_audit SET outcome = :#${variable.receipt.outcome} WHERE id = :#${variable.audit}
