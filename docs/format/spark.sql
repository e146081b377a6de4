-- The archive as a view without duplicates, for Spark SQL (3.4 and later).
-- Replace ARCHIVE by the archive's address, for example s3a://acme-traffic/rrpairs.
-- Filters on date and hour prune partitions: give them whenever you can.
CREATE OR REPLACE TEMPORARY VIEW rrpairs_files USING parquet OPTIONS (path 'ARCHIVE/v1/');

CREATE OR REPLACE TEMPORARY VIEW rrpairs AS
SELECT
  ts, ts_nanos,
  lower(regexp_replace(hex(uuid), '^(.{8})(.{4})(.{4})(.{4})(.{12})$', '$1-$2-$3-$4-$5')) AS uuid,
  direction, cluster, namespace, service, l7protocol, tech, command, status, location, network_address, duration_ms,
  trace_id, session, req_headers, res_headers, tags, netinfo, token_list, signature, req_body, res_body, rest, date, hour
FROM (
  -- A pair that was sent twice lies twice in the same hour. One row of each uuid stays.
  SELECT *, row_number() OVER (PARTITION BY date, hour, uuid ORDER BY ts) AS copy FROM rrpairs_files
)
WHERE uuid IS NULL OR copy = 1;
