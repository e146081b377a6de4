// Command redactscore measures the redaction engine's detection on labelled sets of values, and prints the tables of
// docs/redaction-quality.md.
//
// The sets are read from a folder named by BYOC_REDACTION_DEV or -sets; they are not part of this repository:
// presidio-recognizer-tests (texts with spans), secret-rule-examples (texts that hold a secret, or do not), and
// validatorjs-vectors (values that a validator must take or refuse). Everything is asked of the engine as
// 'byoc redact scan' asks it, under the policy given.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
)

func main() {
	sets := flag.String("sets", os.Getenv("BYOC_REDACTION_DEV"), "folder with the labelled sets; default $BYOC_REDACTION_DEV")
	policyName := flag.String("policy", "strict", "policy to measure")
	misses := flag.String("misses", "", "also list what was missed or wrongly found for this row, values included")
	flag.Parse()
	if *sets == "" {
		fmt.Fprintln(os.Stderr, "redactscore: name the folder of labelled sets with -sets or BYOC_REDACTION_DEV")
		os.Exit(2)
	}
	if err := run(*sets, *policyName, *misses); err != nil {
		fmt.Fprintln(os.Stderr, "redactscore:", err)
		os.Exit(1)
	}
}

func run(sets, policyName, misses string) error {
	loaded, err := policy.Load(policyName)
	if err != nil {
		return err
	}
	engine, err := redact.New(loaded, redact.Options{})
	if err != nil {
		return err
	}
	s := &scorer{engine: engine, misses: misses}
	fmt.Printf("Policy %s, version %s.\n", loaded.Name, loaded.Version)
	for _, part := range []struct {
		title, file string
		score       func(path string) ([]*row, error)
	}{
		{"Secrets: kingfisher, noseyparker and titus rule examples", "secret-rule-examples/examples.jsonl", s.secrets},
		{"Secrets: gitleaks rule examples", "secret-rule-examples/gitleaks_tp_fp.jsonl", s.secrets},
		{"Personal data in texts: Presidio's recogniser tests", "presidio-recognizer-tests/vectors.jsonl", s.presidio},
		{"Single values under a name: validator.js", "validatorjs-vectors/vectors.jsonl", s.validators},
	} {
		rows, err := part.score(filepath.Join(sets, part.file))
		if err != nil {
			return err
		}
		printRows(part.title, rows)
	}
	return nil
}

// row is one line of a table.
type row struct {
	name                   string
	truePositive, positive int // positives found, positives there are
	falsePositive          int // findings that are none
	negative               int // texts without the thing
}

func (r *row) recall() float64 {
	if r.positive == 0 {
		return 1
	}
	return float64(r.truePositive) / float64(r.positive)
}

func (r *row) precision() float64 {
	if r.truePositive+r.falsePositive == 0 {
		return 1
	}
	return float64(r.truePositive) / float64(r.truePositive+r.falsePositive)
}

func printRows(title string, rows []*row) {
	fmt.Printf("\n### %s\n\n| | positives | found | recall | negatives | wrongly found | precision |\n|---|---|---|---|---|---|---|\n", title)
	for _, r := range rows {
		fmt.Printf("| %s | %d | %d | %.3f | %d | %d | %.3f |\n", r.name, r.positive, r.truePositive, r.recall(), r.negative, r.falsePositive, r.precision())
	}
}

// eachLine decodes every line of a file of JSON lines.
func eachLine[T any](path string, fn func(T)) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open set: %w", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for number := 1; lines.Scan(); number++ {
		var value T
		if err := json.Unmarshal(lines.Bytes(), &value); err != nil {
			return fmt.Errorf("%s, line %d: %w", path, number, err)
		}
		fn(value)
	}
	return lines.Err()
}
