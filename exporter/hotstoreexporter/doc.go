//go:generate mdatagen metadata.yaml

// Package hotstoreexporter writes what RRPairs are about into a hot store, through a durable queue that never holds up
// the archive.
package hotstoreexporter
