package redact

import "unsafe"

// bytesOf is a view of text; it must not be written to.
func bytesOf(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }

// textOf is a view of data, valid while data is not written to.
func textOf(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }

func sizeOf[T any](value T) uintptr { return unsafe.Sizeof(value) }
