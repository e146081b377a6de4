package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	outputNDJSON = "ndjson"
	outputTable  = "table"
)

const redactScanLong = `Look for personal data and secrets, and change nothing. The input is files (or - for stdin; gzip and zstd are unpacked), or
with --archive (or --config, or a context) and no file, what an archive holds.

  --as rrpair  a recording: an RRPair on each line, taken apart as the collector does: bodies, cookies, tokens, signatures
  --as json    any JSON values
  --as text    any lines: logs, source code, configuration

Each finding is a line of JSON: {"file","record","path","line","start","end","type","rule","confidence"}. line counts from
1; start and end are bytes within the decoded text at path, or within the line with --as text (where a value is written
otherwise than it reads, as in %40, of what is written; a private key of several lines ends beyond its first). record is
the RRPair's uuid, or its number in the file. The value itself is only shown with --show-values.

A summary per type follows on stderr. Exit code 3 when anything was found, or could not be scanned or looked into
(archives and documents in formats that are not taken apart, unknown encodings).`

const redactScanExamples = `  byoc redact scan raw.jsonl
  byoc redact scan --as text --policy strict --output table app.log
  # audit what is already stored
  byoc --config collector.yaml redact scan --from yesterday --filter '(service IS checkout)'`

type redactScanFlags struct {
	redactFlags
	window     windowFlags
	as         string
	filter     string
	output     string
	showValues bool
	nearly     bool
}

func newRedactScan(a *app) *cobra.Command {
	var f redactScanFlags
	command := &cobra.Command{
		Use:     "scan [FILE…|-]",
		Short:   "List the personal data and secrets in files or in an archive",
		Long:    redactScanLong,
		Example: redactScanExamples,
		RunE:    func(c *cobra.Command, args []string) error { return a.redactScan(c.Context(), &f, args) },
	}
	f.redactFlags.add(command)
	f.window.add(command)
	flags := command.Flags()
	flags.StringVar(&f.as, "as", asRRPair, "what the input is: rrpair, json or text")
	flags.StringVar(&f.filter, "filter", "", "which records of the archive, e.g. '(service IS checkout)' (default: all)")
	flags.StringVarP(&f.output, "output", "o", outputNDJSON, "how findings are printed: ndjson or table")
	flags.BoolVar(&f.showValues, "show-values", false, "print the values found: the output then is as sensitive as the input")
	flags.BoolVar(&f.nearly, "nearly", false, "also list what the policy nearly found, marked \"nearly\": below a rule's minimum, or kept")
	return command
}

func (a *app) redactScan(ctx context.Context, f *redactScanFlags, files []string) error {
	if f.output == outputJSON {
		f.output = outputNDJSON
	}
	if f.output != outputNDJSON && f.output != outputTable {
		return usagef("--output %q: must be %s or %s", f.output, outputNDJSON, outputTable)
	}
	if err := checkFormat(f.as); err != nil {
		return err
	}
	if len(files) > 0 && (f.filter != "" || f.window != (windowFlags{})) {
		return usagef("--filter, --from and --to select records of an archive: leave the files out, or cut them first with 'byoc snapshot create'")
	}
	if len(files) == 0 && f.as != asRRPair {
		return usagef("--as %s needs files (or - for stdin); an archive holds RRPairs", f.as)
	}
	engine, err := a.redactor(ctx, &f.redactFlags, redact.OpaquePass, false)
	if err != nil {
		return err
	}
	s := &redactScan{app: a, flags: f, engine: engine, types: map[string]*typeCount{}, out: bufio.NewWriterSize(a.stdout, 64<<10)}
	produce, err := s.producer(ctx, files)
	if err != nil {
		return err
	}
	return s.finish(s.run(ctx, produce))
}

// redactScan is one run of the command.
type redactScan struct {
	app    *app
	flags  *redactScanFlags
	engine *redact.Engine
	out    *bufio.Writer
	table  *table
	bar    progress

	types     map[string]*typeCount
	records   int64
	bytes     int64
	affected  int64 // records with findings
	findings  int64
	unscanned int64
	faults    []string // the first few
	opaque    int64    // contents that could not be looked into
	opaques   []string // where the first few are
}

type typeCount struct {
	findings, records int64
	rules             map[string]bool
}

// scanFinding is what is printed.
type scanFinding struct {
	File       string  `json:"file"`
	Record     string  `json:"record"`
	Path       string  `json:"path"`
	Line       int     `json:"line"`
	Start      int     `json:"start"`
	End        int     `json:"end"`
	Type       string  `json:"type"`
	Rule       string  `json:"rule"`
	Confidence float64 `json:"confidence"`
	Copy       bool    `json:"copy,omitempty"`
	Nearly     bool    `json:"nearly,omitempty"`
	Value      *string `json:"value,omitempty"`
}

