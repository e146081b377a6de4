package rrpairreceiver

import "github.com/byoc-otel/otelcol-byoc/internal/bytesize"

// byteSize is a number of bytes, in YAML a plain number or one with a unit.
type byteSize = bytesize.Size

const (
	kibibyte = bytesize.KiB
	mebibyte = bytesize.MiB
	gibibyte = bytesize.GiB
)
