package main

import (
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"go.uber.org/zap"
)

const (
	// progressLogEvery is how often a run without a terminal says where it is: often enough to see that it lives,
	// rarely enough not to fill a build log.
	progressLogEvery = 5 * time.Second
	// progressDrawEvery keeps the bar from costing more than the work.
	progressDrawEvery = 100 * time.Millisecond
)

// progress tells a person how far a command is. Add is safe for concurrent use and cheap; done must be called.
type progress interface {
	add(records, bytes int64)
	done()
}

// progress starts one: a bar on a terminal, else a log line every few seconds, nothing with --no-progress.
// totalBytes is what 100% means; 0 or less if unknown.
func (a *app) progress(label string, totalBytes int64) progress {
	switch {
	case a.flags.noProgress:
		return silentProgress{}
	case a.stderrIsTerminal:
		return newBarProgress(a, label, totalBytes)
	default:
		return &logProgress{logger: a.logger, label: label, total: totalBytes, clock: a.clock, started: a.clock(), last: a.clock()}
	}
}

type silentProgress struct{}

func (silentProgress) add(int64, int64) {}
func (silentProgress) done()            {}

type barProgress struct{ bar *progressbar.ProgressBar }

func newBarProgress(a *app, label string, totalBytes int64) progress {
	if totalBytes <= 0 {
		totalBytes = -1 // the library's mark for a spinner
	}
	return &barProgress{bar: progressbar.NewOptions64(totalBytes,
		progressbar.OptionSetWriter(a.stderr),
		progressbar.OptionSetDescription(label),
		progressbar.OptionShowBytes(true),
		progressbar.OptionUseIECUnits(true),
		progressbar.OptionThrottle(progressDrawEvery),
		progressbar.OptionSetWidth(30),
		// The library's ticker for spinners would never end without a Finish; drawing on Add is enough.
		progressbar.OptionSetSpinnerChangeInterval(0),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(totalBytes > 0),
	)}
}

// The bar's own write errors are of no interest: the terminal went away, the work goes on.
func (p *barProgress) add(_, bytes int64) { _ = p.bar.Add64(bytes) }

// Finish would jump to 100% even after a failure, so the bar is cleared instead.
func (p *barProgress) done() { _ = p.bar.Clear() }

type logProgress struct {
	logger  *zap.Logger
	label   string
	total   int64
	clock   func() time.Time
	started time.Time

	mutex   sync.Mutex
	last    time.Time
	records int64
	bytes   int64
}

func (p *logProgress) add(records, bytes int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.records += records
	p.bytes += bytes
	now := p.clock()
	if now.Sub(p.last) < progressLogEvery {
		return
	}
	p.last = now
	fields := []zap.Field{
		zap.Int64("records", p.records),
		zap.String("bytes", humanBytes(p.bytes)),
		zap.String("elapsed", humanDuration(now.Sub(p.started))),
	}
	if p.total > 0 {
		fields = append(fields, zap.Int64("percent", min(100, 100*p.bytes/p.total)))
	}
	p.logger.Info(p.label, fields...)
}

func (p *logProgress) done() {}
