package federate

import (
	"context"
	"fmt"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// maxGapDocuments bounds the hot documents of a gap, whose uuids are kept to tell what the archive has besides: some
// 160 MB.
const maxGapDocuments = 4_000_000

// Aggregate implements hotstore.Reader. Groups of several spans are merged, so that a span may cut through an interval.
func (a *Auto) Aggregate(ctx context.Context, aggregate hotstore.Aggregate, yield func(hotstore.Group) error) (hotstore.Usage, error) {
	c := &aggregating{answer: answer{Auto: a}, aggregate: aggregate, groups: hotstore.NewGroups(&aggregate)}
	for _, one := range a.spans(aggregate.Query, aggregate.From, aggregate.To) {
		if err := c.ask(ctx, one); err != nil {
			return c.summary(), err
		}
	}
	return c.summary(), c.groups.Each(yield)
}

// aggregating is an aggregation under way.
type aggregating struct {
	answer
	aggregate hotstore.Aggregate
	groups    *hotstore.Groups
}

// ask counts one span.
func (c *aggregating) ask(ctx context.Context, one span) error {
	aggregate := c.aggregate
	aggregate.From, aggregate.To = one.From, one.To
	if one.source == fromArchive {
		return c.count(ctx, c.Auto.archive.Aggregate, aggregate, one, ArchiveName, one.Reason)
	}
	err := c.failed
	switch {
	case err != nil:
	case one.source == fromBoth:
		err = c.gap(ctx, aggregate, one)
	default:
		err = c.count(ctx, c.hot.Aggregate, aggregate, one, c.name, one.Reason)
	}
	if err == nil {
		return nil
	}
	reason, err := c.instead(ctx, err)
	if err != nil {
		return err
	}
	return c.count(ctx, c.Auto.archive.Aggregate, aggregate, one, ArchiveName, reason)
}

// aggregator is the Aggregate of a reader.
type aggregator = func(context.Context, hotstore.Aggregate, func(hotstore.Group) error) (hotstore.Usage, error)

// count adds the groups of one source, all or, after an error, none.
func (c *aggregating) count(ctx context.Context, from aggregator, aggregate hotstore.Aggregate, one span, source, reason string) error {
	var found []hotstore.Group
	usage, err := from(ctx, aggregate, func(group hotstore.Group) error {
		found = append(found, group)
		return nil
	})
	if err != nil {
		return err
	}
	part := c.part(source, one, reason, usage)
	return c.add(found, part)
}

func (c *aggregating) add(found []hotstore.Group, part *hotstore.Part) error {
	for i := range found {
		group, err := c.groups.Group(found[i].Keys, found[i].Start)
		if err != nil {
			return err
		}
		group.Merge(&found[i])
		part.Documents += found[i].Requests
	}
	return nil
}

// gap counts the documents that the hot store has of a span, and of the archive's those that it has not.
func (c *aggregating) gap(ctx context.Context, aggregate hotstore.Aggregate, one span) error {
	groups, held := hotstore.NewGroups(&aggregate), map[rrpair.UUID]bool{}
	var usage hotstore.Usage
	search := hotstore.Search{Query: aggregate.Query, From: one.From, To: one.To, Sort: []hotstore.SortKey{{Field: "ts"}}}
	err := hotstore.Scan(ctx, c.hot, search, func(document *hotstore.Document) error {
		if held[document.UUID] {
			return nil
		}
		if len(held) >= maxGapDocuments {
			return fmt.Errorf("%w: of %s to %s, which the hot store does not hold wholly, more than %d pairs would have to be compared one by one: narrow --from/--to, or run `byoc hotstore backfill`",
				ErrTooWide, one.From.Format(time.RFC3339), one.To.Format(time.RFC3339), maxGapDocuments)
		}
		held[document.UUID] = true
		return groups.Add(document)
	}, &usage)
	if err != nil {
		return err
	}
	var hot []hotstore.Group
	if err := groups.Each(func(group hotstore.Group) error {
		hot = append(hot, group)
		return nil
	}); err != nil {
		return err
	}
	others := func(ctx context.Context, aggregate hotstore.Aggregate, yield func(hotstore.Group) error) (hotstore.Usage, error) {
		return c.Auto.archive.aggregate(ctx, aggregate, held, yield)
	}
	if err := c.add(hot, c.part(c.name, one, one.Reason, usage)); err != nil {
		return err
	}
	return c.count(ctx, others, aggregate, one, ArchiveName, one.Reason)
}
