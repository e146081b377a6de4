package archive

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// loaded gives the fields of a loaded pair.
type loaded struct{ *rrpair.Pair }

func (l loaded) Tag(name string) (text string) {
	rrpair.EachMember(l.Raw(rrpair.FieldTags), func(key, value []byte) bool {
		if string(key) == name {
			unquoted, _ := rrpair.AppendUnquoted(nil, value)
			text = string(unquoted)
		}
		return text == ""
	})
	return text
}

func TestTheAddressFromFieldsIsThatOfThePair(t *testing.T) {
	observed := time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC)
	for _, layout := range []Layout{{}, {PartitionBy: []string{"service"}}, {PartitionBy: []string{"tag[k8sAppLabel]", "cluster"}}} {
		for _, ts := range []string{"2026-11-20T09:59:59.5Z", "2026-11-20T23:00:00+05:00", "1969-01-01T00:00:00Z", "2027-01-01T00:00:00Z", ""} {
			for _, seen := range []time.Time{observed, {}, time.Unix(0, 0)} {
				var pair rrpair.Pair
				require.NoError(t, pair.ParseJSON([]byte(`{"msgType":"rrpair","ts":"`+ts+`","service":"Ünsafe/shop","tags":{"k8sAppLabel":"a=b"}}`)))
				id, _ := pair.UUID()
				folder, _, _ := layout.Folder(&pair, seen)
				want := RecordURL("s3://bucket/prefix", folder, id)
				require.Equal(t, want, string(layout.AppendRecordURL(nil, "s3://bucket/prefix", loaded{&pair}, id, seen)))
			}
		}
	}
}
