//go:generate mdatagen metadata.yaml

// Package archiveexporter writes RRPairs into an archive: Parquet files in an object store, through a durable queue.
package archiveexporter
