package planted

import (
	"encoding/json"
	"fmt"
	"slices"
)

// where lists the leaves of a document that hold a value in some spelling, for messages.
func where(document []byte, value string) (paths []string) {
	var tree any
	if json.Unmarshal(document, &tree) != nil {
		return []string{"(no JSON)"}
	}
	eachLeaf(tree, "", func(path, text string) {
		if holds([]byte(text), value) {
			paths = append(paths, fmt.Sprintf("%s = %.200q", path, text))
		}
	})
	return paths
}

// difference lists the leaves in which two documents differ, for messages.
func difference(a, b []byte) (paths []string) {
	var left, right any
	if json.Unmarshal(a, &left) != nil || json.Unmarshal(b, &right) != nil {
		return []string{"(no JSON)"}
	}
	texts := map[string]string{}
	eachLeaf(left, "", func(path, text string) { texts[path] = text })
	eachLeaf(right, "", func(path, text string) {
		if texts[path] != text {
			paths = append(paths, fmt.Sprintf("%.200s: %.200q and %.200q", path, texts[path], text))
		}
		delete(texts, path)
	})
	for path, text := range texts {
		paths = append(paths, fmt.Sprintf("%.200s: %.200q and nothing", path, text))
	}
	slices.Sort(paths)
	return paths
}

func eachLeaf(value any, path string, fn func(path, text string)) {
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			fn(path+"."+key+".{name}", key)
			eachLeaf(member, path+"."+key, fn)
		}
	case []any:
		for i, element := range v {
			eachLeaf(element, fmt.Sprintf("%s[%d]", path, i), fn)
		}
	default:
		fn(path, fmt.Sprint(v))
	}
}
