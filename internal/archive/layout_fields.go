package archive

import (
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Fields are what decides where a pair belongs, for who has read them without loading the pair.
type Fields interface {
	// Time is ts, as [rrpair.Pair.Time] gives it.
	Time() (ts time.Time, ok bool)
	// Text is the text of cluster, namespace or service, "" when it is absent or no string.
	Text(field rrpair.Field) string
	// Tag is the text of a tag, "" when it is absent or no string.
	Tag(name string) string
}

// AppendRecordURL appends the address of a pair: what [RecordURL] makes of what [Layout.Folder] returns.
func (l Layout) AppendRecordURL(dst []byte, identity string, pair Fields, id rrpair.UUID, observed time.Time) []byte {
	ts, ok := pair.Time()
	eventTime, _ := eventTimeOf(ts, ok, observed)
	dst = append(append(dst, identity...), '/')
	dst = append(dst, RootV1...)
	for _, key := range l.PartitionBy {
		name, field, tag := partitionKey(key)
		dst = append(append(dst, name...), '=')
		value := ""
		if tag == "" {
			value = pair.Text(field)
		} else {
			value = pair.Tag(tag)
		}
		dst = append(appendPartitionValue(dst, []byte(value)), '/')
	}
	dst = append(appendHourFolder(dst, eventTime), "?uuid="...)
	return append(dst, id.String()...)
}
