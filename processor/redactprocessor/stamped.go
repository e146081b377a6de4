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

// dropStamps takes off what claims to be a stamp.
func dropStamps(attributes pcommon.Map) {
	attributes.RemoveIf(func(key string, _ pcommon.Value) bool { return strings.HasPrefix(key, stamp.Prefix) })
}

// stampKeys are the attributes of a stamp.
func stampKeys() [5]string {
	return [5]string{stamp.AttributePolicy, stamp.AttributeVersion, stamp.AttributeKeyID, stamp.AttributeProcess, stamp.AttributeMAC}
}

// heldStamp is a verified stamp, taken off while the attributes beside it are redacted: its code would look like a
// secret to the rules. What has a stamp's prefix and is no part of one is not put back.
type heldStamp [5]string

func (h *heldStamp) take(attributes pcommon.Map) {
	for i, key := range stampKeys() {
		h[i] = ""
		if value, ok := attributes.Get(key); ok {
			h[i] = value.Str()
		}
	}
	dropStamps(attributes)
}

func (h *heldStamp) putBack(attributes pcommon.Map) {
	for i, key := range stampKeys() {
		if h[i] != "" {
			attributes.PutStr(key, h[i])
		}
	}
}
