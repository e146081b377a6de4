package planted

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"net/url"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// plant puts a secret somewhere into a pair and says where and how. It reports false where the pair has no such place.
func plant(r *mathrand.Rand, pair map[string]any, s secret) (how string, ok bool) {
	if s.name != "" {
		return plantNamed(r, pair, s)
	}
	spelled, spelling := spell(r, s.text)
	switch r.IntN(6) {
	case 0:
		return "tokenList key, " + spelling, plantKey(pair, spelled)
	case 1:
		where, ok := plantBody(r, pair, "note", spelled)
		return where + ", " + spelling, ok
	case 2:
		where, ok := plantQuery(pair, "q", spelled)
		return where + ", " + spelling, ok
	case 3:
		if spelling == "percent-encoded, every byte" || spelling == "percent-encoded" || spelling == "JSON in a string" {
			return "", false // not told from the text around it
		}
		leaf, path := anyLeaf(r, pair)
		if leaf == nil {
			return "", false
		}
		leaf("see " + spelled + " for it")
		return path + ", within a text, " + spelling, true
	default:
		leaf, path := anyLeaf(r, pair)
		if leaf == nil {
			return "", false
		}
		leaf(spelled)
		return path + ", whole, " + spelling, true
	}
}

// plantNamed plants values that only their name gives away.
func plantNamed(r *mathrand.Rand, pair map[string]any, s secret) (how string, ok bool) {
	switch r.IntN(5) {
	case 0:
		return plantBody(r, pair, s.name, s.text)
	case 1:
		return plantQuery(pair, s.name, url.QueryEscape(s.text))
	case 2:
		headers, ok := object(pair, "http", "req", "headers")
		if !ok {
			return "", false
		}
		headers["Cookie"] = []any{"theme=dark; " + s.name + "=" + s.text}
		return "cookie", s.name != "ssn"
	case 3:
		headers, ok := object(pair, "http", "req", "headers")
		if !ok {
			return "", false
		}
		headers[s.name] = []any{s.text}
		// and a copy of it, under a name that says nothing
		pair["session"] = s.text
		return "header and session", true
	default:
		tags, ok := pair["tags"].(map[string]any)
		if !ok {
			return "", false
		}
		tags[s.name] = s.text
		return "tags", true
	}
}

func object(value map[string]any, path ...string) (map[string]any, bool) {
	for _, name := range path {
		next, ok := value[name].(map[string]any)
		if !ok {
			return nil, false
		}
		value = next
	}
	return value, true
}

func plantKey(pair map[string]any, text string) bool {
	list, ok := pair["tokenList"].(map[string]any)
	if !ok {
		list = map[string]any{}
		pair["tokenList"] = list
	}
	list[text] = map[string]any{"replacementValue": text}
	return true
}

func plantQuery(pair map[string]any, name, encoded string) (string, bool) {
	request, ok := object(pair, "http", "req")
	if !ok {
		return "", false
	}
	uri, _ := request["uri"].(string)
	if uri == "" {
		return "", false
	}
	separator := "?"
	if strings.Contains(uri, "?") {
		separator = "&"
	}
	value := url.QueryEscape(encoded)
	if strings.Contains(encoded, "%") { // written so already
		value = encoded
	}
	request["uri"] = uri + separator + name + "=" + value
	if decoded, err := url.QueryUnescape(value); err == nil {
		request["queryParams"] = map[string]any{name: []any{decoded}}
	}
	return "query parameter", true
}

// plantBody gives the request a new body that holds the value, in one of the forms bodies have, with its copies.
func plantBody(r *mathrand.Rand, pair map[string]any, name, text string) (string, bool) {
	request, ok := object(pair, "http", "req")
	if !ok {
		return "", false
	}
	headers, ok := request["headers"].(map[string]any)
	if !ok {
		return "", false
	}
	for _, known := range []string{"Content-Type", "Content-Encoding", "Content-Length"} {
		for header := range headers {
			if strings.EqualFold(header, known) {
				delete(headers, header)
			}
		}
	}
	body, contentType := makeBody(r, name, text)
	headers["Content-Type"] = []any{contentType}
	encoding, packed := pack(r, body)
	if encoding != "" {
		headers["Content-Encoding"] = []any{encoding}
	}
	headers["Content-Length"] = []any{fmt.Sprint(len(packed))}
	encoded := base64.StdEncoding.EncodeToString(packed)
	request["bodyBase64"] = encoded
	delete(request, "body")
	if tags, ok := pair["tags"].(map[string]any); ok {
		delete(tags, "decoded")
	}
	if encoding == "" {
		request["body"] = string(body)
		if signature, ok := pair["signature"].(map[string]any); ok && strings.Contains(contentType, "json") {
			signature["http:requestBodyJSON"] = encoded
		}
	}
	return contentType + " body, " + encoding, true
}

