-- Which of these events (the body, their UIDs joined by commas) came from here, by the tracker.
SELECT event_id
FROM event_tracker
WHERE event_id = ANY (string_to_array(:#${body}, ','))
