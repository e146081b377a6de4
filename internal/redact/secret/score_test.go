package secret

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

type scored struct {
	Source   string `json:"source"`
	RuleID   string `json:"rule_id"`
	Text     string `json:"text"`
	Positive bool   `json:"positive"`
}

// TestScore prints how many lines of the development set are found. It fails when a later change loses much of it.
func TestScore(t *testing.T) {
	dir := os.Getenv("BYOC_REDACTION_DEV")
	if dir == "" {
		t.Skip("BYOC_REDACTION_DEV is not set: no development set")
	}
	f := New(all)
	for _, name := range []string{"examples.jsonl", "gitleaks_tp_fp.jsonl"} {
		lines := readScored(t, filepath.Join(dir, "secret-rule-examples", name))
		type tally struct{ positive, found, negative, wrong int }
		bySource := map[string]*tally{}
		missed, of := map[string]int{}, map[string]int{}
		for _, line := range lines {
			s := bySource[line.Source]
			if s == nil {
				s = &tally{}
				bySource[line.Source] = s
			}
			text := []byte(line.Text)
			found := f.Find(nil, text, detect.NewShape(text), detect.Hints{})
			switch {
			case line.Positive:
				s.positive++
				of[line.RuleID]++
				if len(found) > 0 {
					s.found++
				} else {
					missed[line.RuleID]++
					if testing.Verbose() && missed[line.RuleID] <= 2 {
						t.Logf("MISS %s %.160q", line.RuleID, line.Text)
					}
				}
			default:
				s.negative++
				if len(found) > 0 {
					s.wrong++
					if testing.Verbose() {
						t.Logf("WRONG %s (%s %q) %.200q", line.RuleID, found[0].Rule.Name, text[found[0].Start:found[0].End], line.Text)
					}
				}
			}
		}
		var found, positive, wrong int
		for source, s := range bySource {
			t.Logf("%-12s recall %.3f (%d of %d)  found in negatives %d of %d", source, float64(s.found)/float64(s.positive), s.found, s.positive, s.wrong, s.negative)
			found, positive, wrong = found+s.found, positive+s.positive, wrong+s.wrong
		}
		recall, precision := float64(found)/float64(positive), float64(found)/float64(found+wrong)
		t.Logf("%s: recall %.3f precision %.3f", name, recall, precision)
		if recall < 0.85 || precision < 0.92 {
			t.Errorf("%s: recall %.3f precision %.3f, want 0.85 and 0.92 at least", name, recall, precision)
		}
		worst := make([]string, 0, len(missed))
		for rule := range missed {
			worst = append(worst, rule)
		}
		sort.Slice(worst, func(i, j int) bool { return missed[worst[i]] > missed[worst[j]] })
		if testing.Verbose() {
			for _, rule := range worst[:min(25, len(worst))] {
				t.Logf("missed %d of %d: %s", missed[rule], of[rule], rule)
			}
		}
	}
}

func readScored(t *testing.T, path string) (lines []scored) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatalf("open the development set: %v", err)
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 4<<20)
	for scanner.Scan() {
		var line scored
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			t.Fatalf("read %s: %v", path, err)
		}
		lines = append(lines, line)
	}
	if err := scanner.Err(); err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	return lines
}
