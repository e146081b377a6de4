package main

import (
	"context"
	"errors"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/federate"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// patience is how long a tail waits before it asks a store again that did not answer.
const patience = 2 * time.Second

// patientReader is a reader that waits for a store that went away. It is polled even where the store could tell new
// documents itself, so that a broken connection loses nothing.
type patientReader struct {
	hotstore.Reader
	say     func(text string)
	explain func(err error) error
	looks   int // searches begun, all pages of one counted once

	answered bool // once: before that an error is the user's to mend
	away     bool
}

// Search implements hotstore.Reader.
func (p *patientReader) Search(ctx context.Context, search hotstore.Search) (hotstore.Page, error) {
	if search.After == "" {
		p.looks++
	}
	for {
		page, err := p.Reader.Search(ctx, search)
		switch {
		case err == nil:
			if p.away {
				p.away = false
				p.say("the store answers again")
			}
			p.answered = true
			return page, nil
		case !p.answered || ctx.Err() != nil || !passes(err):
			return page, err
		case !p.away:
			p.away = true
			p.say("waiting: " + p.explain(err).Error())
		}
		select {
		case <-ctx.Done():
			return hotstore.Page{}, ctx.Err()
		case <-time.After(patience):
		}
	}
}

// passes says whether an error may go away by itself.
func passes(err error) bool {
	for _, lasting := range []error{hotstore.ErrInvalidQuery, hotstore.ErrUnsupported, hotstore.ErrDamaged, federate.ErrTooWide} {
		if errors.Is(err, lasting) {
			return false
		}
	}
	return true
}
