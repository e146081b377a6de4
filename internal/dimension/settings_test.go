package dimension

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func compiled(t testing.TB, change func(*Settings)) *Rules {
	t.Helper()
	settings := NewDefaultSettings()
	change(&settings)
	rules, err := Compile(settings)
	require.NoError(t, err)
	return rules
}

func recordOf(t testing.TB, rules *Rules, line string) *Record {
	t.Helper()
	var pair rrpair.Pair
	require.NoError(t, pair.ParseJSON([]byte(line)))
	r := rules.NewRecord()
	r.Reset(&pair)
	return r
}

func TestTemplatesGoFirst(t *testing.T) {
	rules := compiled(t, func(s *Settings) {
		s.Endpoints.Templates = []string{"/users/me/{x}", "/users/{id}/orders/{order}", "/files/{path...}", "/img/{name}.png", "/{tenant}/api"}
	})
	for location, want := range map[string]string{
		"/users/ann/orders/77":      "/users/{id}/orders/{order}",
		"/users/ann/orders/77?q=1":  "/users/{id}/orders/{order}",
		"/users/me/orders":          "/users/me/{x}",
		"/users//orders/77":         "/users//orders/{id}",
		"/users/ann/orders":         "/users/ann/orders",
		"/users/ann/orders/77/x":    "/users/ann/orders/{id}/x",
		"/files/a/b/c.txt":          "/files/{path...}",
		"/files/":                   "/files/",
		"/files":                    "/files",
		"/img/logo.png":             "/img/{name}.png",
		"/img/.png":                 "/img/.png",
		"/acme/api":                 "/{tenant}/api",
		"/":                         "/",
		"":                          "",
		"SELECT 1":                  "SELECT ?",
		"users/ann/orders/77":       "users/ann/orders/{id}",
		"/users/a%2Fb/orders/1#top": "/users/{id}/orders/{order}",
	} {
		r := recordOf(t, rules, fmt.Sprintf(`{"msgType":"rrpair","l7protocol":"x","location":%q}`, location))
		assert.Equal(t, want, r.Endpoint(), location)
	}
}

func TestClientErrorsBySetting(t *testing.T) {
	strict := compiled(t, func(s *Settings) { s.ClientErrors = true })
	for _, one := range []struct {
		protocol, status string
		usual, strict    bool
	}{
		{"http", "404", false, true}, {"https", "499", false, true}, {"http", "503", true, true}, {"http", "200", false, false},
		{"http", "4xx", false, false}, {"grpc", "0", false, false}, {"grpc", "4", true, true}, {"grpc", "404", true, true},
		{"postgres", "ERR:42P01", true, true}, {"postgres", "404", false, false}, {"amqp", "404", true, true}, {"amqp", "200", false, false},
	} {
		line := fmt.Sprintf(`{"msgType":"rrpair","l7protocol":%q,"status":%q}`, one.protocol, one.status)
		assert.Equal(t, one.usual, recordOf(t, nil, line).Failed(), line)
		assert.Equal(t, one.strict, recordOf(t, strict, line).Failed(), line)
	}
}

func TestExtrasHaveTypes(t *testing.T) {
	rules := compiled(t, func(s *Settings) {
		for i, kind := range []string{"string", "number", "boolean"} {
			s.Dimensions = append(s.Dimensions, ExtraSettings{Name: fmt.Sprint("d", i), From: "tag[v]", Type: kind})
		}
	})
	const set, absent, wrong, long = ExtraSet, ExtraAbsent, ExtraWrongType, ExtraTooLong
	for value, want := range map[string][3]ExtraOutcome{
		`"gold"`:                             {set, wrong, wrong},
		`"4.5"`:                              {set, set, wrong},
		`"1e999"`:                            {set, wrong, wrong},
		`"NaN"`:                              {set, wrong, wrong},
		`"TRUE"`:                             {set, wrong, set},
		`""`:                                 {set, wrong, wrong},
		`"` + strings.Repeat("x", 257) + `"`: {long, long, long},
	} {
		r := recordOf(t, rules, `{"msgType":"rrpair","tags":{"v":`+value+`}}`)
		for i := range 3 {
			got, outcome := r.Extra(i)
			assert.Equal(t, want[i], outcome, "%s %s", value, got.Kind)
			assert.False(t, math.IsInf(got.Number, 0) && outcome == set)
		}
	}
	_, outcome := recordOf(t, rules, `{"msgType":"rrpair"}`).Extra(0)
	assert.Equal(t, absent, outcome)
}