func makeBody(r *mathrand.Rand, name, text string) ([]byte, string) {
	quoted, _ := json.Marshal(text) // a string cannot fail
	switch r.IntN(6) {
	case 0:
		return []byte("page=2&" + url.QueryEscape(name) + "=" + url.QueryEscape(text) + "&sort=asc"), "application/x-www-form-urlencoded"
	case 1:
		return []byte("--b0undary\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + text + "\r\n--b0undary--\r\n"), "multipart/form-data; boundary=b0undary"
	case 2:
		var escaped bytes.Buffer
		for _, c := range text {
			switch c {
			case '<', '>', '&', '"':
				fmt.Fprintf(&escaped, "&#%d;", c)
			default:
				escaped.WriteRune(c)
			}
		}
		return []byte(`<?xml version="1.0"?><order><` + name + ">" + escaped.String() + "</" + name + "></order>"), "application/xml"
	case 3:
		return []byte(`{"query":"mutation($v: V!){save(v:$v){id}}","variables":{"v":{"` + name + `":` + string(quoted) + `}}}`), "application/json"
	case 4:
		inner, _ := json.Marshal(map[string]any{name: text})
		outer, _ := json.Marshal(map[string]any{"event": "created", "payload": string(inner)})
		return outer, "application/json"
	default:
		return []byte(`{"id": 7, "customer": {"tags": ["a", "b"], "` + name + `": ` + string(quoted) + `}, "total": 12.50}`), "application/json; charset=utf-8"
	}
}

func pack(r *mathrand.Rand, body []byte) (encoding string, packed []byte) {
	var buffer bytes.Buffer
	switch r.IntN(8) {
	case 0:
		w := gzip.NewWriter(&buffer)
		_, _ = w.Write(body) // into memory
		_ = w.Close()
		return "gzip", buffer.Bytes()
	case 1:
		w := zlib.NewWriter(&buffer)
		_, _ = w.Write(body)
		_ = w.Close()
		return "deflate", buffer.Bytes()
	case 2:
		w := brotli.NewWriter(&buffer)
		_, _ = w.Write(body)
		_ = w.Close()
		return "br", buffer.Bytes()
	case 3:
		w, err := zstd.NewWriter(&buffer)
		if err != nil {
			return "", body
		}
		_, _ = w.Write(body)
		_ = w.Close()
		return "zstd", buffer.Bytes()
	}
	return "", body
}

// structural are members whose text decides what the pair is: a pair with another text there is another pair, or none.
var structural = []string{"msgType", "ts", "uuid", "bodyBase64", "body", "duration"}

// anyLeaf chooses a text of the pair, anywhere, and gives the function that replaces it.
func anyLeaf(r *mathrand.Rand, pair map[string]any) (set func(string), path string) {
	type place struct {
		set  func(string)
		path string
	}
	var places []place
	var walk func(value any, path string, set func(string))
	walk = func(value any, path string, set func(string)) {
		switch v := value.(type) {
		case string:
			places = append(places, place{set, path})
		case []any:
			for i := range v {
				walk(v[i], fmt.Sprintf("%s[%d]", path, i), func(text string) { v[i] = text })
			}
		case map[string]any:
			names := make([]string, 0, len(v))
			for name := range v {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				if !slices.Contains(structural, name) && !strings.EqualFold(name, "content-type") && !strings.EqualFold(name, "content-encoding") && !strings.EqualFold(name, "content-length") {
					walk(v[name], path+"."+name, func(text string) { v[name] = text })
				}
			}
		}
	}
	walk(pair, "", nil)
	if len(places) == 0 {
		return nil, ""
	}
	chosen := places[r.IntN(len(places))]
	return chosen.set, chosen.path
}
