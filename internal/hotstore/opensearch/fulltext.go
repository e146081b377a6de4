package opensearch

import (
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// maxRun is the longest run of letters and digits, in bytes, that the full text's index holds.
const maxRun = 8191

// analysis takes a text apart into runs of letters and digits; everything beyond ASCII counts as a letter. So a text that
// contains some words has the same runs as the words, but for the outermost two, which may be parts of longer ones.
func analysis() object {
	return object{
		"analyzer":  object{"runs": object{"type": "custom", "tokenizer": "runs", "filter": []string{"lowercase", "runs"}}},
		"tokenizer": object{"runs": object{"type": "pattern", "pattern": `[\x00-\x2F\x3A-\x40\x5B-\x60\x7B-\x7F]+`}},
		"filter":    object{"runs": object{"type": "length", "min": 1, "max": maxRun}},
	}
}

func inRun(c byte) bool {
	return c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// textIsLong says that the index does not tell all that the text contains.
func textIsLong(text string) bool {
	if len(text) >= hotstore.MaxText {
		return true
	}
	run := 0
	for i := range len(text) {
		if !inRun(text[i]) {
			run = 0
		} else if run++; run > maxRun {
			return true
		}
	}
	return false
}

// textQuery finds documents whose full text may contain one of the values. Documents without a full text, and those of
// which the index knows only part, are candidates: what they hold besides decides.
func textQuery(c *filter.Criterion) (object, bool) {
	if c.Negate || c.Op != filter.OpIs && c.Op != filter.OpContains {
		return nil, false
	}
	queries := []object{
		not(object{"exists": object{"field": fieldText}}),
		{"term": object{fieldTextLong: true}},
	}
	for _, value := range c.Values {
		query, ok := wordsQuery(value)
		if !ok {
			return nil, false
		}
		queries = append(queries, query)
	}
	return either(queries), true
}

// wordsQuery asks for the runs of a text. Beyond ASCII, letters have more than one way to be lower-case: such words are
// looked for in every document.
func wordsQuery(words string) (object, bool) {
	words = strings.ToLower(words)
	if len(words) > maxNeedle {
		return nil, false
	}
	var queries []object
	for start := 0; start < len(words); {
		if words[start] >= 0x80 {
			return nil, false
		}
		if !inRun(words[start]) {
			start++
			continue
		}
		end := start
		for end < len(words) && words[end] < 0x80 && inRun(words[end]) {
			end++
		}
		run := words[start:end]
		switch {
		case start == 0 && end == len(words):
			queries = append(queries, object{"wildcard": object{fieldText: object{"value": "*" + run + "*"}}})
		case start == 0:
			queries = append(queries, object{"wildcard": object{fieldText: object{"value": "*" + run}}})
		case end == len(words):
			queries = append(queries, object{"prefix": object{fieldText: object{"value": run}}})
		default:
			queries = append(queries, object{"term": object{fieldText: object{"value": run}}})
		}
		start = end
	}
	if len(queries) == 0 {
		return nil, false
	}
	return object{"bool": object{"filter": queries}}, true
}
