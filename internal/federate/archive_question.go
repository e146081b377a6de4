package federate

import (
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// question is a query made ready for the archive, whose columns know neither the user's rules nor when a pair with an
// absurd ts was captured.
type question struct {
	query *filter.Query // as it was asked; nil: everything
	// scanned is what columns may decide: every match of query matches it, with ts open where the columns do not tell.
	scanned *filter.Query
	// recheck says that what the scan finds must be asked the query itself.
	recheck bool
	timed   bool // the query looks at ts
	window  archive.TimeWindow
	sources sync.Pool
}

func newQuestion(query *filter.Query, rules *dimension.Rules, from, to time.Time) *question {
	q := &question{query: query, scanned: query, window: archive.WindowOf(from, to, query)}
	wide := false
	for _, ref := range query.Fields() {
		q.timed = q.timed || ref.Field == filter.FieldTime
		wide = wide || unsure(ref, rules) != ""
	}
	if wide {
		q.scanned = widened(query, rules)
	}
	q.recheck = wide || q.timed
	q.sources.New = func() any { return &datedRecord{Record: rules.NewRecord()} }
	return q
}

// sourceTag is the tag that hot documents hold; there an empty one counts as none.
const sourceTag = "source"

// unsure says for which records the columns may tell another value of a field than hot documents do, as a filter; "" for
// none.
func unsure(ref filter.FieldRef, rules *dimension.Rules) string {
	switch {
	case ref.Field == filter.FieldError && rules != nil:
		return "status IS 4xx" // the rules may count those as errors
	case ref.Field == filter.FieldTag && ref.Sub == sourceTag:
		return `tag[source] IS ""`
	default:
		return ""
	}
}

// widened adds to each criterion those records for which columns may tell something else. Negation stands at the criteria
// alone, so what comes out matches whatever the query does.
func widened(query *filter.Query, rules *dimension.Rules) *filter.Query {
	expr, err := widen(query.Expr(), rules)
	if err != nil {
		return nil
	}
	wide, err := filter.Parse(hotstore.Text(expr), filter.Options{})
	if err != nil {
		return nil // it became too long for a filter: every record is then asked
	}
	return wide
}

func widen(expr filter.Expr, rules *dimension.Rules) (filter.Expr, error) {
	var terms []filter.Expr
	switch expr := expr.(type) {
	case *filter.Criterion:
		text := unsure(hotstore.Ref(expr), rules)
		if text == "" {
			return expr, nil
		}
		more, err := filter.Parse(text, filter.Options{})
		if err != nil {
			return nil, err
		}
		return filter.Or{expr, more.Expr()}, nil
	case filter.And:
		terms = expr
	case filter.Or:
		terms = expr
	}
	wide := make([]filter.Expr, len(terms))
	for i := range terms {
		var err error
		if wide[i], err = widen(terms[i], rules); err != nil {
			return nil, err
		}
	}
	if _, isOr := expr.(filter.Or); isOr {
		return filter.Or(wide), nil
	}
	return filter.And(wide), nil
}

// maybe decides for the scan what columns leave open. When ts was absurd the pair does not tell the time that counts.
func (q *question) maybe(pair *rrpair.Pair) bool {
	source := q.sources.Get().(*datedRecord)
	defer q.sources.Put(source)
	source.Record.Reset(pair)
	source.at, source.known = time.Time{}, false
	if q.timed {
		return q.scanned.Eval(source) != filter.False
	}
	return q.scanned.Match(source.Record)
}

// datedRecord is a pair as its hot document is seen by the filter language, at the time at which it counts.
type datedRecord struct {
	*dimension.Record
	at    time.Time
	known bool
}

// Time implements filter.Source.
func (d *datedRecord) Time() (time.Time, bool) { return d.at, d.known }

// Strings implements filter.Source.
func (d *datedRecord) Strings(dst []string, f filter.Field, sub string) ([]string, bool) {
	before := len(dst)
	dst, known := d.Record.Strings(dst, f, sub)
	if f == filter.FieldTag && sub == sourceTag && len(dst) == before+1 && dst[before] == "" {
		dst = dst[:before]
	}
	return dst, known
}
