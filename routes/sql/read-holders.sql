-- Which patients of this clinic the people that a search found are known as already.
SELECT instance_id AS tracked_entity, patient_id
FROM instance_tracker
WHERE instance_id = ANY (string_to_array(:#${body}, ','))
