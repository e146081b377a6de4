package filter

import (
	"strings"
)

// fieldKeys is each field's key in the text form, as Query.String writes it.
var fieldKeys = [fieldCount]string{
	FieldNone: "?", FieldCluster: "cluster", FieldNamespace: "namespace", FieldService: "service",
	FieldCommand: "command", FieldLocation: "location", FieldStatus: "status", FieldDirection: "direction",
	FieldL7Protocol: "l7protocol", FieldTech: "tech", FieldNetworkAddress: "networkaddr", FieldURL: "url",
	FieldHost: "host", FieldUUID: "uuid", FieldSession: "session", FieldError: "error",
	FieldEndpoint: "endpoint", FieldPeer: "peer", FieldTrace: "trace", FieldHeader: "header",
	FieldTag: "tag", FieldDuration: "duration", FieldSize: "size", FieldTime: "timerange",
	FieldRequestJSON: "req_json", FieldResponseJSON: "resp_json", FieldRequestXML: "req_xml",
	FieldRequestXPath: "req_xpath", FieldRequestSOAPXPath: "req_soapxpath",
	FieldRequestBodyJSON: "reqbodyjson", FieldText: "text", FieldSample: "sample",
}

// synonym gives the key that another spelling stands for: the names of the JSON
// form, of the record's members and of the semantic conventions' short forms.
func synonym(key string) string {
	switch key {
	case "method", "detectedcommand":
		return "command"
	case "detectedlocation":
		return "location"
	case "detectedstatus":
		return "status"
	case "network_address", "network_addr":
		return "networkaddr"
	case "opturl":
		return "url"
	case "protocol":
		return "l7protocol"
	case "trace_id", "traceid":
		return "trace"
	case "ts", "time", "timestamp":
		return "timerange"
	case "res_json":
		return "resp_json"
	case "requestbodyjson":
		return "reqbodyjson"
	default:
		return key
	}
}

// lookupKey finds a key without regard to case. sub is set for a key that
// stands for another one with a sub.
func lookupKey(key string) (field Field, sub string, found bool) {
	key = synonym(strings.ToLower(key))
	if key == "source" {
		return FieldTag, "source", true
	}
	for f := FieldCluster; f < fieldCount; f++ {
		if fieldKeys[f] == key {
			return f, "", true
		}
	}
	return FieldNone, "", false
}

// allKeys are the keys in the order of the documentation, for messages.
func allKeys() []string {
	return append(fieldKeys[FieldCluster:], "method", "source", "ts")
}

// hasSub says how a field takes a name between brackets.
func (f Field) hasSub() (needed, allowed bool) {
	switch f {
	case FieldHeader, FieldTag, FieldRequestJSON, FieldResponseJSON, FieldRequestXML, FieldRequestXPath, FieldRequestSOAPXPath:
		return true, true
	case FieldSample:
		return false, true
	default:
		return false, false
	}
}

// canonicalSub is the sub as sources are asked for it.
func (f Field) canonicalSub(sub string) string {
	if f == FieldHeader {
		return strings.ToLower(sub)
	}
	return sub
}

// nearest finds the candidate a mistyped word probably meant: at most two edits
// away and less than half of the word; "" when there is none.
func nearest(word string, candidates []string) string {
	word = strings.ToLower(word)
	best, bestDistance := "", min(2, (len(word)-1)/2)
	for _, candidate := range candidates {
		if d := editDistance(word, strings.ToLower(candidate), bestDistance); d <= bestDistance {
			if best == "" || d < bestDistance {
				best, bestDistance = candidate, d
			}
		}
	}
	return best
}

// editDistance counts insertions, deletions, replacements and swaps of
// adjacent letters; it may stop early with any number above limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	previous, current, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range current {
		current[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(current[j]+1, next[j-1]+1, current[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], previous[j-2]+1)
			}
		}
		previous, current, next = current, next, previous
	}
	return current[len(b)]
}
