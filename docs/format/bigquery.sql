-- The archive as a view without duplicates, for BigQuery (an external table over Cloud Storage).
-- Replace acme-traffic/rrpairs by bucket and prefix, and traffic by your dataset. Filters on date and hour prune folders.
-- With partition_by, its keys stand before date in the list of partition columns (under the names they have in the
-- path); the columns of the same names inside the files are then hidden by them.
CREATE OR REPLACE EXTERNAL TABLE traffic.rrpairs_files
WITH PARTITION COLUMNS (date DATE, hour INT64)
OPTIONS (
  format = 'PARQUET',
  uris = ['gs://acme-traffic/rrpairs/v1/*'],
  hive_partition_uri_prefix = 'gs://acme-traffic/rrpairs/v1',
  require_hive_partition_filter = FALSE
);

CREATE OR REPLACE VIEW traffic.rrpairs AS
SELECT
  * REPLACE (REGEXP_REPLACE(TO_HEX(uuid), r'^(.{8})(.{4})(.{4})(.{4})(.{12})$', r'\1-\2-\3-\4-\5') AS uuid)
FROM traffic.rrpairs_files
-- A pair that was sent twice lies twice in the same hour. One row of each uuid stays.
WHERE TRUE
QUALIFY uuid IS NULL OR ROW_NUMBER() OVER (PARTITION BY date, hour, uuid ORDER BY ts) = 1;