// scannedBatch is a batch's findings, and per record what could not be scanned.
type scannedBatch struct {
	findings  []scanFinding
	affected  int64
	records   int64
	bytes     int64
	read      int64
	unscanned []string
	opaque    []string
}

// run scans and prints. What was found before an error is printed, too.
func (s *redactScan) run(ctx context.Context, produce batchProducer) error {
	if s.flags.output == outputTable {
		s.table = newTable("FILE", "LINE", "RECORD", "PATH", "TYPE", "RULE", "CONFIDENCE", "VALUE")
	}
	err := inOrder(ctx, runtime.GOMAXPROCS(0), produce, s.scanBatch, s.take)
	if s.bar != nil {
		s.bar.done()
	}
	if s.table != nil && len(s.table.rows) > 0 {
		err = errors.Join(err, s.table.write(s.out))
	}
	if failed := s.out.Flush(); failed != nil && !errors.Is(err, failed) {
		err = errors.Join(err, fmt.Errorf("print findings: %w", failed))
	}
	return err
}

func (s *redactScan) producer(ctx context.Context, files []string) (batchProducer, error) {
	if len(files) == 0 {
		return s.app.archiveBatches(ctx, &s.flags.window, s.flags.filter, s.engine, func(bytes int64) { s.bar = s.app.progress("scanning", bytes) })
	}
	sized, err := s.app.openSource(files)
	if err != nil {
		return nil, err
	}
	s.bar = s.app.progress("scanning", sized.totalBytes)
	return func(ctx context.Context, emit func(*batch) error) error {
		return s.app.readDocuments(ctx, files, s.flags.as, emit)
	}, nil
}

// scanBatch runs on several goroutines.
func (s *redactScan) scanBatch(b *batch) scannedBatch {
	result := scannedBatch{read: b.read}
	var pair rrpair.Pair
	for i := range b.documents {
		d := &b.documents[i]
		result.bytes += int64(len(d.data))
		if d.blank() {
			continue
		}
		result.records++
		before := len(result.findings)
		if err := s.scanDocument(d, &pair, &result); err != nil {
			result.unscanned = append(result.unscanned, fmt.Sprintf("%s, line %d: %v", d.file, d.line, err))
			continue
		}
		if slices.ContainsFunc(result.findings[before:], func(f scanFinding) bool { return !f.Nearly }) {
			result.affected++
		}
	}
	return result
}

func (s *redactScan) scanDocument(d *document, pair *rrpair.Pair, result *scannedBatch) error {
	if d.fault != "" {
		return fmt.Errorf("%s", d.fault)
	}
	call := redact.Call{Scan: true, Finding: func(f redact.Finding) {
		if f.Nearly && !s.flags.nearly {
			return
		}
		result.findings = append(result.findings, s.describe(d, f))
	}}
	var err error
	var outcome redact.Result
	switch s.flags.as {
	case asText:
		_, outcome, err = s.engine.Text(nil, d.data, call)
	case asJSON:
		_, outcome, err = s.engine.JSON(nil, d.data, call)
	default:
		if err = pair.ParseJSON(d.data); err != nil {
			return fmt.Errorf("no RRPair (--as json or --as text reads other things): %w", err)
		}
		if id, ok := pair.UUID(); ok {
			d.record = id.String()
		}
		_, outcome, err = s.engine.Pair(nil, pair, pairCall(call, pair, s.engine))
	}
	for _, path := range outcome.Opaque {
		result.opaque = append(result.opaque, strings.TrimSuffix(fmt.Sprintf("%s, line %d: %s", d.file, d.line, path), ": "))
	}
	return err
}

func (s *redactScan) describe(d *document, f redact.Finding) scanFinding {
	found := scanFinding{
		File: d.file, Record: d.record, Path: f.Path, Line: d.line, Start: f.Start, End: f.End,
		Type: string(f.Rule.Type), Rule: f.Rule.Name, Confidence: f.Confidence, Copy: f.Copy, Nearly: f.Nearly,
	}
	switch s.flags.as {
	case asText:
		// what lies in containers within the line (a form, base64) is shown where it stands in the line
		found.Start, found.End = f.RootStart, f.RootEnd
		fallthrough
	case asJSON:
		if lines := bytes.Count(d.data[:f.RootStart], []byte{'\n'}); lines > 0 {
			found.Line += lines
			if s.flags.as == asText {
				lineStart := bytes.LastIndexByte(d.data[:f.RootStart], '\n') + 1
				found.Start, found.End = found.Start-lineStart, found.End-lineStart
			}
		}
	}
	if s.flags.showValues {
		value := string(f.Value)
		found.Value = &value
	}
	return found
}

