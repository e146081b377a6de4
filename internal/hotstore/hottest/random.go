package hottest

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// plainFields are the fields of one value that every document holds.
func plainFields() []filter.Field {
	return []filter.Field{filter.FieldCluster, filter.FieldNamespace, filter.FieldService, filter.FieldCommand, filter.FieldLocation,
		filter.FieldStatus, filter.FieldDirection, filter.FieldL7Protocol, filter.FieldTech, filter.FieldNetworkAddress, filter.FieldURL,
		filter.FieldHost, filter.FieldUUID, filter.FieldSession, filter.FieldError, filter.FieldEndpoint, filter.FieldPeer, filter.FieldTrace}
}

// sampleValues are some values of a field, spread over the documents; "" last.
func sampleValues(documents []*hotstore.Document, field filter.Field, count int) []string {
	var source hotstore.Source
	var values []string
	for i := 0; i < len(documents) && len(values) < count; i += 1 + len(documents)/53 {
		source.Reset(documents[i])
		found, _ := source.Strings(nil, field, "")
		for _, value := range found {
			if !slices.Contains(values, value) {
				values = append(values, value)
			}
		}
	}
	if field == filter.FieldUUID || field == filter.FieldError { // every document has one
		return values
	}
	return append(values, "")
}

func criterionText(field filter.Field, operator filter.Op, negate bool, values ...string) string {
	c := &filter.Criterion{Field: field, Op: operator, Negate: negate, Values: values}
	switch operator {
	case filter.OpExists:
		c.Values = nil
	case filter.OpRegex:
		c.Values = []string{regexp.QuoteMeta(part(values[0]))}
	case filter.OpContains:
		c.Values = []string{part(values[0])}
	}
	return c.String()
}

// part is the middle of a value.
func part(value string) string {
	letters := []rune(value)
	return string(letters[len(letters)/4 : len(letters)-len(letters)/4])
}

// generator makes random queries out of what documents hold.
type generator struct {
	random    *rand.Rand
	documents []*hotstore.Document
	wide      bool // also what lies in the pair
}

func pick[T any](g *generator, from []T) T { return from[g.random.IntN(len(from))] }

func (g *generator) expr(depth int) string {
	kind := g.random.IntN(5)
	if depth == 0 || kind < 2 {
		return g.criterion()
	}
	operator := " AND "
	if kind == 2 {
		operator = " OR "
	}
	terms := make([]string, 2+g.random.IntN(3))
	for i := range terms {
		terms[i] = "(" + g.expr(depth-1) + ")"
	}
	return strings.Join(terms, operator)
}

func (g *generator) criterion() string {
	document := pick(g, g.documents)
	choice := g.random.IntN(14)
	if g.wide && choice > 10 {
		return g.inPair()
	}
	switch choice {
	case 0:
		return "duration " + pick(g, []string{">", ">=", "<", "<=", "IS", "NOT"}) + " " + document.Duration.String()
	case 1:
		return "size " + pick(g, []string{">", ">=", "<", "<="}) + " " + hotstore.LookupDimension("size").Text(document)
	case 2:
		return "ts " + pick(g, []string{">", ">=", "<", "<="}) + " " + document.Time.Format(time.RFC3339Nano)
	case 3:
		return "timerange " + pick(g, []string{"IS", "NOT"}) + " " + document.Time.Format(time.RFC3339Nano) + " " +
			document.Time.Add(time.Duration(g.random.IntN(60))*time.Second).Format(time.RFC3339Nano)
	case 4:
		return pick(g, []string{"sample IS 1/2", "sample IS 30%", "sample[rrpair] IS 1/3", "duration EXISTS", "source EXISTS", "source IS \"\"", "status > 399", "status IS 2xx"})
	}
	field := pick(g, plainFields())
	var source hotstore.Source
	source.Reset(document)
	values := []string{""}
	if found, _ := source.Strings(nil, field, ""); len(found) > 0 {
		values = found[g.random.IntN(len(found)):]
	}
	operator := pick(g, []filter.Op{filter.OpIs, filter.OpIs, filter.OpIs, filter.OpContains, filter.OpRegex, filter.OpExists})
	if field == filter.FieldError || operator == filter.OpContains && part(values[0]) == "" {
		operator = filter.OpIs
	}
	if operator == filter.OpIs && field != filter.FieldError && g.random.IntN(3) == 0 {
		source.Reset(pick(g, g.documents))
		values, _ = source.Strings(values[:1:1], field, "")
	}
	return criterionText(field, operator, g.random.IntN(3) == 0, values...)
}

func (g *generator) inPair() string {
	return pick(g, []string{
		"header[accept] EXISTS", "header[User-Agent] CONTAINS Mozilla", "header[content-type] IS application/json", "header[x-none] NOT EXISTS",
		"tag[captureMode] IS proxy", "tag[none] EXISTS", "req_json[quantity] > 1", "req_json[items[*].sku] EXISTS", "resp_json[id] EXISTS",
		"resp_json[status] NOT CONTAINS a", "text CONTAINS checkout", "text CONTAINS nowhere", "text REGEX \"[Pp]ayment\"", "req_xml[a] EXISTS",
	})
}

