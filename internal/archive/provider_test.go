package archive

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"

	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
)

type testHost map[component.ID]component.Component

func (h testHost) GetExtensions() map[component.ID]component.Component { return h }

type testProvider struct{ component.Component }

func (testProvider) Archive(context.Context) (*Archive, error) { return nil, ErrNoArchive }
func (testProvider) Layout() Layout                            { return Layout{} }
func (testProvider) DeadLetter() deadletter.Sink               { return nil }
func (testProvider) Guard() Guard                              { return nil }

func TestFromHost(t *testing.T) {
	id := component.MustNewIDWithName("archive", "eu")
	provider := &testProvider{}
	found, err := FromHost(testHost{id: provider}, id)
	require.NoError(t, err)
	require.Same(t, provider, found)
	_, err = FromHost(testHost{}, id)
	require.ErrorContains(t, err, "service::extensions: [archive/eu]")
	_, err = FromHost(testHost{id: struct{ component.Component }{}}, id)
	require.ErrorContains(t, err, "is no archive")
}
