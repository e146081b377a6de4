-- The archive as a view without duplicates, for DuckDB.
-- Replace ARCHIVE by the archive's address, for example s3://acme-traffic/rrpairs (INSTALL httpfs first) or /var/archive.
-- Filters on date and hour reach the listing of files: give them whenever you can.
CREATE OR REPLACE VIEW rrpairs AS
SELECT
  * REPLACE (CAST(lower(hex(uuid)) AS UUID) AS uuid)
FROM read_parquet('ARCHIVE/v1/**/*.parquet', hive_partitioning = true, union_by_name = true,
                  hive_types = {'date': DATE, 'hour': INTEGER})
-- A pair that was sent twice lies twice in the same hour. One row of each uuid stays.
QUALIFY uuid IS NULL OR row_number() OVER (PARTITION BY date, hour, uuid) = 1;