// What an extra hands out stays while others are asked for.
func TestExtrasKeepTheirText(t *testing.T) {
	rules := compiled(t, func(s *Settings) {
		s.Dimensions = []ExtraSettings{{Name: "a", From: `tag[a]`}, {Name: "b", From: `header[b]`}, {Name: "c", From: "req_json[c]"}}
	})
	r := recordOf(t, rules, `{"msgType":"rrpair","location":"/x/1","tags":{"a":"first\n"},"http":{"req":{"headers":{"B":["\"second\""]},"body":"{\"c\":\"th\\u0069rd\"}"}}}`)
	endpoint := r.Endpoint()
	a, _ := r.Extra(0)
	b, _ := r.Extra(1)
	c, _ := r.Extra(2)
	assert.Equal(t, []string{"/x/{id}", "first\n", `"second"`, "third"}, []string{endpoint, a.Text, b.Text, c.Text})
}

func TestTooManySettingsAreRefused(t *testing.T) {
	settings := NewDefaultSettings()
	for i := range maxTemplates + 1 {
		settings.Endpoints.Templates = append(settings.Endpoints.Templates, fmt.Sprintf("/a%d/{id}", i))
	}
	for i := range maxExtras + 1 {
		settings.Dimensions = append(settings.Dimensions, ExtraSettings{Name: fmt.Sprint("d", i), From: "tag[a]"})
	}
	err := settings.Validate()
	require.ErrorContains(t, err, "endpoints::templates has 1001 entries")
	require.ErrorContains(t, err, "dimensions has 33 entries")
}

func TestTheLimiterBoundsEndpoints(t *testing.T) {
	l := NewLimiter(2)
	at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	admit := func(service, endpoint string) string {
		l.At(at)
		name, overflows, counted := l.Admit(service, endpoint)
		assert.Equal(t, name == Other, overflows)
		assert.Equal(t, service, counted)
		return name
	}
	assert.Equal(t, "/a", admit("s", "/a"))
	assert.Equal(t, "/b", admit("s", "/b"))
	assert.Equal(t, Other, admit("s", "/c"))
	assert.Equal(t, "/c", admit("t", "/c"), "services have bounds of their own")
	assert.Empty(t, admit("s", ""))
	at = at.Add(20 * time.Hour)
	assert.Equal(t, "/a", admit("s", "/a"))
	assert.Equal(t, Other, admit("s", "/c"))
	at = at.Add(20 * time.Hour)
	assert.Equal(t, "/c", admit("s", "/c"), "/b was not seen for a day")
	assert.Equal(t, Other, admit("s", "/b"))
	counts := map[string]int{}
	l.Each(func(service string, endpoints int) { counts[service] = endpoints })
	assert.Equal(t, map[string]int{"s": 2, "t": 1}, counts)
}

func TestTheLimiterBoundsServices(t *testing.T) {
	l := NewLimiter(3)
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range 3 * maxServices {
				l.Admit(fmt.Sprint("service ", i), fmt.Sprint("/", worker))
			}
		})
	}
	group.Wait()
	services := 0
	l.Each(func(_ string, endpoints int) {
		services++
		assert.LessOrEqual(t, endpoints, 3)
	})
	assert.Equal(t, maxServices+1, services)
	_, _, counted := l.Admit("one more", "/0")
	assert.Equal(t, Other, counted)
}

func TestDistinctValuesAreThoseOfTwoHours(t *testing.T) {
	c := NewCardinality()
	at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for i := range 300 {
		c.Add(fmt.Sprint(i%100), at)
	}
	assert.Equal(t, 100, c.Distinct(at))
	at = at.Add(time.Hour)
	c.Add("x", at)
	assert.Equal(t, 100, c.Distinct(at), "of the hour before")
	assert.Equal(t, 1, c.Distinct(at.Add(time.Hour)))
	assert.Zero(t, c.Distinct(at.Add(5*time.Hour)))
	for i := range 2 * maxDistinct {
		c.Add(fmt.Sprint(i), at.Add(5*time.Hour))
	}
	assert.Equal(t, maxDistinct, c.Distinct(at.Add(5*time.Hour)))
}
