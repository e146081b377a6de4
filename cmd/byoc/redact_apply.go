package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const redactApplyLong = `Write a redacted copy of a recording: each value found is replaced in every place and spelling of its record, bodies keep
their encoding, lengths are corrected, and the result replays. The output appears whole or not at all, unless it is stdout, a
pipe or a device. A text keeps its blank lines and line ends.

A record that cannot be redacted for sure (no valid RRPair, too large, too deeply nested, contents
that cannot be looked into) is never written: it goes to
--quarantine as it came, or is left out; both are counted, and the exit code is 3. The quarantine is as sensitive as the
input.`

const redactApplyExamples = `  export ` + keyVariable + `=$(openssl rand -hex 32)
  byoc redact apply --in raw.jsonl --out clean.jsonl
  byoc redact apply --in raw.jsonl --out clean.jsonl --policy acme.yaml --quarantine refused.jsonl
  zcat raw.jsonl.gz | byoc redact apply --in - --out - | byoc send --endpoint localhost:4317 --insecure -`

type redactApplyFlags struct {
	redactFlags
	as         string
	in         string
	out        string
	quarantine string
	opaque     string
	force      bool
}

func newRedactApply(a *app) *cobra.Command {
	var f redactApplyFlags
	command := &cobra.Command{
		Use:     "apply",
		Short:   "Write a redacted copy of a recording",
		Long:    redactApplyLong,
		Example: redactApplyExamples,
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.redactApply(c.Context(), &f) },
	}
	f.redactFlags.add(command)
	flags := command.Flags()
	flags.StringVar(&f.in, "in", "", "recording to read, - for stdin (gzip and zstd are unpacked)")
	flags.StringVar(&f.out, "out", "", "file to write, - for stdout")
	flags.StringVar(&f.as, "as", asRRPair, "what the input is: rrpair, json or text, one record a line")
	flags.StringVar(&f.quarantine, "quarantine", "", "file for the records that cannot be redacted, as they came (default: they are left out)")
	flags.StringVar(&f.opaque, "opaque", redact.OpaqueRefuse.String(), "records with contents that cannot be looked into (unknown encodings, packed or encrypted formats): refuse them or pass them as they are")
	flags.BoolVar(&f.force, "force", false, "replace --out and --quarantine if they exist")
	return command
}

func (f *redactApplyFlags) check() error {
	switch {
	case f.in == "" || f.out == "":
		return usagef("give --in and --out (- for stdin and stdout)")
	case f.quarantine == "-":
		return usagef("--quarantine must be a file: its records are not redacted")
	}
	for _, pair := range [...]struct{ one, other, text string }{
		{f.in, f.out, "--in and --out are the same file: a redacted copy is written beside the original"},
		{f.in, f.quarantine, "--in and --quarantine are the same file: what cannot be redacted is written beside the original"},
		{f.out, f.quarantine, "--quarantine and --out are the same file: what cannot be redacted must not stand beside what is"},
	} {
		if pair.one == "-" || pair.other == "-" || pair.other == "" {
			continue
		}
		same, err := sameFile(pair.one, pair.other)
		if err != nil {
			return usagef("%w", err)
		}
		if same {
			return usagef("%s", pair.text)
		}
	}
	for _, file := range []string{f.out, f.quarantine} {
		if file == "" || file == "-" || f.force {
			continue
		}
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return usagef("%s exists: choose another name, or --force to replace it", file)
		}
	}
	return checkFormat(f.as)
}

// applySummary is what --output json prints.
type applySummary struct {
	In          string           `json:"in"`
	Out         string           `json:"out"`
	Policy      string           `json:"policy"`
	Version     string           `json:"policy_version"`
	KeyID       string           `json:"key_id"`
	Records     int64            `json:"records"`
	Changed     int64            `json:"changed"`
	Values      int64            `json:"values"`
	Quarantined int64            `json:"quarantined"`
	Opaque      int64            `json:"opaque"` // contents passed without being looked into
	Rules       map[string]int64 `json:"rules"`
	Reasons     map[string]int64 `json:"reasons"`
}

func (a *app) redactApply(ctx context.Context, f *redactApplyFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	opaque, err := redact.ParseOpaque(f.opaque)
	if err != nil {
		return usagef("--opaque: %w", err)
	}
	engine, err := a.redactor(ctx, &f.redactFlags, opaque, true)
	if err != nil {
		return err
	}
	source, err := a.openSource([]string{f.in})
	if err != nil {
		return err
	}
	run := &redactApply{app: a, flags: f, engine: engine, summary: applySummary{
		In: f.in, Out: f.out, Policy: engine.Policy().Name, Version: engine.Policy().Version, KeyID: engine.KeyID(),
		Rules: map[string]int64{}, Reasons: map[string]int64{},
	}}
	if run.out, err = a.createWhole(f.out); err != nil {
		return err
	}
	defer run.out.abandon()
	if f.quarantine != "" {
		if run.refused, err = a.createWhole(f.quarantine); err != nil {
			return err
		}
		defer run.refused.abandon()
	}
	run.bar = a.progress("redacting", source.totalBytes)
	err = inOrder(ctx, runtime.GOMAXPROCS(0), func(ctx context.Context, emit func(*batch) error) error {
		return a.readDocuments(ctx, []string{f.in}, f.as, emit)
	}, run.redactBatch, run.take)
	run.bar.done()
	if err != nil {
		return err
	}
	// the quarantine first: the output must not look complete while a part of it is missing
	if run.refused != nil {
		if err := run.refused.commit(); err != nil {
			return err
		}
	}
	if err := run.out.commit(); err != nil {
		return err
	}
	return run.finish()
}

