package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// digest is what a set of records is compared by: their uuids. The hash of each one's canonical JSON tells a repetition from
// another record of the same uuid.
type digest struct {
	hashes   map[rrpair.UUID][sha256.Size]byte
	repeated int64 // records whose uuid and content were there before
	changed  []rrpair.UUID
	badLines int64
	plain    int64 // bytes of the records as OTLP-JSON, the form that stock exporters write
}

func (d *digest) records() int64 { return int64(len(d.hashes)) }

// remarks says what was left aside, if anything.
func (d *digest) remarks() string {
	text := ""
	if d.repeated > 0 {
		text += fmt.Sprintf("; %s lines of the input repeat others", humanCount(d.repeated))
	}
	if d.badLines > 0 {
		text += fmt.Sprintf("; %s lines are no RRPair", humanCount(d.badLines))
	}
	return text
}

// digestTraffic reads raw.jsonl and also weighs it as OTLP-JSON.
func digestTraffic(ctx context.Context, file string) (*digest, error) {
	var weigh plainWeight
	d, err := digestLines(ctx, []string{file}, weigh.add)
	if err != nil {
		return nil, fmt.Errorf("read traffic: %w", err)
	}
	weigh.flush()
	d.plain = weigh.bytes
	if weigh.err != nil {
		return nil, fmt.Errorf("weigh traffic as OTLP-JSON: %w", weigh.err)
	}
	if len(d.hashes) == 0 {
		return nil, fmt.Errorf("%s holds no RRPair", file)
	}
	return d, nil
}

func digestFiles(ctx context.Context, files []string) (*digest, error) {
	d, err := digestLines(ctx, files, func(*rrpair.Pair) {})
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	return d, nil
}

func digestLines(ctx context.Context, files []string, each func(*rrpair.Pair)) (*digest, error) {
	source, err := (&app{}).openSource(files)
	if err != nil {
		return nil, err
	}
	d := &digest{hashes: map[rrpair.UUID][sha256.Size]byte{}}
	var pair rrpair.Pair
	var canonical []byte
	for {
		line, err := source.next(ctx)
		if errors.Is(err, io.EOF) {
			return d, nil
		}
		if err != nil {
			return nil, errors.Join(err, source.close())
		}
		if line.long || pair.ParseJSON(line.data) != nil {
			d.badLines++
			continue
		}
		if canonical, err = rrpair.AppendCanonical(canonical[:0], pair.JSON()); err != nil {
			return nil, errors.Join(fmt.Errorf("%s line %d: %w", line.file, line.number, err), source.close())
		}
		d.add(&pair, sha256.Sum256(canonical))
		each(&pair)
	}
}

func (d *digest) add(pair *rrpair.Pair, hash [sha256.Size]byte) {
	id, _ := pair.UUID()
	switch earlier, known := d.hashes[id]; {
	case !known:
		d.hashes[id] = hash
	case earlier == hash:
		d.repeated++
	default:
		d.changed = append(d.changed, id)
	}
}

// compare says which records of d and after have no counterpart, naming some uuids of each kind. Contents are not compared:
// redaction has changed them.
func (d *digest) compare(after *digest) error {
	var missing, extra []string
	for id := range d.hashes {
		if _, ok := after.hashes[id]; !ok {
			missing = append(missing, id.String())
		}
	}
	for id := range after.hashes {
		if _, ok := d.hashes[id]; !ok {
			extra = append(extra, id.String())
		}
	}
	return errors.Join(differing("missing", missing), differing("never sent", extra))
}

func differing(kind string, ids []string) error {
	const named = 5
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	return fmt.Errorf("%s %s: %s", humanCount(int64(len(ids))), kind, strings.Join(ids[:min(named, len(ids))], ", "))
}

// plainWeight adds up the size of records as OTLP-JSON, in requests as large as forwarders send them.
type plainWeight struct {
	logs    plog.Logs
	records int
	bytes   int64
	err     error
}

func (w *plainWeight) add(pair *rrpair.Pair) {
	if w.records == 0 {
		w.logs = plog.NewLogs()
		w.logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	}
	if err := pair.ToLogRecord(w.logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty()); err != nil {
		w.err = errors.Join(w.err, err)
	}
	if w.records++; w.records == defaultBatchRecords {
		w.flush()
	}
}

func (w *plainWeight) flush() {
	if w.records == 0 {
		return
	}
	text, err := (&plog.JSONMarshaler{}).MarshalLogs(w.logs)
	w.err = errors.Join(w.err, err)
	w.bytes += int64(len(text))
	w.records = 0
}

// rawFiles lists the data files of a snapshot folder in their order.
func rawFiles(folder string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "raw*.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("list snapshot: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("the snapshot in %s has no raw.jsonl", folder)
	}
	slices.Sort(files)
	return files, nil
}
