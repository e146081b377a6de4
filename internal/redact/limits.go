package redact

import (
	"fmt"
	"time"
)

// The reasons of a Refusal.
const (
	ReasonTooLarge    = "too_large"
	ReasonTooDeep     = "too_deep"
	ReasonTooSlow     = "too_slow"
	ReasonUnparseable = "unparseable"
	ReasonInternal    = "internal"
	ReasonOpaque      = "opaque" // contents that cannot be looked into
)

// The default limits. A record of 64 MiB is the largest that receivers accept; four times that lets bodies be decoded
// (base64 in JSON in gzip) but no bomb. Real traffic nests contents at most five deep.
const (
	defaultMaxBytes   = 64 << 20
	defaultMaxDecoded = 4 * defaultMaxBytes
	defaultMaxDepth   = 32
	defaultMaxTime    = 10 * time.Second
)

// maxNesting is how deep objects and arrays of one document may be nested: each level costs some 300 bytes of stack.
const maxNesting = 10_000

// maxNodes bounds the leaves and containers of one record: each takes about 200 bytes of memory while it is worked on.
const maxNodes = 2 << 20

// maxHits bounds the values and copies that are found in one record: each takes some 100 bytes, and one in 32 bytes of the
// largest record is no traffic.
const maxHits = 2 << 20

// clockEvery is how many bytes are worked on between two looks at the clock: well below a millisecond's work.
const clockEvery = 256 << 10

// nodeCost is what a node counts as, in bytes, towards the next look at the clock.
const nodeCost = 64

// Refusal is the error for a record that must not be passed on.
type Refusal struct {
	Reason string // too_large, too_deep, too_slow, unparseable, opaque, internal
	Path   string // where
	Detail string
}

func (r *Refusal) Error() string {
	if r.Path == "" {
		return "refuse the record: " + r.Reason + ": " + r.Detail
	}
	return "refuse the record: " + r.Reason + " at " + r.Path + ": " + r.Detail
}

func (l Limits) withDefaults() (Limits, error) {
	if l.MaxBytes < 0 || l.MaxDecoded < 0 || l.MaxDepth < 0 || l.MaxTime < 0 {
		return l, fmt.Errorf("limits %+v: none may be negative; zero means the default", l)
	}
	if l.MaxBytes == 0 {
		l.MaxBytes = defaultMaxBytes
	}
	if l.MaxDecoded == 0 {
		l.MaxDecoded = max(defaultMaxDecoded, 4*l.MaxBytes)
	}
	if l.MaxDepth == 0 {
		l.MaxDepth = defaultMaxDepth
	}
	if l.MaxTime == 0 {
		l.MaxTime = defaultMaxTime
	}
	return l, nil
}

// checkSize refuses what is larger than a record may be.
func (w *worker) checkSize(size int) error {
	if size > w.limits.MaxBytes {
		return &Refusal{Reason: ReasonTooLarge, Detail: fmt.Sprintf("%d bytes; the limit is %d", size, w.limits.MaxBytes)}
	}
	return nil
}

// checkHits refuses a record with more values than can be worked on.
func (w *worker) checkHits() error {
	if !w.crowded {
		return nil
	}
	if w.unfinished != nil {
		return &Refusal{Reason: ReasonTooSlow, Detail: "a text is too long for the regexes of the policy's own rules; the first that was not run is rule " + w.unfinished.Name}
	}
	return &Refusal{Reason: ReasonTooLarge, Detail: fmt.Sprintf("more than %d sensitive values and copies of them", maxHits)}
}

// spend counts work, in bytes, and refuses the record at node when its time is over.
func (w *worker) spend(at int32, bytes int) error {
	w.spent += bytes + nodeCost
	if w.crowded {
		return w.checkHits()
	}
	if w.spent < w.nextClock && !w.overdue || !w.late() {
		return nil
	}
	return &Refusal{Reason: ReasonTooSlow, Path: w.path(at), Detail: fmt.Sprintf("not done after %s; the limit is %s", time.Since(w.started).Round(time.Millisecond), w.limits.MaxTime)}
}

// late looks at the clock.
func (w *worker) late() bool {
	w.nextClock = w.spent + clockEvery
	w.overdue = time.Since(w.started) > w.limits.MaxTime
	return w.overdue
}

// decode counts decoded bytes and refuses the record when there are too many.
func (w *worker) decode(at int32, bytes int) error {
	w.decoded += bytes
	if w.decoded > w.limits.MaxDecoded {
		return &Refusal{Reason: ReasonTooLarge, Path: w.path(at), Detail: fmt.Sprintf("decoded contents exceed %d bytes", w.limits.MaxDecoded)}
	}
	return nil
}
