package redact

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRandomPlants plants a password under its name and a copy in one or two nested spellings at a random leaf or name of
// a pair. However it is decoded, the value is gone, and redacting again changes nothing.
func TestRandomPlants(t *testing.T) {
	const rounds = 500
	names := slices.Sorted(maps.Keys(spellings))
	for _, policy := range []string{"default", "strict"} {
		e := testEngine(t, policy)
		lines := sampleLines(t)
		random := rand.New(rand.NewPCG(7, 11))
		for round := range rounds {
			line := lines[random.IntN(len(lines))]
			if len(line) > 20_000 {
				continue
			}
			var document map[string]any
			require.NoError(t, json.Unmarshal(line, &document))
			value := "Zq9-" + randomText(random, 6+random.IntN(20))
			text := value
			used := []string{}
			for range 1 + random.IntN(2) {
				name := names[random.IntN(len(names))]
				if name == "upper" && len(used) > 0 {
					continue // encoded text in another case is another text
				}
				used = append(used, name)
				text = spellings[name](text)
			}
			plant(document, random, text)
			document["planted"] = map[string]any{"password": value}
			changed, err := json.Marshal(document)
			require.NoError(t, err)
			out, _ := redactPair(t, e, changed)
			if nestedBeyond(used) {
				continue
			}
			if !t.Run(strings.Join(used, " of "), func(t *testing.T) { requireAbsent(t, out, value) }) {
				at := strings.Index(string(out), text)
				t.Logf("%q\n%s", out[max(at-150, 0):max(at, 0)+50], differences(e, changed))
			}
			again, _ := redactPair(t, e, out)
			if string(out) != string(again) {
				require.Fail(t, "redacting again changes", "round %d with %v of %q: %s", round, used, value, differences(e, out))
			}
		}
	}
}

// nestedBeyond reports whether a value is spelled in a way that only the copy of an unexplained encoding could find.
func nestedBeyond(used []string) bool {
	return len(used) > 1
}

func randomText(random *rand.Rand, length int) string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_!&'+"
	text := make([]byte, length)
	for i := range text {
		text[i] = letters[random.IntN(len(letters))]
	}
	return string(text) + "k7"
}

// plant puts text in the place of one leaf of a document.
func plant(document map[string]any, random *rand.Rand, text string) {
	type place struct{ set func() }
	var places []place
	var walk func(value any, path string)
	walk = func(value any, path string) {
		switch v := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				switch path + "." + name {
				case ".msgType", ".uuid", ".ts", ".direction", ".duration", ".l7protocol", ".dlpModified", ".dlpRule":
					continue
				}
				if _, leaf := v[name].(string); leaf {
					places = append(places, place{func() { v[name] = text }})
				}
				walk(v[name], path+"."+name)
			}
		case []any:
			for i := range v {
				if _, leaf := v[i].(string); leaf {
					places = append(places, place{func() { v[i] = text }})
				}
				walk(v[i], path)
			}
		}
	}
	walk(document, "")
	places[random.IntN(len(places))].set()
}

// differences tells what a second pass found.
func differences(e *Engine, out []byte) string {
	text := ""
	_, _, _ = e.JSON(nil, out, Call{Finding: func(f Finding) {
		text += f.Path + " " + f.Rule.Name + " " + string(f.Value) + " -> " + string(f.Replacement) + "\n"
	}})
	return text
}
