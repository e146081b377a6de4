package dimensionprocessor

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// address makes rrpair.archive.url. It is known before the file exists.
type address struct {
	identity string
	layout   archive.Layout
}

// identified is an archive that knows its name before its store can be reached.
type identified interface{ Identity() string }

// findArchive finds the archive extension with the id, or the one called archive; nil when none is named and none runs.
func findArchive(ctx context.Context, host component.Host, id *component.ID) (*address, error) {
	usual := component.NewID(component.MustNewType("archive"))
	if id == nil {
		if _, runs := host.GetExtensions()[usual].(archive.Provider); !runs {
			return nil, nil
		}
		id = &usual
	}
	provider, err := archive.FromHost(host, *id)
	if err != nil {
		return nil, err
	}
	if known, ok := provider.(identified); ok && known.Identity() != "" {
		return &address{identity: known.Identity(), layout: provider.Layout()}, nil
	}
	opened, err := provider.Archive(ctx)
	if err != nil {
		return nil, fmt.Errorf("open archive %q: %w", id, err)
	}
	return &address{identity: opened.Identity(), layout: opened.Layout()}, nil
}

// fields gives the archive what places a pair.
type fields struct{ record *dimension.Record }

func (f *fields) Time() (time.Time, bool)        { return f.record.Timestamp() }
func (f *fields) Text(field rrpair.Field) string { return f.record.Text(field) }
func (f *fields) Tag(name string) string         { return f.record.Tag(name) }

func (a *address) append(dst []byte, pair *fields, observed time.Time) []byte {
	return a.layout.AppendRecordURL(dst, a.identity, pair, pair.record.UUID(), observed)
}
