//go:generate mdatagen metadata.yaml

// Package rrpairreceiver takes RRPairs in: as OTLP logs over gRPC and HTTP, as
// newline-delimited JSON over HTTP, and from raw.jsonl files. It checks each
// record, refuses what cannot be read with a reason the sender can act on, and
// hands the rest to the pipeline before it answers.
package rrpairreceiver
