-- The mappings with the version of their rows, which any edit changes; what is in them is not read.
SELECT program_name, xmin::text AS version
FROM mapping
