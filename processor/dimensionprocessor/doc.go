//go:generate mdatagen metadata.yaml

// Package dimensionprocessor says in attributes what each RRPair is about: by semantic conventions where there is one, as
// rrpair.* where there is none. It reads the bodies and never changes them.
package dimensionprocessor
