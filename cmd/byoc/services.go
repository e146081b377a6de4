package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/servicemap"
)

const servicesLong = `Show who calls whom: callers, callees and protocols, with rates, errors, latencies, and when they were first and last seen.

A service is known by the traffic that was captured at it. What goes out of one to a host such as checkout,
checkout.shop.svc.cluster.local or checkout.shop is a call of the service checkout, if that was captured as well; any
other host is a node of its own. Who called a service is what the capture knows of the other end of the connection: a name,
or an address only, which may be anybody's. Callers with an address only are shown together as (unknown), or one by one
with --addresses.

A call that was captured at both ends is counted once, as its caller saw it; what the callee saw stands beside it. Calls
from callers without a name may also be among those of callers with one.

Output:
  table    for people: times in --tz
  dot      for Graphviz: byoc services --output dot | dot -Tsvg > map.svg
  mermaid  for Markdown pages that draw it
  json     one object: the window, the nodes, the edges with both sides
  ndjson   one edge a line
  csv      a header and an edge a line

In drawings lines are the wider the more requests they stand for, and red where there are errors.

Exit code 3 when some of the archive's objects could not be read.`

const servicesExamples = `  byoc services
  byoc services --from -24h --min-requests 10 --output dot | dot -Tsvg > map.svg
  byoc services --filter 'namespace IS shop' --by-namespace
  byoc services --filter 'error IS true' --from today --output json`

// The drawings.
const (
	outputDOT     = "dot"
	outputMermaid = "mermaid"
)

type servicesFlags struct {
	window      windowFlags
	source      sourceFlags
	filter      string
	output      string
	minRequests int64
	names       servicemap.Options
}

func newServicesCommand(a *app) *cobra.Command {
	var f servicesFlags
	command := &cobra.Command{
		Use:     "services",
		Short:   "Show who calls whom, as a table or a drawing",
		Long:    servicesLong,
		Example: servicesExamples,
		Args:    flagsOnly,
		RunE:    func(c *cobra.Command, _ []string) error { return a.services(c.Context(), f) },
	}
	flags := command.Flags()
	flags.StringVar(&f.filter, "filter", "", "of which pairs, e.g. 'namespace IS shop' (default: all)")
	f.window.addRecent(command)
	f.source.add(command)
	flags.StringVarP(&f.output, "output", "o", outputTable, "table, dot, mermaid, json, ndjson or csv")
	flags.Int64Var(&f.minRequests, "min-requests", 1, "leave out what was called less often")
	flags.BoolVar(&f.names.ByNamespace, "by-namespace", false, "call services namespace/service, to tell apart those of one name")
	flags.BoolVar(&f.names.Addresses, "addresses", false, "show callers of whom only an address is known one by one")
	return command
}

// serviceMap is the answer to a question.
type serviceMap struct {
	*servicemap.Map
	query           *filter.Query
	from, to        time.Time
	left            int // edges with fewer requests than asked for
	usage           hotstore.Usage
	percentileError float64
}

func (m *serviceMap) window() time.Duration { return m.to.Sub(m.from) }

func (a *app) services(ctx context.Context, f servicesFlags) error {
	switch f.output {
	case outputTable, outputText, outputDOT, outputMermaid, outputJSON, outputNDJSON, outputCSV:
	default:
		return usagef("--output %q: must be table, dot, mermaid, json, ndjson or csv", f.output)
	}
	if f.minRequests < 0 {
		return usagef("--min-requests %d: must not be negative", f.minRequests)
	}
	found := &serviceMap{}
	var err error
	if found.query, err = a.parseFilter(f.filter); err != nil {
		return err
	}
	if found.from, found.to, err = a.recentWindow(&f.window, found.query); err != nil {
		return err
	}
	source, err := a.openTraffic(ctx, f.source)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }() // it was only read
	if err := a.findServices(ctx, source, found, f); err != nil {
		return err
	}
	if err := a.printServices(found, f.output); err != nil {
		return err
	}
	a.noteServices(source, found, f)
	return source.skipped()
}

func (a *app) findServices(ctx context.Context, source *trafficSource, found *serviceMap, f servicesFlags) (err error) {
	var groups []hotstore.Group
	stopWatching := a.watchArchive(source)
	found.usage, err = source.Aggregate(ctx, hotstore.Aggregate{Query: found.query, From: found.from, To: found.to, By: servicemap.By()},
		func(group hotstore.Group) error {
			groups = append(groups, group)
			return nil
		})
	stopWatching()
	if err != nil {
		return source.readError(err)
	}
	found.percentileError = source.Capabilities().PercentileError
	all := servicemap.Build(groups, f.names)
	found.Map = all.Busy(f.minRequests)
	found.left = len(all.Edges) - len(found.Edges)
	return nil
}

// noteServices says on stderr what the map is of.
func (a *app) noteServices(source *trafficSource, found *serviceMap, f servicesFlags) {
	more := []string{fmt.Sprintf("percentiles ±%s%%", trimFloat(100*found.percentileError, 2))}
	if found.left > 0 {
		more = append(more, fmt.Sprintf("%s below --min-requests left out", humanCount(int64(found.left))))
	}
	a.noteServed(source, found.usage, found.from, found.to, more...)
	if found.Unnamed > 0 {
		note := fmt.Sprintf("%s came from callers without a name", countOf(found.Unnamed, "request", "requests"))
		if !f.names.Addresses {
			note += ", shown as " + servicemap.Unknown + " (--addresses: one by one)"
		}
		fmt.Fprintln(a.stderr, note+"; some may also be among those of callers with one.")
	}
	if len(found.Edges) == 0 {
		fmt.Fprintln(a.stderr, "Nothing matched: a longer window (--from -24h) or a wider filter may find more; 'byoc archive stat' shows what the archive holds.")
	}
}
