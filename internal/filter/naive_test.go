package filter

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The naive evaluator says what a filter means in the plainest way: two-valued,
// from the tree, over whole records, sharing no code with the real one.

func naive(expr Expr, r *record) bool {
	switch expr := expr.(type) {
	case And:
		for _, term := range expr {
			if !naive(term, r) {
				return false
			}
		}
		return true
	case Or:
		for _, term := range expr {
			if naive(term, r) {
				return true
			}
		}
		return false
	default:
		c := expr.(*Criterion)
		return naiveCriterion(c, r) != c.Negate
	}
}

func naiveCriterion(c *Criterion, r *record) bool {
	switch c.Field {
	case FieldTime:
		return naiveTime(c, r.at)
	case FieldDuration:
		milliseconds := 0.0
		if r.duration != nil {
			milliseconds = float64(*r.duration) / 1e6
		}
		wanted, _ := time.ParseDuration(c.Values[0])
		return naiveOrder(c.Op, milliseconds, float64(wanted)/1e6)
	case FieldSize:
		wanted, _ := strconv.ParseFloat(c.Values[0], 64)
		return naiveOrder(c.Op, float64(r.size), wanted)
	case FieldText:
		return naiveText(c, r)
	}
	var values []string
	switch c.Field {
	case FieldRequestJSON:
		values = naiveJSON(r.request, c.Sub)
	case FieldResponseJSON:
		values = naiveJSON(r.response, c.Sub)
	default:
		values = r.values[FieldRef{c.Field, c.Sub}]
		isMap := c.Field == FieldHeader || c.Field == FieldTag
		if !isMap && len(values) == 0 {
			values = []string{""}
		}
		if !isMap && c.Op == OpExists {
			return values[0] != ""
		}
	}
	if c.Op == OpExists {
		return len(values) > 0
	}
	for _, value := range values {
		for _, wanted := range c.Values {
			if naiveValue(c, value, wanted) {
				return true
			}
		}
	}
	return false
}

func naiveValue(c *Criterion, value, wanted string) bool {
	switch c.Op {
	case OpIs:
		if c.Field == FieldStatus && wanted == "5xx" {
			return regexp.MustCompile(`^5[0-9][0-9]$`).MatchString(value)
		}
		return value == wanted
	case OpContains:
		return strings.Contains(value, wanted)
	case OpRegex:
		return regexp.MustCompile(wanted).MatchString(value)
	default:
		a, err := strconv.ParseFloat(value, 64)
		b, _ := strconv.ParseFloat(wanted, 64)
		return err == nil && naiveOrder(c.Op, a, b)
	}
}

func naiveOrder(op Op, a, b float64) bool {
	switch op {
	case OpGreater:
		return a > b
	case OpGreaterEqual:
		return a >= b
	case OpLess:
		return a < b
	case OpLessEqual:
		return a <= b
	default:
		return math.Abs(a-b) < 1e-9
	}
}

func naiveTime(c *Criterion, at time.Time) bool {
	if c.Op == OpExists || at.IsZero() {
		return !at.IsZero()
	}
	var times []time.Time
	for _, text := range c.Values {
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			panic(err)
		}
		times = append(times, t)
	}
	switch c.Op {
	case OpIs:
		return at.Compare(times[0]) >= 0 && at.Compare(times[1]) < 0
	case OpGreater:
		return at.After(times[0])
	case OpGreaterEqual:
		return !at.Before(times[0])
	case OpLess:
		return at.Before(times[0])
	default:
		return !at.After(times[0])
	}
}

func naiveText(c *Criterion, r *record) bool {
	var decoded any
	if err := json.Unmarshal(r.document, &decoded); err != nil {
		panic(err)
	}
	texts := naiveTexts(decoded, nil)
	texts = append(texts, string(r.request), string(r.response))
	for _, text := range texts {
		for _, wanted := range c.Values {
			if strings.Contains(strings.ToLower(text), strings.ToLower(wanted)) {
				return true
			}
		}
	}
	return false
}

func naiveTexts(value any, texts []string) []string {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			texts = append(texts, key)
			if key != "bodyBase64" {
				texts = naiveTexts(member, texts)
			}
		}
	case []any:
		for _, element := range value {
			texts = naiveTexts(element, texts)
		}
	default:
		texts = append(texts, naiveScalar(value))
	}
	return texts
}

func naiveScalar(value any) string {
	if text, isText := value.(string); isText {
		return text
	}
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// naiveJSON knows the paths of the tests' world only.
func naiveJSON(body []byte, path string) []string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var root any
	if decoder.Decode(&root) != nil {
		return nil
	}
	current := []any{root}
	steps := strings.Split(strings.NewReplacer(`q\.r`, "q|r", "[", ".", "]", "").Replace(path), ".")
	for _, step := range steps {
		var next []any
		for _, value := range current {
			switch value := value.(type) {
			case map[string]any:
				if member, found := value[strings.ReplaceAll(step, "|", ".")]; found {
					next = append(next, member)
				}
			case []any:
				for i, element := range value {
					if step == "*" || step == strconv.Itoa(i) {
						next = append(next, element)
					}
				}
			}
		}
		if step == "$" {
			next = current
		}
		current = next
	}
	var texts []string
	for _, value := range current {
		switch value.(type) {
		case map[string]any, []any:
			texts = append(texts, naiveScalar(value))
		default:
			texts = append(texts, naiveScalar(value))
		}
	}
	return texts
}
