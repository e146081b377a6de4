package queue

import "github.com/byoc-otel/otelcol-byoc/internal/bytesize"

// ByteSize is a number of bytes. In YAML it is a plain number or a number with a unit: 256MiB, 2GiB, 64MB.
type ByteSize = bytesize.Size

// Binary units, the ones that defaults are given in.
const (
	KiB = bytesize.KiB
	MiB = bytesize.MiB
	GiB = bytesize.GiB
	TiB = bytesize.TiB
)
