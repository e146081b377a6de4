//go:generate mdatagen metadata.yaml

// Package hotstoreextension is one named hot store: where documents of the recent past lie and for how long. It is
// configured once and used by every component that names it.
package hotstoreextension
