package hotstore

import (
	"cmp"
	"context"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// AggregateByScan aggregates with searches, page by page, for stores that cannot aggregate.
func AggregateByScan(ctx context.Context, reader Reader, aggregate Aggregate, yield func(Group) error) (Usage, error) {
	groups := NewGroups(&aggregate)
	var usage Usage
	err := Scan(ctx, reader, Search{Query: aggregate.Query, From: aggregate.From, To: aggregate.To}, func(document *Document) error {
		return groups.Add(document)
	}, &usage)
	if err != nil {
		return usage, err
	}
	return usage, groups.Each(yield)
}

// Scan yields all documents of a search, page by page. usage may be nil.
func Scan(ctx context.Context, reader Reader, search Search, yield func(*Document) error, usage *Usage) error {
	if search.Limit <= 0 {
		search.Limit = MaxLimit
	}
	for {
		page, err := reader.Search(ctx, search)
		if err != nil {
			return err
		}
		if usage != nil {
			examined := usage.Examined + page.Usage.Examined
			*usage = page.Usage
			usage.Examined = examined
		}
		for _, document := range page.Documents {
			if err := yield(document); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		search.After = page.Next
	}
}

// How the polling of Follow goes.
const (
	// DefaultPoll is how often a store is asked.
	DefaultPoll = time.Second
	// DefaultLateness is how much older than the newest a document may be that arrives: queues and retries hold some up.
	DefaultLateness = 2 * time.Minute
	// maxSeen bounds the uuids that are remembered, 24 bytes each.
	maxSeen = 1_000_000
)

// FollowOptions say how a store is polled; zeros are the defaults.
type FollowOptions struct {
	Poll     time.Duration
	Lateness time.Duration
	Now      func() time.Time
}

// Follow yields documents that match the search as they arrive, oldest first, each once, until the context ends (which is
// no error) or yield fails. It begins with search.From, by default now. Stores that can tell new documents are asked to;
// the others are polled, and a document that arrives more than Lateness after its ts is missed.
func Follow(ctx context.Context, reader Reader, search Search, options FollowOptions, yield func(*Document) error) error {
	if follower, can := reader.(Follower); can {
		return follower.Follow(ctx, search, yield)
	}
	poll, lateness, now := cmp.Or(options.Poll, DefaultPoll), cmp.Or(options.Lateness, DefaultLateness), options.Now
	if now == nil {
		now = time.Now
	}
	search.Sort, search.After = []SortKey{{Field: "ts"}}, ""
	begin := search.From
	if begin.IsZero() {
		begin = now()
	}
	newest := begin
	seen := map[rrpair.UUID]int64{}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		search.From = begin
		if from := newest.Add(-lateness); from.After(begin) {
			search.From = from
		}
		err := Scan(ctx, reader, search, func(document *Document) error {
			if _, isOld := seen[document.UUID]; isOld {
				return nil
			}
			seen[document.UUID] = document.Time.UnixNano()
			if document.Time.After(newest) {
				newest = document.Time
			}
			return yield(document)
		}, nil)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		forget(seen, search.From.UnixNano())
		timer.Reset(poll)
	}
}

// forget drops what cannot come again, and everything when that is still too much: better a document twice than memory
// without end.
func forget(seen map[rrpair.UUID]int64, before int64) {
	for id, at := range seen {
		if at < before {
			delete(seen, id)
		}
	}
	if len(seen) > maxSeen {
		clear(seen)
	}
}
