package policy

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every example of the reference can be loaded, and it lists all that can be named.
func TestReference(t *testing.T) {
	text, err := os.ReadFile("../../../docs/redaction-policies.md")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "customers.txt"), []byte("# customers\nAcme Corporation\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1)
	if len(blocks) < 4 {
		t.Errorf("%d examples", len(blocks))
	}
	for _, block := range blocks {
		if _, err := Parse(filepath.Join(folder, "example.yaml"), block[1]); err != nil {
			t.Errorf("%v in\n%s", err, block[1])
		}
	}
	for _, words := range [][]string{categories, types, nameMeanings, actionNames, builtinPolicies, rootKeys, settingKeys, findKeys, keyKeys, kmsKeys} {
		for _, word := range words {
			if !strings.Contains(string(text), "`"+word+"`") && !strings.Contains(string(text), "{"+word+":") {
				t.Errorf("%s is not in the reference", word)
			}
		}
	}
}