type redactApply struct {
	app     *app
	flags   *redactApplyFlags
	engine  *redact.Engine
	out     *wholeFile
	refused *wholeFile
	bar     progress
	summary applySummary
	faults  []string
}

// redactedBatch is a batch's output.
type redactedBatch struct {
	lines   []byte // redacted, with line ends
	refused []byte // as they came, with line ends
	faults  []string
	reasons map[string]int64
	rules   map[string]int64
	records int64
	changed int64
	values  int64
	opaque  int64
	read    int64
}

// redactBatch runs on several goroutines.
func (r *redactApply) redactBatch(b *batch) redactedBatch {
	result := redactedBatch{read: b.read, reasons: map[string]int64{}, rules: map[string]int64{}}
	var pair rrpair.Pair
	for i := range b.documents {
		d := &b.documents[i]
		ending := d.lineEnd(r.flags.as)
		if d.blank() {
			result.lines = append(append(result.lines, d.data...), ending...)
			continue
		}
		result.records++
		redacted, outcome, err := redactDocument(r.engine, r.flags.as, result.lines, d, &pair)
		if err != nil {
			result.reasons[refusalReason(err)]++
			result.faults = append(result.faults, fmt.Sprintf("line %d: %v", d.line, err))
			result.refused = append(append(result.refused, d.data...), cmp.Or(ending, "\n")...)
			continue
		}
		result.lines = append(redacted, ending...)
		result.opaque += int64(len(outcome.Opaque))
		if outcome.Changed {
			result.changed++
		}
		for _, rule := range outcome.Rules {
			result.rules[rule.Rule.Name] += int64(rule.Values)
			result.values += int64(rule.Values)
		}
	}
	return result
}

// lineEnd is what follows the document in an output of lines: in a text what followed it in the input.
func (d *document) lineEnd(format string) string {
	if format == asText {
		return d.ending
	}
	return "\n"
}

// redactDocument appends the redacted document to dst. On an error dst is as it was.
func redactDocument(engine *redact.Engine, format string, dst []byte, d *document, pair *rrpair.Pair) ([]byte, redact.Result, error) {
	if d.fault != "" {
		return dst, redact.Result{}, &redact.Refusal{Reason: "too_large", Path: "the line", Detail: d.fault}
	}
	switch format {
	case asText:
		return engine.Text(dst, d.data, redact.Call{})
	case asJSON:
		return engine.JSON(dst, d.data, redact.Call{})
	}
	if err := pair.ParseJSON(d.data); err != nil {
		return dst, redact.Result{}, &redact.Refusal{Reason: "unparseable", Path: "the line", Detail: err.Error()}
	}
	return engine.Pair(dst, pair, pairCall(redact.Call{}, pair, engine))
}

func refusalReason(err error) string {
	var refusal *redact.Refusal
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return "error"
}

func (r *redactApply) take(b redactedBatch) error {
	r.bar.add(b.records, b.read)
	r.summary.Records += b.records
	r.summary.Changed += b.changed
	r.summary.Values += b.values
	r.summary.Opaque += b.opaque
	for reason, n := range b.reasons {
		r.summary.Reasons[reason] += n
		r.summary.Quarantined += n
	}
	for rule, n := range b.rules {
		r.summary.Rules[rule] += n
	}
	for _, fault := range b.faults {
		if len(r.faults) < maxShownFaults {
			r.faults = append(r.faults, fault)
		}
	}
	if err := r.out.write(b.lines); err != nil {
		return err
	}
	if r.refused == nil {
		return nil
	}
	return r.refused.write(b.refused)
}

func (r *redactApply) finish() error {
	shown := *r.app
	if r.flags.out == "-" {
		shown.stdout = r.app.stderr
	}
	if r.app.wantsJSON() {
		if err := shown.printJSON(&r.summary); err != nil {
			return err
		}
	} else {
		r.describe(shown.stdout)
	}
	if r.summary.Quarantined == 0 {
		return nil
	}
	where := "left out (--quarantine keeps them)"
	if r.flags.quarantine != "" {
		where = "put into " + r.flags.quarantine + ", not redacted"
	}
	return skippedf("%s could not be redacted for sure and %s: %s", countOf(r.summary.Quarantined, "record", "records"), where, strings.Join(r.faults, "; "))
}

func (r *redactApply) describe(w io.Writer) {
	out := r.flags.out
	if out == "-" {
		out = "stdout"
	}
	s := &r.summary
	fmt.Fprintf(w, "%s: %s, %s changed, %s replaced (policy %s %s, key %s)\n", out, countOf(s.Records-s.Quarantined, "record", "records"), humanCount(s.Changed),
		countOf(s.Values, "value", "values"), s.Policy, s.Version, s.KeyID)
	if s.Opaque > 0 {
		fmt.Fprintf(w, "passed as they are: %s that could not be looked into\n", countOf(s.Opaque, "content", "contents"))
	}
	writeCounts(w, "RULE", s.Rules)
}
