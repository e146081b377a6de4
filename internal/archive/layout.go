package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// RootV1 is the folder, below the archive's prefix, of all data files of format
// version 1. Lifecycle rules name it alone.
const RootV1 = "v1/"

// Folders beside RootV1 that belong to the archive but hold no data files.
const (
	RootIndexV1      = "index/v1/"
	RootSnapshots    = "snapshots/"
	RootRehydrations = "rehydrations/"
	RootDeadLetter   = "deadletter/"
	RootGaps         = "gaps/"
	RootDropped      = "dropped/"
)

const (
	// maxPartitionKeys bounds how many keys stand before the date: every key
	// multiplies the files that are open at once.
	maxPartitionKeys = 2
	// maxPartitionValue bounds the encoded bytes of one value, because object
	// keys end at 1,024 bytes; a longer value is cut and a hash appended.
	maxPartitionValue = 128
	// maxClockLead is how far ts may lie ahead of the time a collector saw the
	// record before it is absurd.
	maxClockLead = 24 * time.Hour
	// firstYear is the first year in which a ts is believed.
	firstYear = 2000
)

// Layout says how an archive's folders are named.
type Layout struct {
	// PartitionBy names up to two of cluster, namespace, service and tag[name]
	// whose values stand in the path before the date. Default: none.
	PartitionBy []string
}

// Validate reports every key that cannot be partitioned by.
func (l Layout) Validate() error {
	var problems []error
	if len(l.PartitionBy) > maxPartitionKeys {
		problems = append(problems, fmt.Errorf("partition_by: %d keys, at most %d are allowed", len(l.PartitionBy), maxPartitionKeys))
	}
	seen := make(map[string]bool, len(l.PartitionBy))
	for _, key := range l.PartitionBy {
		if name, _, _ := partitionKey(key); name == "" {
			problems = append(problems, fmt.Errorf("partition_by: %q is none of cluster, namespace, service, tag[name]", key))
		}
		if seen[key] {
			problems = append(problems, fmt.Errorf("partition_by: %q stands twice", key))
		}
		seen[key] = true
	}
	return errors.Join(problems...)
}

// partitionKey returns the name a key has in the path and where its value lies:
// a field, or the tag of that name. An empty name means: no such key.
func partitionKey(key string) (name string, field rrpair.Field, tag string) {
	switch key {
	case "cluster":
		return key, rrpair.FieldCluster, ""
	case "namespace":
		return key, rrpair.FieldNamespace, ""
	case "service":
		return key, rrpair.FieldService, ""
	}
	if rest, ok := strings.CutPrefix(key, "tag["); ok {
		if tag, ok = strings.CutSuffix(rest, "]"); ok && tag != "" {
			return "tag_" + string(appendPartitionValue(nil, []byte(tag))), rrpair.FieldTags, tag
		}
	}
	return "", 0, ""
}

// Folder returns where a pair belongs: v1/[key=value/…]date=YYYY-MM-DD/hour=HH,
// in UTC, without a slash at the end. eventTime is the pair's own ts; where that
// is missing or absurd (before 2000, or more than a day after observed) it is
// the observed time and absurd is true. The current time plays no part, so a
// retry lands in the same folder.
func (l Layout) Folder(p *rrpair.Pair, observed time.Time) (folder string, eventTime time.Time, absurd bool) {
	eventTime, absurd = EventTime(p, observed)
	var namer folderNamer
	return string(namer.append(nil, l, p, eventTime)), eventTime, absurd
}

// EventTime returns the time that places a pair, see [Layout.Folder]. An
// observed time before 2000 counts as unknown: it then judges nothing, and a
// pair without a usable ts is placed at 1970-01-01.
func EventTime(p *rrpair.Pair, observed time.Time) (eventTime time.Time, absurd bool) {
	ts, ok := p.Time()
	return eventTimeOf(ts, ok, observed)
}

func eventTimeOf(ts time.Time, ok bool, observed time.Time) (eventTime time.Time, absurd bool) {
	observed = observed.UTC()
	known := observed.Year() >= firstYear
	if ok {
		ts = ts.UTC()
		if ts.Year() >= firstYear && (!known || !ts.After(observed.Add(maxClockLead))) {
			return ts, false
		}
	}
	if !known {
		return time.Unix(0, 0).UTC(), true
	}
	return observed, true
}

// folderNamer writes folder names without allocating. Not for concurrent use.
type folderNamer struct{ text []byte }

func (n *folderNamer) append(dst []byte, l Layout, p *rrpair.Pair, eventTime time.Time) []byte {
	dst = append(dst, RootV1...)
	for _, key := range l.PartitionBy {
		name, field, tag := partitionKey(key)
		dst = append(append(dst, name...), '=')
		n.text = n.text[:0]
		if tag == "" {
			n.text, _ = p.AppendText(n.text, field)
		} else {
			rrpair.EachMember(p.Raw(field), func(key, value []byte) bool {
				if string(key) != tag {
					return true
				}
				n.text, _ = rrpair.AppendUnquoted(n.text, value)
				return false
			})
		}
		dst = append(appendPartitionValue(dst, n.text), '/')
	}
	return appendHourFolder(dst, eventTime)
}

// appendHourFolder appends date=YYYY-MM-DD/hour=HH.
func appendHourFolder(dst []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(dst, "date=2006-01-02/hour=15")
}

// appendPartitionValue appends a value as it stands in a path: letters, digits,
// '-', '.' and '_' as they are, every other byte percent-encoded, an empty value
// as "_" (and so a lone "_" as %5F). A value that grows beyond 128 bytes is cut
// and ends in "~" and 16 hexadecimal digits of its SHA-256.
func appendPartitionValue(dst, value []byte) []byte {
	const digits = "0123456789ABCDEF"
	if len(value) == 0 {
		return append(dst, '_')
	}
	if len(value) == 1 && value[0] == '_' {
		return append(dst, "%5F"...)
	}
	start := len(dst)
	for _, c := range value {
		if len(dst)-start > maxPartitionValue {
			break
		}
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.', c == '_':
			dst = append(dst, c)
		default:
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	if len(dst)-start <= maxPartitionValue {
		return dst
	}
	sum := sha256.Sum256(value)
	cut := start + maxPartitionValue - 1 - 16
	for i := 1; i <= 2; i++ { // never end in half an escape
		if dst[cut-i] == '%' {
			cut -= i
			break
		}
	}
	return hex.AppendEncode(append(dst[:cut], '~'), sum[:8])
}
