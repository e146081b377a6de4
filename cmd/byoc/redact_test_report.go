package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const redactTestLong = `Say what a policy would do to a recording, without changing it: what each rule finds and puts in its place (before and
after side by side, the originals masked), what it nearly did, in which fields, and which fields nobody looked into.

Without a redaction key one is made up for the report; the surrogates then differ from the collector's.`

type redactTestFlags struct {
	redactFlags
	in       string
	examples int
	onlyRule string
}

func newRedactTest(a *app) *cobra.Command {
	var f redactTestFlags
	command := &cobra.Command{
		Use:   "test",
		Short: "Report what a policy would do to a recording, rule by rule",
		Long:  redactTestLong,
		Example: `  byoc redact test --in raw.jsonl
  byoc redact test --in raw.jsonl --policy acme.yaml --rule email --examples 20
  byoc redact test --in raw.jsonl --policy strict --output json | jq '.rules[] | {name, values, records}'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.redactTest(c.Context(), &f) },
	}
	f.redactFlags.add(command)
	flags := command.Flags()
	flags.StringVar(&f.in, "in", "", "recording to read, - for stdin")
	flags.IntVar(&f.examples, "examples", 3, "examples shown for each rule")
	flags.StringVar(&f.onlyRule, "rule", "", "show this rule alone")
	return command
}

// ruleReport is what became of one rule.
type ruleReport struct {
	Name     string        `json:"name"`
	Type     string        `json:"type"`
	Category string        `json:"category"`
	Action   string        `json:"action"`
	Values   int64         `json:"values"`
	Copies   int64         `json:"copies"` // of Values: found as copies of values found elsewhere
	Records  int64         `json:"records"`
	Nearly   int64         `json:"nearly"` // below the rule's minimum, or kept
	Fields   fieldCounts   `json:"fields"`
	Examples []ruleExample `json:"examples"`

	lastRecord int64
}

type fieldCounts map[string]int64

// ruleExample shows one value; before is masked.
type ruleExample struct {
	Record     string  `json:"record"`
	Path       string  `json:"path"`
	Before     string  `json:"before"`
	After      string  `json:"after"`
	Confidence float64 `json:"confidence"`
	Nearly     bool    `json:"nearly,omitempty"`
}

// coverageReport is what --output json prints.
type coverageReport struct {
	In          string           `json:"in"`
	Policy      string           `json:"policy"`
	Version     string           `json:"policy_version"`
	Records     int64            `json:"records"`
	Changed     int64            `json:"changed"`
	Refused     map[string]int64 `json:"refused"`
	Faults      []string         `json:"faults,omitempty"`
	Rules       []*ruleReport    `json:"rules"`
	Silent      []string         `json:"silent_rules"` // on, but found nothing
	Fields      int              `json:"fields"`
	NeverLooked []string         `json:"fields_never_looked_into"`
	Opaque      fieldCounts      `json:"opaque"` // contents that could not be looked into, by where they are
}

func (a *app) redactTest(ctx context.Context, f *redactTestFlags) error {
	if f.in == "" {
		return usagef("give --in (- for stdin)")
	}
	p, err := f.loadPolicy()
	if err != nil {
		return err
	}
	if f.onlyRule != "" && !slices.ContainsFunc(p.Rules(), func(r *policy.Rule) bool { return r.Name == f.onlyRule }) {
		return usagef("--rule %q: the policy %s has no such rule that is on: 'byoc redact rules --policy %s' lists them", f.onlyRule, p.Name, f.policy)
	}
	keys, err := a.keysOrRandom(ctx, &f.redactFlags, p)
	if err != nil {
		return err
	}
	engine, err := redact.New(p, redact.Options{Keys: keys, Opaque: redact.OpaquePass})
	if err != nil {
		return fmt.Errorf("prepare the policy %s: %w", p.Name, err)
	}
	source, err := a.openSource([]string{f.in})
	if err != nil {
		return err
	}
	c := newCoverage(engine, f)
	bar := a.progress("testing", source.totalBytes)
	err = inOrder(ctx, runtime.GOMAXPROCS(0), func(ctx context.Context, emit func(*batch) error) error {
		return a.readDocuments(ctx, []string{f.in}, asRRPair, emit)
	}, func(b *batch) *batch { return b }, func(b *batch) error {
		bar.add(int64(len(b.documents)), b.read)
		return c.take(b)
	})
	bar.done()
	if err != nil {
		return err
	}
	report := c.finish()
	if a.wantsJSON() {
		return a.printJSON(report)
	}
	report.describe(a.stdout, f.onlyRule)
	return nil
}

// coverage gathers a report.
type coverage struct {
	engine  *redact.Engine
	flags   *redactTestFlags
	report  coverageReport
	rules   map[string]*ruleReport
	visited map[string]bool // fields looked into, elements of arrays as one
	fields  map[string]bool // fields there are
	pair    rrpair.Pair
	out     []byte
	scratch []byte
}

func newCoverage(engine *redact.Engine, f *redactTestFlags) *coverage {
	p := engine.Policy()
	return &coverage{
		engine: engine, flags: f, rules: map[string]*ruleReport{}, visited: map[string]bool{}, fields: map[string]bool{},
		report: coverageReport{In: f.in, Policy: p.Name, Version: p.Version, Refused: map[string]int64{}, Silent: []string{}, NeverLooked: []string{}, Opaque: fieldCounts{}},
	}
}

func (c *coverage) take(b *batch) error {
	for i := range b.documents {
		d := &b.documents[i]
		c.report.Records++
		if err := c.record(d); err != nil {
			c.report.Refused[refusalReason(err)]++
			if len(c.report.Faults) < maxShownFaults {
				c.report.Faults = append(c.report.Faults, fmt.Sprintf("line %d: %v", d.line, err))
			}
		}
	}
	return nil
}

func (c *coverage) record(d *document) error {
	if d.fault != "" {
		return &redact.Refusal{Reason: "too_large", Path: "the line", Detail: d.fault}
	}
	if err := c.pair.ParseJSON(d.data); err != nil {
		return &redact.Refusal{Reason: "unparseable", Path: "the line", Detail: err.Error()}
	}
	if id, ok := c.pair.UUID(); ok {
		d.record = id.String()
	}
	eachField(c.pair.JSON(), nil, func(path []byte) {
		c.fields[foldTokens(string(path))] = true
	})
	call := redact.Call{
		Finding: func(f redact.Finding) { c.finding(d, f) },
		Visited: func(path string, _ int) { c.visited[foldTokens(fieldOf(path))] = true },
	}
	out, result, err := c.engine.Pair(c.out[:0], &c.pair, pairCall(call, &c.pair, c.engine))
	if err != nil {
		return err
	}
	c.out = out
	for _, path := range result.Opaque {
		c.report.Opaque[foldTokens(fieldOf(path))]++
	}
	if result.Changed {
		c.report.Changed++
	}
	return nil
}

func (c *coverage) finding(d *document, f redact.Finding) {
	r := c.rules[f.Rule.Name]
	if r == nil {
		r = &ruleReport{
			Name: f.Rule.Name, Type: string(f.Rule.Type), Category: string(f.Rule.Category), Action: f.Rule.ActionText(),
			Fields: fieldCounts{}, Examples: []ruleExample{},
		}
		c.rules[r.Name] = r
	}
	if f.Nearly {
		r.Nearly++
	} else {
		r.Values++
		r.Fields[fieldOf(f.Path)]++
		if f.Copy {
			r.Copies++
		}
		if r.lastRecord != c.report.Records {
			r.lastRecord = c.report.Records
			r.Records++
		}
	}
	if len(r.Examples) < c.flags.examples && !f.Copy {
		r.Examples = append(r.Examples, ruleExample{
			Record: d.record, Path: f.Path, Before: c.mask(f.Value), After: printable(f.Replacement), Confidence: f.Confidence, Nearly: f.Nearly,
		})
	}
}

const (
	// maskKeeps is how many characters of a value a report shows, so that its owner knows it again; values of less
	// than maskWhole show none.
	maskKeeps = 2
	maskWhole = 8
)

func (c *coverage) mask(value []byte) string {
	keep := maskKeeps
	if len(value) < maskWhole {
		keep = 0
	}
	c.scratch = surrogate.AppendMask(c.scratch[:0], value, keep)
	return printable(c.scratch)
}

func printable(text []byte) string {
	if !utf8.Valid(text) {
		return fmt.Sprintf("(%d bytes of binary data)", len(text))
	}
	return shorten(string(text), shownCell)
}

// fieldOf is a path without the numbers of array elements.
func fieldOf(path string) string {
	var field strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] == '[' {
			end := i + 1
			for end < len(path) && path[end] >= '0' && path[end] <= '9' {
				end++
			}
			if end > i+1 && end < len(path) && path[end] == ']' {
				field.WriteString("[]")
				i = end
				continue
			}
		}
		field.WriteByte(path[i])
	}
	return field.String()
}

// foldTokens makes one field of all of the token list: its names are data.
func foldTokens(path string) string {
	if strings.HasPrefix(path, tokenList) {
		return tokenList
	}
	return path
}

// tokenList is the member whose names are data.
const tokenList = "tokenList"

// eachField calls fn with the path of every leaf of a compact JSON value, elements of arrays as [].
func eachField(value, path []byte, fn func(path []byte)) {
	switch {
	case len(value) > 2 && value[0] == '{':
		rrpair.EachMember(value, func(key, member []byte) bool {
			eachField(member, appendName(path, key), fn)
			return true
		})
	case len(value) > 2 && value[0] == '[':
		rrpair.EachElement(value, func(element []byte) bool {
			eachField(element, append(path[:len(path):len(path)], "[]"...), fn)
			return true
		})
	case len(value) > 2 || len(value) > 0 && value[0] != '"' && value[0] != '{' && value[0] != '[':
		fn(path)
	}
}

func appendName(path, key []byte) []byte {
	path = path[:len(path):len(path)]
	if bytes.IndexByte(key, '.') >= 0 {
		return append(append(append(path, `["`...), key...), `"]`...)
	}
	if len(path) > 0 {
		path = append(path, '.')
	}
	return append(path, key...)
}

func (c *coverage) finish() *coverageReport {
	report := &c.report
	for _, rule := range c.engine.Policy().Rules() {
		if found := c.rules[rule.Name]; found != nil {
			report.Rules = append(report.Rules, found)
		} else {
			report.Silent = append(report.Silent, rule.Name)
		}
	}
	slices.SortStableFunc(report.Rules, func(x, y *ruleReport) int { return int(y.Values - x.Values) })
	looked := map[string]bool{}
	for path := range c.visited {
		whole, _, _ := strings.Cut(path, "|")
		looked[whole] = true
	}
	report.Fields = len(c.fields)
	for _, path := range slices.Sorted(maps.Keys(c.fields)) {
		if !looked[path] {
			report.NeverLooked = append(report.NeverLooked, path)
		}
	}
	return report
}

func (r *coverageReport) describe(w io.Writer, onlyRule string) {
	fmt.Fprintf(w, "%s under the policy %s (%s): %s, %s would change\n", r.In, r.Policy, r.Version, countOf(r.Records, "record", "records"), humanCount(r.Changed))
	if len(r.Refused) > 0 {
		writeCounts(w, "REFUSED, NEVER STORED", r.Refused)
		fmt.Fprintf(w, "  %s\n", strings.Join(r.Faults, "\n  "))
	}
	for _, rule := range r.Rules {
		if onlyRule != "" && rule.Name != onlyRule {
			continue
		}
		rule.describe(w)
	}
	if onlyRule != "" {
		return
	}
	fmt.Fprintf(w, "\nFound nothing: %s\n", strings.Join(r.Silent, ", "))
	writeCounts(w, "CONTENTS NOT LOOKED INTO (apply refuses them, unless --opaque pass)", r.Opaque)
	if len(r.NeverLooked) == 0 && len(r.Opaque) == 0 {
		fmt.Fprintf(w, "All %s were looked into.\n", countOf(r.Fields, "field", "fields"))
		return
	}
	if len(r.NeverLooked) == 0 {
		return
	}
	fmt.Fprintf(w, "Never looked into, of %s: %s\n", countOf(r.Fields, "field", "fields"), strings.Join(r.NeverLooked, ", "))
}

// shownFields is how many of a rule's fields are listed.
const shownFields = 6

func (r *ruleReport) describe(w io.Writer) {
	fmt.Fprintf(w, "\n%s (%s, %s): %s in %s, %s of them copies", r.Name, r.Category, r.Action, countOf(r.Values, "value", "values"), countOf(r.Records, "record", "records"), humanCount(r.Copies))
	if r.Nearly > 0 {
		fmt.Fprintf(w, "; nearly %s", humanCount(r.Nearly))
	}
	fmt.Fprintln(w)
	fields := slices.Sorted(maps.Keys(r.Fields))
	slices.SortStableFunc(fields, func(x, y string) int { return int(r.Fields[y] - r.Fields[x]) })
	for i, field := range fields {
		if i == shownFields {
			fmt.Fprintf(w, "  … and %d more fields\n", len(fields)-shownFields)
			break
		}
		fmt.Fprintf(w, "  %6s  %s\n", humanCount(r.Fields[field]), field)
	}
	rows := newTable("  BEFORE (MASKED)", "AFTER", "AT")
	for _, e := range r.Examples {
		after := e.After
		if e.Nearly {
			after = "(nearly: unchanged)"
		}
		rows.add("  "+e.Before, after, shorten(e.Path, shownCell))
	}
	// the reader went away: nothing to tell
	_ = rows.write(w)
}