// take prints a batch's findings, in the order of the input.
func (s *redactScan) take(b scannedBatch) error {
	s.records += b.records
	s.bytes += b.bytes
	s.affected += b.affected
	s.unscanned += int64(len(b.unscanned))
	s.opaque += int64(len(b.opaque))
	s.opaques = append(s.opaques, b.opaque[:min(len(b.opaque), maxShownFaults-len(s.opaques))]...)
	for _, fault := range b.unscanned {
		if len(s.faults) < maxShownFaults {
			s.faults = append(s.faults, fault)
		}
	}
	if s.bar != nil {
		s.bar.add(b.records, b.read)
	}
	last := map[string]string{}
	for i := range b.findings {
		f := &b.findings[i]
		if !f.Nearly {
			s.count(f, last)
		}
		if err := s.print(f); err != nil {
			return err
		}
	}
	return nil
}

// count counts a finding; last holds the record each type was last found in.
func (s *redactScan) count(f *scanFinding, last map[string]string) {
	s.findings++
	counted := s.types[f.Type]
	if counted == nil {
		counted = &typeCount{rules: map[string]bool{}}
		s.types[f.Type] = counted
	}
	counted.findings++
	counted.rules[f.Rule] = true
	if record := f.File + "\x00" + f.Record; last[f.Type] != record {
		last[f.Type] = record
		counted.records++
	}
}

func (s *redactScan) print(f *scanFinding) error {
	if s.table != nil {
		value := "(hidden)"
		if f.Value != nil {
			value = shorten(*f.Value, shownCell)
		}
		s.table.add(f.File, strconv.Itoa(f.Line), f.Record, f.Path, f.Type, f.Rule, strconv.FormatFloat(f.Confidence, 'g', 3, 64), value)
		return nil
	}
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(f); err != nil {
		return fmt.Errorf("print finding: %w", err)
	}
	if _, err := s.out.Write(line.Bytes()); err != nil {
		return fmt.Errorf("print finding: %w", err)
	}
	return nil
}

// finish prints the summary and chooses the exit code. err is why the scan ended early, or what an archive left out.
func (s *redactScan) finish(err error) error {
	s.summarise(s.app.stderr)
	var said []string
	if s.findings > 0 {
		said = append(said, fmt.Sprintf("%s in %s of %s", countOf(s.findings, "finding", "findings"), humanCount(s.affected), countOf(s.records, "record", "records")))
	}
	if s.unscanned > 0 {
		said = append(said, fmt.Sprintf("%s could not be scanned: %s", countOf(s.unscanned, "record", "records"), strings.Join(s.faults, "; ")))
	}
	if s.opaque > 0 {
		said = append(said, countOf(s.opaque, "content", "contents")+" could not be looked into")
	}
	var skipped *skippedError
	switch {
	case errors.As(err, &skipped):
		return skippedf("%s", strings.Join(append(said, skipped.text), "; "))
	case err != nil && len(said) > 0:
		return fmt.Errorf("%w\nuntil then: %s", err, strings.Join(said, "; "))
	case err != nil || len(said) == 0:
		return err
	}
	return skippedf("%s", strings.Join(said, "; "))
}

func (s *redactScan) summarise(w io.Writer) {
	if s.opaque > 0 {
		fmt.Fprintf(w, "not looked into, %s:\n  %s\n", countOf(s.opaque, "content", "contents"), strings.Join(s.opaques, "\n  "))
		if more := s.opaque - int64(len(s.opaques)); more > 0 {
			fmt.Fprintf(w, "  … and %s more\n", humanCount(more))
		}
	}
	if len(s.types) == 0 {
		fmt.Fprintf(w, "nothing found in %s (%s)\n", countOf(s.records, "record", "records"), humanBytes(s.bytes))
		return
	}
	rows := newTable("TYPE", "FINDINGS", "RECORDS", "RULES")
	for _, name := range slices.Sorted(maps.Keys(s.types)) {
		c := s.types[name]
		rows.add(name, humanCount(c.findings), humanCount(c.records), shorten(strings.Join(slices.Sorted(maps.Keys(c.rules)), ", "), 2*shownCell))
	}
	// the terminal went away: there is nobody to tell
	_ = rows.write(w)
}
