package dimension

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

const (
	// maxExtras bounds what is looked for in every pair.
	maxExtras = 32
	// maxExtraName and maxExtraText bound a name and a value in bytes: a dimension is something to group by, and a
	// value that is longer would be one of a kind. A longer value is left out.
	maxExtraName = 64
	maxExtraText = 256
)

// Kind is the type of a dimension of the user's own.
type Kind uint8

// The types.
const (
	KindString Kind = iota
	KindNumber
	KindBoolean
)

// String is the type as settings write it.
func (k Kind) String() string { return [...]string{"string", "number", "boolean"}[k] }

func kindOf(text string) (kind Kind, ok bool) {
	switch text {
	case "", "string":
		return KindString, true
	case "number":
		return KindNumber, true
	case "boolean":
		return KindBoolean, true
	default:
		return 0, false
	}
}

// Extra is the value of a dimension of the user's own: Text, Number or Bool, by Kind. Text is a view, valid as long as
// the record's others.
type Extra struct {
	Name   string
	Kind   Kind
	Text   string  // as it stands in the pair, also of a number or a boolean
	Number float64 // finite
	Bool   bool
}

// ExtraOutcome says whether a pair has the dimension.
type ExtraOutcome uint8

// The outcomes.
const (
	ExtraSet       ExtraOutcome = iota
	ExtraAbsent                 // there is no such value
	ExtraWrongType              // it is no number or boolean, as it should be
	ExtraTooLong                // it is longer than 256 bytes
)

// String is the outcome as metrics name it.
func (o ExtraOutcome) String() string {
	return [...]string{"set", "absent", "wrong_type", "too_long"}[o]
}

type extraRule struct {
	name string
	path *filter.Path
	kind Kind
}

func compileExtras(settings []ExtraSettings) (rules []extraRule, errs []error) {
	if len(settings) > maxExtras {
		errs = append(errs, fmt.Errorf("dimensions has %d entries: at most %d are allowed", len(settings), maxExtras))
	}
	taken := builtInNames()
	seen := map[string]int{}
	for i, s := range settings {
		at := fmt.Sprintf("dimensions[%d]", i)
		first, isTwice := seen[s.Name]
		switch {
		case !isExtraName(s.Name):
			errs = append(errs, fmt.Errorf("%s::name is %q: it must be of lower-case letters, digits and _, begin with a letter, and have at most %d bytes", at, s.Name, maxExtraName))
		case slices.Contains(taken, s.Name):
			errs = append(errs, fmt.Errorf("%s::name is %q: a dimension is called that already; choose another", at, s.Name))
		case isTwice:
			errs = append(errs, fmt.Errorf("%s::name is %q: so is that of dimensions[%d]; choose another", at, s.Name, first))
		default:
			seen[s.Name] = i
		}
		path, err := filter.ParsePath(s.From)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s::from is %q: %w", at, s.From, err))
		}
		kind, ok := kindOf(s.Type)
		if !ok {
			errs = append(errs, fmt.Errorf("%s::type is %q: it must be string, number or boolean", at, s.Type))
		}
		rules = append(rules, extraRule{name: s.Name, path: path, kind: kind})
	}
	return rules, errs
}

func isExtraName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (i == 0 || c != '_' && !isFigure(c)) {
			return false
		}
	}
	return name != "" && len(name) <= maxExtraName
}

// builtInNames are the short names that columns, filters and documents have already.
func builtInNames() []string {
	names := strings.Fields(`archive_url body bytes command_name document duration_ms errors extra first_seen from headers
		interval inbound last_seen latency latency_bucket limit max method outbound p50 p90 p95 p99 pair protocol rate
		request_bytes requests response_bytes source span span_id time timestamp to trace_id ts url_path network_address`)
	for f := filter.FieldNone + 1; f.String() != "?"; f++ {
		names = append(names, f.String())
	}
	return names
}

// Extras is how many dimensions of the user's own there are.
func (r *Rules) Extras() int {
	if r == nil {
		return 0
	}
	return len(r.extras)
}

// ExtraName is the name of the dimension with that index.
func (r *Rules) ExtraName(index int) string { return r.extras[index].name }

// Extra is the pair's value of the user's dimension with that index in the settings.
func (r *Record) Extra(index int) (Extra, ExtraOutcome) {
	rule := &r.rules.extras[index]
	start := len(r.values)
	var found bool
	r.values, found = rule.path.AppendFirst(r.values, r) // not r.text: finding the value may write there
	text := view(r.values[start:len(r.values):len(r.values)])
	extra := Extra{Name: rule.name, Kind: rule.kind}
	if !found {
		return extra, ExtraAbsent
	}
	if len(text) > maxExtraText {
		r.values = r.values[:start]
		return extra, ExtraTooLong
	}
	extra.Text = text
	ok := utf8.ValidString(text)
	switch rule.kind {
	case KindNumber:
		extra.Number, ok = filter.Number(text)
		ok = ok && !math.IsInf(extra.Number, 0)
	case KindBoolean:
		extra.Bool, ok = filter.Bool(text)
	}
	if !ok {
		return extra, ExtraWrongType
	}
	return extra, ExtraSet
}
