package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
)

// inService is a record of which nothing is known but its service.
type inService struct {
	filter.Source
	name string
}

func (s inService) Strings(dst []string, f filter.Field, _ string) ([]string, bool) {
	if f == filter.FieldService {
		return append(dst, s.name), true
	}
	return dst, false
}

func TestValuesKeptUnderAConditionAreRedactedElsewhere(t *testing.T) {
	p, err := policy.Parse("acme.yaml", []byte("version: 1\nrules:\n  email: {action: keep, when: 'service IS shop'}\n"))
	require.NoError(t, err)
	keys, err := surrogate.NewKeyring(surrogate.Key{ID: "k", Secret: []byte(strings.Repeat("0123456789abcdef", 2))})
	require.NoError(t, err)
	engine, err := New(p, Options{Keys: keys})
	require.NoError(t, err)
	const document = `{"mail":"jane.roe@acme-mail.com"}`
	for name, c := range map[string]struct {
		source filter.Source
		kept   bool
	}{
		"where the condition holds": {inService{name: "shop"}, true},
		"where it does not":         {inService{name: "billing"}, false},
		"where nobody can tell":     {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := engine.JSON(nil, []byte(document), Call{Source: c.source})
			require.NoError(t, err)
			require.Equal(t, c.kept, string(out) == document, string(out))
		})
	}
}
