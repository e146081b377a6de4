package redactprocessor

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// defaultDeadLetter is the extension whose dead letter is used when none is named.
	defaultDeadLetter = "archive"
	// maxSaid bounds the records of one request that a line of the log names by their hash.
	maxSaid = 20
	// hashBytes of the keyed hash are kept: enough to tell records apart.
	hashBytes = 16
)

// findDeadLetter returns the sink of the named archive; without a name, of the one called archive, nil if there is none.
func findDeadLetter(host component.Host, named *component.ID) (deadletter.Sink, error) {
	id := component.MustNewID(defaultDeadLetter)
	if named != nil {
		id = *named
	} else if _, found := host.GetExtensions()[id]; !found {
		return nil, nil //nolint:nilnil // no sink is an answer
	}
	provider, err := archive.FromHost(host, id)
	if err != nil {
		return nil, fmt.Errorf("dead_letter: %w", err)
	}
	return provider.DeadLetter(), nil
}

// refusalOf gives every error of a record the form of a refusal. Its words hold nothing of the record.
func refusalOf(err error) *redact.Refusal {
	var refusal *redact.Refusal
	if errors.As(err, &refusal) {
		if refusal.Reason != redact.ReasonInternal {
			return refusal
		}
		return &redact.Refusal{Reason: redact.ReasonInternal, Path: refusal.Path, Detail: "the engine failed"}
	}
	var decode *rrpair.DecodeError
	if errors.As(err, &decode) {
		return &redact.Refusal{Reason: redact.ReasonUnparseable, Path: "body", Detail: "the record says that it is an RRPair and is none"}
	}
	return &redact.Refusal{Reason: redact.ReasonInternal, Path: "record", Detail: fmt.Sprintf("%T", err)}
}

// panicked makes a refusal of a panic, which only a defect causes. The problem is said only where it is the runtime's
// own words: others could quote the record.
func (p *redactProcessor) panicked(problem any) *redact.Refusal {
	said := fmt.Sprintf("%T", problem)
	var own runtime.Error
	if err, ok := problem.(error); ok && errors.As(err, &own) {
		said = own.Error()
	}
	p.logger.Error("Redaction failed on a record because of a defect of this program; the record is refused. Please report this.",
		zap.String("panic", said), zap.ByteString("stack", debug.Stack()))
	return &redact.Refusal{Reason: redact.ReasonInternal, Path: "record", Detail: "panic: " + said}
}

// refuse takes the refused records out of the request once they lie in the dead letter. If they cannot be put there,
// the error asks the sender to send the whole request again: nothing was handed on yet. Without a dead letter they are
// dropped. A dry run leaves them where they are.
func (p *redactProcessor) refuse(ctx context.Context, b *batch, logs plog.Logs) error {
	if len(b.refused) == 0 {
		return nil
	}
	kept := p.letters != nil && !p.config.DryRun
	letters := make([]deadletter.Record, 0, len(b.refused))
	for i := range b.refused {
		r := &b.refused[i]
		b.tally.refused[reasonOf(r.refusal)]++
		if !kept && i >= maxSaid {
			continue // neither kept nor said
		}
		body := bodyOf(&b.items[r.index])
		r.hash = p.hash(body)
		if kept {
			letters = append(letters, deadletter.Record{
				Component: "processor/" + p.id.String(), Reason: explain(r), Body: body, KeyedHash: r.hash,
			})
		}
	}
	switch {
	case p.config.DryRun:
		b.tally.fate = fatePassed
	case !kept:
		b.tally.fate = fateDropped
	default:
		if err := p.letters.Write(ctx, letters...); err != nil {
			return fmt.Errorf("%d of %d records cannot be redacted, and not be kept as dead letters now: %w", len(letters), logs.LogRecordCount(), err)
		}
		b.tally.fate = fateDeadLetter
	}
	p.say(b)
	if !p.config.DryRun {
		b.remove()
	}
	return nil
}

// say logs one line for all refused records of a request.
func (p *redactProcessor) say(b *batch) {
	words := map[fate]string{
		fateDeadLetter: "Records were refused by redaction; the dead letter says why, and keeps them if it has recipients",
		fateDropped:    "Records were refused by redaction and DROPPED, since there is no dead letter: run an archive extension, and name it as dead_letter",
		fatePassed:     "Records would be refused by redaction; dry_run passes them on",
	}[b.tally.fate]
	var reasons, hashes []string
	for _, r := range b.refused[:min(len(b.refused), maxSaid)] {
		reasons, hashes = append(reasons, explain(&r)), append(hashes, r.hash)
	}
	slices.Sort(reasons)
	p.logger.Error(words, zap.Int("records", len(b.refused)), zap.Strings("reason", slices.Compact(reasons)), zap.Strings("keyed_hash", hashes))
}

// explain says why a record was refused, in words that hold nothing of it.
func explain(r *refused) string {
	return fmt.Sprintf("%s at %s: %s", reasonOf(r.refusal), place(r.refusal.Path), r.refusal.Detail)
}

// reasonOf is the refusal's reason, one of the documented ones.
func reasonOf(refusal *redact.Refusal) string {
	switch refusal.Reason {
	case redact.ReasonTooLarge, redact.ReasonTooDeep, redact.ReasonTooSlow, redact.ReasonUnparseable, redact.ReasonOpaque:
		return refusal.Reason
	}
	return redact.ReasonInternal
}

// place cuts a path to the part that is the same for all records: further down there are names that a sender chose, and
// a name can be somebody's email address.
func place(path string) string {
	known := []string{"body", "attributes", "resource", "scope", "record", "http", "req", "res", "headers", "cookies", "url", "uri", "location",
		"queryParams", "bodyBase64", "sql", "grpc", "amqp", "signature", "mutableSignature", "tokenList", "session", "tags", "events"}
	end := 0
	for end < len(path) {
		next := strings.IndexAny(path[end:], ".[|:")
		segment := path[end:]
		if next >= 0 {
			segment = path[end : end+next]
		}
		if !slices.Contains(known, segment) {
			break
		}
		if next < 0 {
			return path
		}
		end += next + 1
	}
	if end == 0 {
		return "record"
	}
	return path[:end-1] + "…"
}

// hash is a keyed hash of a refused record, in hex: it tells whether two are the same, and nothing to who has no key.
func (p *redactProcessor) hash(body []byte) string {
	if body == nil {
		return "none"
	}
	code := hmac.New(sha256.New, p.hashKey)
	code.Write(body)
	return hex.EncodeToString(code.Sum(nil)[:hashBytes])
}

// bodyOf is what the dead letter keeps of a record, encrypted: an RRPair as its body says it, of any other record the
// whole in OTLP's JSON. Nil where it cannot be written.
func bodyOf(at *item) (body []byte) {
	defer func() {
		if recover() != nil {
			body = nil // a record that cannot even be written is refused with its reason alone
		}
	}()
	if nestedDeeper(at.record.Body(), maxNesting) {
		return nil
	}
	if rrpair.IsRRPair(at.record) {
		var pair rrpair.Pair
		if pair.FromBody(at.record) == nil {
			return pair.JSON()
		}
	}
	logs := plog.NewLogs()
	resource := logs.ResourceLogs().AppendEmpty()
	at.resource.CopyTo(resource.Resource())
	scope := resource.ScopeLogs().AppendEmpty()
	at.scope.CopyTo(scope.Scope())
	at.record.CopyTo(scope.LogRecords().AppendEmpty())
	body, err := new(plog.JSONMarshaler).MarshalLogs(logs)
	if err != nil {
		return nil
	}
	return body
}
