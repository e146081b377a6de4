package redactprocessor

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
)

// isStamped says whether a record claims to be redacted, truly or not.
func isStamped(record plog.LogRecord) bool {
	for key := range record.Attributes().All() {
		if strings.HasPrefix(key, stamp.Prefix) {
			return true
		}
	}
	return false
}

// dropStamps takes off what claims to be a stamp where none belongs.
func dropStamps(attributes pcommon.Map) {
	attributes.RemoveIf(func(key string, _ pcommon.Value) bool { return strings.HasPrefix(key, stamp.Prefix) })
}
