package redactprocessor

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
)

// What cannot be looked into goes to the dead letter, or where the user wants it so is passed on and counted.
func TestOpaqueContents(t *testing.T) {
	packed := "\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\xe5\xa3\x01\x00\x80\xff\xfe\x00\x01"
	text := `{"attachment":"` + base64.StdEncoding.EncodeToString([]byte(packed)) + `"}`
	dead := &letters{}
	r := started(t, keyed(""), map[string]component.Component{"archive": dead})
	require.Len(t, records(r.send(request(t, line(1, "{}"), line(2, text)))), 1)
	require.Len(t, dead.records, 1)
	require.Contains(t, dead.records[0].Reason, "opaque")
	require.EqualValues(t, 1, r.counted("refused_records", attribute.String("reason", "opaque")))

	r = started(t, keyed("opaque: pass"), nil)
	require.Len(t, records(r.send(request(t, line(1, "{}"), line(2, text)))), 2)
	require.Positive(t, r.counted("opaque_contents"))
}
