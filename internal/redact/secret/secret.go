// Package secret finds credentials: keys of providers, tokens, private keys, passwords, authorization headers.
package secret

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// Rules lists all rules of this package.
func Rules() []*detect.Rule { return nil }

// New makes a finder for the rules that enabled says yes to.
func New(enabled func(*detect.Rule) bool) detect.Finder { return finder{} }

type finder struct{}

// Find implements detect.Finder.
func (finder) Find(dst []detect.Finding, _ []byte, _ detect.Shape, _ detect.Hints) []detect.Finding {
	return dst
}
