//go:generate mdatagen metadata.yaml

// Package redactprocessor takes sensitive values out of log records before anything stores them, and stamps the records
// so that exporters and later tiers can tell. What it cannot look into whole it does not pass on.
package redactprocessor
