package demo

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
)

func TestWhatIsListedAsPlantedIsThere(t *testing.T) {
	var planted []Planted
	g := NewGenerator(Options{Seed: 21, FailedCheckouts: 0.1, Planted: func(p Planted) { planted = append(planted, p) }})
	kinds := map[string]int{}
	for range 3000 {
		planted = planted[:0]
		line := g.Next(nil)
		var pair map[string]any
		require.NoError(t, json.Unmarshal(line, &pair))
		for _, p := range planted {
			kinds[p.Type]++
			require.Equal(t, pair["uuid"], p.UUID)
			require.NotEmpty(t, p.Value)
			text, ok := lookUp(pair, strings.Split(p.Path, "."))
			require.True(t, ok, "%s leads nowhere in %s", p.Path, line)
			require.Contains(t, text, p.Value, "%s of %s", p.Path, line)
		}
	}
	for _, kind := range []string{"name", "email", "phone", "address", "birth_date", "card", "iban", "ssn", "ip", "password", "jwt", "api_key"} {
		require.Positive(t, kinds[kind], kind)
	}
}

// lookUp follows a path through members, indexes, base64, gzip, JSON and forms, and returns the text it leads to.
func lookUp(value any, path []string) (string, bool) {
	switch v := value.(type) {
	case map[string]any:
		if len(path) == 0 {
			text, err := json.Marshal(v)
			return string(text), err == nil
		}
		// a member's name may itself hold a dot
		for n := 1; n <= len(path); n++ {
			if member, ok := v[strings.Join(path[:n], ".")]; ok {
				return lookUp(member, path[n:])
			}
		}
		return "", false
	case []any:
		if len(path) == 0 {
			return "", false
		}
		i, err := strconv.Atoi(path[0])
		if err != nil || i >= len(v) {
			return "", false
		}
		return lookUp(v[i], path[1:])
	case string:
		if len(path) == 0 {
			return v, true
		}
		return lookInText(v, path)
	default:
		return "", false
	}
}

func lookInText(text string, path []string) (string, bool) {
	if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
		text = string(decoded)
	}
	if reader, err := gzip.NewReader(strings.NewReader(text)); err == nil {
		var plain bytes.Buffer
		if _, err := plain.ReadFrom(reader); err == nil {
			text = plain.String()
		}
	}
	var inner any
	if json.Unmarshal([]byte(text), &inner) == nil {
		return lookUp(inner, path)
	}
	form, err := url.ParseQuery(text)
	if err != nil || len(path) != 1 {
		return "", false
	}
	return form.Get(path[0]), form.Has(path[0])
}

func TestPlantedNumbersPassTheirChecks(t *testing.T) {
	g := NewGenerator(Options{Seed: 4, Planted: func(p Planted) {
		switch p.Type {
		case "card":
			require.True(t, luhn(p.Value), p.Value)
		case "iban":
			require.Equal(t, 1, mod97(p.Value[4:]+"1314"+p.Value[2:4]), p.Value)
		}
	}})
	for range 3000 {
		g.Next(nil)
	}
}

func luhn(digits string) bool {
	sum := 0
	for i := range digits {
		value := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if value *= 2; value > 9 {
				value -= 9
			}
		}
		sum += value
	}
	return len(digits) == 16 && sum%10 == 0
}

func mod97(digits string) int {
	rest := 0
	for _, digit := range digits {
		rest = (rest*10 + int(digit-'0')) % 97
	}
	return rest
}
