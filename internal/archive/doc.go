// Package archive is the RRPair archive: Parquet files in an object store,
// partitioned by event time, from which every RRPair comes back exactly.
//
// The write side turns log records into columnar row blocks ([Converter]), which
// lie in the exporter's queue as they are, and the blocks of one folder into one
// Parquet file ([WriteFile]). The read side lists, prunes, scans and rebuilds.
//
// The file format is described for people in docs/format/v1.md; schema.go,
// shred.go and unshred.go are that page in code.
package archive
