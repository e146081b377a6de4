//go:generate mdatagen metadata.yaml

// Package archiveextension is one named archive: where it lies, who may enter and how it is laid out. It is configured
// once and used by every component that names it.
package archiveextension
