package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Directions an option can ask for; empty means both.
const (
	Inbound  = "IN"
	Outbound = "OUT"
)

const (
	defaultRate            = 50.0
	defaultFailedCheckouts = 0.05
)

// Options say what traffic to make. The zero value is complete.
type Options struct {
	// Seed and Start together choose the traffic.
	Seed uint64
	// Start is when the first request is seen. Zero: 2026-11-20T09:00:00Z, so that output does not depend on the clock.
	// Another start gives other traffic: recordings of different times share no uuid.
	Start time.Time
	// Rate is pairs per second of the traffic's own time, on average. Zero: 50.
	Rate float64
	// FailedCheckouts is the share of checkouts that end in 402, 500 or 503, from 0 to 1. Zero: 0.05; negative: none.
	FailedCheckouts float64
	// Services limits the output to what was captured at these services; empty: all. See [ServiceNames].
	Services []string
	// Direction limits the output to IN or OUT pairs; empty: both.
	Direction string
	// Undefined is the share of pairs whose cluster, namespace and service are the literal "undefined", as real
	// forwarders leave them for the collector to fill in. Zero: none.
	Undefined float64
	// Planted, if set, is called for every place of personal data and every secret in a pair, before Next returns it.
	// The strings are the caller's to keep.
	Planted func(Planted)
}

// Planted is one place where a pair holds personal data or a secret.
type Planted struct {
	// UUID of the pair, base64 as in the pair.
	UUID string `json:"uuid"`
	// Type is one of name, email, phone, address, birth_date, card, iban, ssn, ip, password, jwt, api_key.
	Type string `json:"type"`
	// Value as it reads at Path once that place is decoded (base64, gzip, form and JSON escapes).
	Value string `json:"value"`
	// Path leads from the pair's top through member names and indexes, joined by dots, and on into JSON and form
	// bodies. The text there contains Value.
	Path string `json:"path"`
}

// Validate says what is wrong with the options, nil if nothing is.
func (o Options) Validate() error {
	_, err := o.withDefaults()
	return err
}

func defaultStart() time.Time { return time.Date(2026, time.November, 20, 9, 0, 0, 0, time.UTC) }

// seed is the state that all draws follow from; with the default start it is Seed itself.
func (o Options) seed() uint64 {
	return o.Seed ^ scramble(uint64(o.Start.UnixNano()-defaultStart().UnixNano()))
}

func (o Options) withDefaults() (Options, error) {
	if o.Start.IsZero() {
		o.Start = defaultStart()
	}
	switch {
	case o.Rate == 0:
		o.Rate = defaultRate
	case !(o.Rate > 0 && o.Rate <= 1e9):
		return o, fmt.Errorf("rate %v: must be between 0 and 1e9 pairs a second", o.Rate)
	}
	switch {
	case o.FailedCheckouts == 0:
		o.FailedCheckouts = defaultFailedCheckouts
	case o.FailedCheckouts < 0:
		o.FailedCheckouts = 0
	case !(o.FailedCheckouts <= 1):
		return o, fmt.Errorf("share of failed checkouts %v: must be at most 1", o.FailedCheckouts)
	}
	if !(o.Undefined >= 0 && o.Undefined <= 1) {
		return o, fmt.Errorf("share of undefined services %v: must be from 0 to 1", o.Undefined)
	}
	for _, name := range o.Services {
		if !slices.Contains(ServiceNames(), name) {
			return o, fmt.Errorf("service %q: must be one of %s", name, strings.Join(ServiceNames(), ", "))
		}
	}
	switch o.Direction {
	case "", Inbound, Outbound:
	default:
		return o, fmt.Errorf("direction %q: must be %s or %s", o.Direction, Inbound, Outbound)
	}
	return o, nil
}
