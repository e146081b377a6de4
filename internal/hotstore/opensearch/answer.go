package opensearch

import "encoding/json"

type jsonRawMessage = json.RawMessage

// searchAnswer is what we read of an answer to _search.
type searchAnswer struct {
	TimedOut bool `json:"timed_out"`
	Shards   struct {
		Total  int `json:"total"`
		Failed int `json:"failed"`
	} `json:"_shards"`
	Hits struct {
		Total struct {
			Value int64 `json:"value"`
		} `json:"total"`
		Hits []struct {
			ID     string         `json:"_id"`
			Index  string         `json:"_index"`
			Source jsonRawMessage `json:"_source"`
		} `json:"hits"`
	} `json:"hits"`
	Aggregations jsonRawMessage `json:"aggregations"`
}
