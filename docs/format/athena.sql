-- The archive as a view without duplicates, for Amazon Athena (Trino). Two statements: run them one after the other.
-- Replace acme-traffic/rrpairs by bucket and prefix, and the first date by that of your archive. No crawler and no
-- MSCK REPAIR are needed: partition projection computes the folders.
-- With partition_by, add its keys to PARTITIONED BY under names of their own (part_cluster), project them as
-- 'injected' or 'enum', and put ${part_cluster} at its place in storage.location.template.
CREATE EXTERNAL TABLE rrpairs_files (
  ts timestamp,
  ts_nanos int,
  uuid binary,
  direction string,
  cluster string,
  namespace string,
  service string,
  l7protocol string,
  tech string,
  command string,
  status string,
  location string,
  network_address string,
  duration_ms int,
  trace_id string,
  session string,
  req_headers string,
  res_headers string,
  tags string,
  netinfo string,
  token_list string,
  signature string,
  req_body binary,
  res_body binary,
  rest string
)
PARTITIONED BY (`date` string, `hour` int)
STORED AS PARQUET
LOCATION 's3://acme-traffic/rrpairs/v1/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.date.type' = 'date',
  'projection.date.format' = 'yyyy-MM-dd',
  'projection.date.range' = '2026-01-01,NOW+1DAY',
  'projection.hour.type' = 'integer',
  'projection.hour.range' = '0,23',
  'projection.hour.digits' = '2',
  'storage.location.template' = 's3://acme-traffic/rrpairs/v1/date=${date}/hour=${hour}/'
);

CREATE OR REPLACE VIEW rrpairs AS
SELECT
  ts, ts_nanos,
  lower(regexp_replace(to_hex(uuid), '^(.{8})(.{4})(.{4})(.{4})(.{12})$', '$1-$2-$3-$4-$5')) AS uuid,
  direction, cluster, namespace, service, l7protocol, tech, command, status, location, network_address, duration_ms,
  trace_id, session, req_headers, res_headers, tags, netinfo, token_list, signature, req_body, res_body, rest,
  "date", "hour"
FROM (
  -- A pair that was sent twice lies twice in the same hour. One row of each uuid stays.
  SELECT *, row_number() OVER (PARTITION BY "date", "hour", uuid ORDER BY ts) AS copy FROM rrpairs_files
)
WHERE uuid IS NULL OR copy = 1;
