package opensearch

import (
	"fmt"
	"maps"
)

// templateVersion grows with every change of the mapping; Init replaces an older template.
const templateVersion = 1

const (
	// templatePriority goes before templates that clusters have for everything.
	templatePriority = 500
	// maxKeyword is the longest value, in characters, that is indexed: Lucene takes 32766 bytes, four a character. A
	// longer one is kept all the same, and its field named in too_long, so that queries on the field find it.
	maxKeyword = 8191
	// maxExtras bounds the user's own dimensions in one index.
	maxExtras = 500
)

// object is a piece of a JSON body.
type object = map[string]any

// template is the body of PUT _index_template: settings, mapping and the alias of every index. ism says that the cluster
// has Index State Management, without which it refuses its settings.
func (c *Config) template(ism bool) object {
	settings := c.settings()
	if c.rollsOver() && ism {
		settings["plugins.index_state_management.rollover_alias"] = c.Index
	}
	body := object{"settings": object{"index": settings}, "mappings": mappings()}
	if !c.rollsOver() {
		body["aliases"] = object{c.Index: object{}}
	}
	return object{
		"index_patterns": c.patterns(),
		"priority":       templatePriority,
		"version":        templateVersion,
		"_meta":          object{"made_by": "otelcol-byoc", "version": templateVersion},
		"template":       body,
	}
}

func (c *Config) settings() object {
	settings := object{
		"number_of_shards":   c.Shards,
		"number_of_replicas": c.Replicas,
		"refresh_interval":   fmt.Sprintf("%dms", c.RefreshInterval.Milliseconds()),
		"codec":              c.Codec,
		"analysis":           analysis(),
		"mapping":            object{"total_fields": object{"limit": maxExtras + 100}},
	}
	if c.serverless() { // which decides the rest by itself
		settings = object{"refresh_interval": settings["refresh_interval"], "analysis": settings["analysis"]}
	}
	return settings
}

// keywords are the dimensions that are looked for, grouped and sorted by.
func keywords() []string {
	return []string{"cluster", "namespace", "service", "direction", "l7protocol", "tech", "command", "location", "endpoint",
		"status", "host", "url", "peer", "session", "networkaddr", "source"}
}

// mappings name every field. dynamic is false, so that nothing that a pair holds adds a field; only the user's own
// dimensions under x do, each as a keyword. What nobody groups or sorts by has no doc values, what nobody looks for no
// index: it is read from _source.
func mappings() object {
	keyword := object{"type": "keyword", "ignore_above": maxKeyword}
	lookedFor := object{"type": "keyword", "ignore_above": maxKeyword, "doc_values": false}
	counted := func(kind string) object { return object{"type": kind, "index": false} }
	unused := object{"type": "keyword", "index": false, "doc_values": false}
	properties := object{
		fieldTime: object{"type": "date_nanos"},
		// Only sorted by: uuids are found by _id.
		fieldHigh:        counted("long"),
		fieldLow:         counted("long"),
		fieldStatusNo:    object{"type": "double", "doc_values": false},
		"error":          object{"type": "boolean"},
		"trace":          lookedFor,
		"path":           lookedFor,
		"span":           unused,
		"archive_url":    unused,
		fieldTooLong:     object{"type": "keyword", "doc_values": false},
		"duration":       object{"type": "long"},
		"latency_bucket": counted("short"),
		"request_bytes":  counted("long"),
		"response_bytes": counted("long"),
		"size":           object{"type": "long"},
		fieldText:        object{"type": "text", "analyzer": "runs", "norms": false, "index_options": "docs"},
		fieldTextLong:    object{"type": "boolean", "doc_values": false},
		fieldExtra:       object{"type": "object", "dynamic": true},
	}
	for _, name := range keywords() {
		properties[name] = maps.Clone(keyword)
	}
	return object{
		"dynamic":           false,
		"date_detection":    false,
		"numeric_detection": false,
		"dynamic_templates": []any{object{"extras": object{
			"path_match": fieldExtra + ".*",
			"mapping":    keyword,
		}}},
		"properties": properties,
	}
}
