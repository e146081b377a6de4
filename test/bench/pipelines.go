package main

import (
	"strings"
	"time"
)

// pipeline is one collector configuration under test. In config, {{port}}, {{bucket}}, {{endpoint}} and {{queue}} are filled in.
type pipeline struct {
	name   string
	ours   bool
	config string
	settle time.Duration // wait for the last batch before stopping; none where stopping writes it
}

const ourHead = `
extensions:
  archive:
    url: "s3://{{bucket}}/rrpairs?region=us-east-1&endpoint=http://{{endpoint}}&use_path_style=true"
  file_storage: {directory: "{{queue}}", create_directory: true, fsync: true}
receivers:
  rrpair: {protocols: {grpc: {endpoint: "127.0.0.1:{{port}}"}}}
`

const ourTail = `
service:
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  extensions: [archive, file_storage]
  pipelines: {logs: {receivers: [rrpair], exporters: [archive]}}
`

// The same with redaction by the default policy, the key being of no importance. The archive then takes only what was
// redacted.
const ourRedactingTail = `
processors:
  redact: {key: "7f1d5c0a9be84b2f8d63a1c4e5f60718293a4b5c6d7e8f90123456789abcdef0"}
service:
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  extensions: [archive, file_storage]
  pipelines: {logs: {receivers: [rrpair], processors: [redact], exporters: [archive]}}
`

// The whole way: redaction, dimensions, the archive and the embedded hot store, each behind its own persistent queue.
const ourFull = `
extensions:
  archive:
    url: "s3://{{bucket}}/rrpairs?region=us-east-1&endpoint=http://{{endpoint}}&use_path_style=true"
  hotstore: {sqlite: {path: "{{queue}}/hot"}}
  file_storage: {directory: "{{queue}}", create_directory: true, fsync: true}
receivers:
  rrpair: {protocols: {grpc: {endpoint: "127.0.0.1:{{port}}"}}}
processors:
  redact: {key: "7f1d5c0a9be84b2f8d63a1c4e5f60718293a4b5c6d7e8f90123456789abcdef0"}
  dimension: {}
exporters:
  archive: {sending_queue: {storage: file_storage}, allow_unredacted: UNREDACTED}
  hotstore: {sending_queue: {storage: file_storage}, allow_unredacted: UNREDACTED}
service:
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  extensions: [archive, hotstore, file_storage]
  pipelines: {logs: {receivers: [rrpair], processors: [PROCESSORS], exporters: [archive, hotstore]}}
`

func full(unredacted, processors string) string {
	return strings.NewReplacer("UNREDACTED", unredacted, "PROCESSORS", processors).Replace(ourFull)
}

const stockHead = `
extensions:
  file_storage: {directory: "{{queue}}", create_directory: true, fsync: true}
receivers:
  otlp: {protocols: {grpc: {endpoint: "127.0.0.1:{{port}}", max_recv_msg_size_mib: 64}}}
processors:
  batch: {send_batch_size: 8192, timeout: 10s}
`

// The exporter's own README is followed: sending_queue on, ten consumers, a timeout of 20 s, unique keys. Batches are
// of the batch processor's documented default size with a longer timeout, which makes fewer and larger objects.
const stockVolatile = stockHead + `
exporters:
  awss3:
    s3uploader: {region: us-east-1, s3_bucket: "{{bucket}}", s3_prefix: stock, endpoint: "http://{{endpoint}}", s3_force_path_style: true, disable_ssl: true, compression: gzip, unique_key_func_name: uuidv7}
    marshaler: MARSHALER
    timeout: 20s
    sending_queue: {enabled: true, num_consumers: 10, queue_size: 100, block_on_overflow: true}
service:
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  extensions: [file_storage]
  pipelines: {logs: {receivers: [otlp], processors: [batch], exporters: [awss3]}}
`

// With a persistent queue nothing may wait in a processor's memory after it was acknowledged, so the queue batches, as
// the exporter helper's documentation advises.
const stockPersistent = stockHead + `
exporters:
  awss3:
    s3uploader: {region: us-east-1, s3_bucket: "{{bucket}}", s3_prefix: stock, endpoint: "http://{{endpoint}}", s3_force_path_style: true, disable_ssl: true, compression: gzip, unique_key_func_name: uuidv7}
    marshaler: MARSHALER
    timeout: 20s
    sending_queue:
      enabled: true
      storage: file_storage
      num_consumers: 10
      sizer: items
      queue_size: 1000000
      block_on_overflow: true
      batch: {flush_timeout: 10s, min_size: 8192}
service:
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  extensions: [file_storage]
  pipelines: {logs: {receivers: [otlp], exporters: [awss3]}}
`

const (
	oursVolatile        = "ours, volatile"
	oursPersistent      = "ours, persistent queue"
	stockJSON           = "stock otlp_json+gzip"
	stockProto          = "stock otlp_proto+gzip"
	stockJSONPersistent = "stock otlp_json+gzip, persistent"
	oursRedacted        = "ours, redacted"
	oursRedactedOnDisk  = "ours, redacted, persistent queue"
	oursFull            = "ours, redact+dimension+archive+hotstore"
	oursFullUnredacted  = "ours, dimension+archive+hotstore"
)

var pipelines = []pipeline{
	{name: oursVolatile, ours: true, config: ourHead + `
exporters:
  archive: {volatile: true, allow_unredacted: true}
` + ourTail},
	{name: stockJSON, config: marshaled(stockVolatile, "otlp_json")},
	{name: stockProto, config: marshaled(stockVolatile, "otlp_proto")},
	{name: oursPersistent, ours: true, config: ourHead + `
exporters:
  archive: {sending_queue: {storage: file_storage}, allow_unredacted: true}
` + ourTail},
	{name: oursRedacted, ours: true, config: ourHead + `
exporters:
  archive: {volatile: true}
` + ourRedactingTail},
	{name: oursRedactedOnDisk, ours: true, config: ourHead + `
exporters:
  archive: {sending_queue: {storage: file_storage}}
` + ourRedactingTail},
	{name: oursFull, ours: true, config: full("false", "redact, dimension")},
	{name: oursFullUnredacted, ours: true, config: full("true", "dimension")},
	{name: stockJSONPersistent, settle: 12 * time.Second, config: marshaled(stockPersistent, "otlp_json")},
}
