package hotstores

import (
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// traffic makes documents of the demo shop, each with memory of its own.
func traffic(t testing.TB, seed uint64, count int, values hotstore.Values) []*hotstore.Document {
	t.Helper()
	generator := demo.NewGenerator(demo.Options{Seed: seed})
	record := dimension.NewRecord()
	var pair rrpair.Pair
	var line []byte
	documents := make([]*hotstore.Document, count)
	for i := range documents {
		line = generator.Next(line[:0])
		if err := pair.ParseJSON(line); err != nil {
			t.Fatal(err)
		}
		record.Reset(&pair)
		id, _ := pair.UUID()
		values.Time, _ = pair.Time()
		values.Extra = []hotstore.Extra{{Name: "customer.tier", Text: []string{"gold", "silver"}[id[3]%2]}}
		values.ArchiveURL = "s3://traffic/pairs/v1/date=" + values.Time.Format(time.DateOnly) + "/hour=" + values.Time.Format("15") + "?uuid=" + id.String()
		var document hotstore.Document
		hotstore.Fill(&document, &pair, record, values)
		documents[i] = document.Clone()
	}
	return documents
}