func (s *suite) testRandomQueries(t *testing.T) {
	withPairs := !slices.Contains(s.options.Without, Pairs)
	store, documents := s.open(t), s.dimensions(s.options.Documents/3)
	if withPairs {
		documents = s.options.Traffic(len(documents))
	}
	s.write(t, store, documents)
	s.ask(t, store, documents, withPairs)
}

// ask compares random queries, and says when they tell little.
func (s *suite) ask(t *testing.T, store Store, documents []*hotstore.Document, withPairs bool) {
	t.Helper()
	g := &generator{random: rand.New(rand.NewPCG(3, 5)), documents: documents, wide: withPairs}
	telling := 0
	for range s.options.Rounds {
		text := g.expr(g.random.IntN(3))
		query, err := filter.Parse(text, filter.Options{})
		if err != nil {
			continue // a value that the field does not take
		}
		search := hotstore.Search{Query: query, Limit: []int{337, 5000, 5000}[g.random.IntN(3)]}
		if g.random.IntN(3) == 0 {
			search.Sort = hotstore.ParseSort(pick(g, []string{"-duration", "service", "ts", "-status,size"}))
		}
		if g.random.IntN(3) == 0 {
			search.From = pick(g, documents).Time
		}
		if found := compare(t, store, documents, search); found > 0 && found < len(documents) {
			telling++
		}
	}
	if telling < s.options.Rounds/4 {
		t.Errorf("only %d of %d queries match some and not all: the test tells little", telling, s.options.Rounds)
	}
}

func (s *suite) testFuzzedDocuments(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	store, documents := s.open(t), make([]*hotstore.Document, 1500)
	for i := range documents {
		documents[i] = fuzzed(random)
	}
	s.write(t, store, documents)
	for _, document := range documents[:200] {
		got, err := store.Get(t.Context(), document.UUID, document.Time)
		if err != nil || describe(got) != describe(document) {
			t.Fatalf("got\n%+v, %v\nwant\n%+v", got, err, document)
		}
	}
	s.ask(t, store, documents, false)
}

// fuzzed is a document of odd values out of small worlds, so that queries match; within one day and a bit.
func fuzzed(random *rand.Rand) *hotstore.Document {
	world := []string{"", "", "a", "b", "ab", "/v1/x", "/v1/y", "?", "??", "?x", "7", "200", "503", "é\"\\", "\x00", "\xff\xfe", "<x>\n", strings.Repeat("long ", 200)}
	text := func() string {
		if random.IntN(4) == 0 {
			return world[random.IntN(len(world))] + world[random.IntN(len(world))]
		}
		return world[random.IntN(len(world))]
	}
	d := &hotstore.Document{Cluster: text(), Namespace: text(), Service: text(), Direction: []string{"IN", "OUT", "", "in"}[random.IntN(4)],
		Protocol: text(), Tech: text(), Command: text(), Location: text(), Endpoint: text(), Status: text(), Host: text(), URL: text(), Path: text(),
		Peer: text(), Session: text(), Trace: text(), Span: text(), NetworkAddress: text(), Source: text(), Error: random.IntN(2) == 0, ArchiveURL: text()}
	if d.Path == d.URL || d.URL == "" {
		d.Path = ""
	}
	for i := range d.UUID {
		d.UUID[i] = byte(random.Uint32())
	}
	if random.IntN(3) == 0 {
		d.ArchiveURL = "s3://a/b?uuid=" + d.UUID.String()
	}
	d.Time = time.Date(2026, 11, 20, 23, 30, 0, random.IntN(1000), time.UTC).Add(time.Duration(random.IntN(3600)) * time.Second)
	d.Duration = time.Duration(random.Int64N(1 << (1 + random.IntN(50))))
	if d.NoDuration = random.IntN(8) == 0; d.NoDuration {
		d.Duration = 0
	}
	d.LatencyBucket = hotstore.Bucket(d.Duration)
	d.RequestBytes, d.ResponseBytes, d.Size = random.Int64N(1000), random.Int64N(1<<40), random.Int64N(5000)
	for _, name := range []string{"tier", "weight", "yes"} {
		extra := hotstore.Extra{Name: name, Kind: hotstore.ExtraKind(random.IntN(3))}
		switch extra.Kind {
		case hotstore.ExtraText:
			extra.Text = text()
		case hotstore.ExtraNumber:
			extra.Number = random.NormFloat64()
		case hotstore.ExtraBool:
			extra.Bool = random.IntN(2) == 0
		}
		if random.IntN(2) == 0 {
			d.Extra = append(d.Extra, extra)
		}
	}
	return d
}

// RandomQueries makes texts of random queries that tell some of the documents from the others; wide asks their pairs, too.
// Some of them the language refuses. For comparing readers that are no drivers.
func RandomQueries(random *rand.Rand, documents []*hotstore.Document, wide bool) func() string {
	g := &generator{random: random, documents: documents, wide: wide}
	return func() string { return g.expr(random.IntN(3)) }
}
