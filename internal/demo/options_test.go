package demo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestServicesAndDirectionLimitTheOutput(t *testing.T) {
	var pair rrpair.Pair
	for _, service := range ServiceNames() {
		for _, direction := range []string{Inbound, Outbound} {
			g := NewGenerator(Options{Services: []string{service}, Direction: direction})
			for range 20 {
				require.NoError(t, pair.ParseJSON(g.Next(nil)))
				require.Equal(t, service, pair.Text(rrpair.FieldService))
				require.Equal(t, direction, pair.Text(rrpair.FieldDirection))
			}
		}
	}
}

func TestUndefinedLeavesTheCollectorSomethingToFillIn(t *testing.T) {
	var pair rrpair.Pair
	g := NewGenerator(Options{Undefined: 0.63})
	undefined := 0
	for range 1000 {
		require.NoError(t, pair.ParseJSON(g.Next(nil)))
		if pair.Text(rrpair.FieldService) == "undefined" {
			undefined++
		}
	}
	require.InDelta(t, 630, undefined, 60)
}

func TestNoFailedCheckoutsWhenNoneAreWanted(t *testing.T) {
	var pair rrpair.Pair
	g := NewGenerator(Options{FailedCheckouts: -1})
	for range 5000 {
		require.NoError(t, pair.ParseJSON(g.Next(nil)))
		require.NotContains(t, []string{"402", "500", "503"}, pair.Text(rrpair.FieldStatus))
	}
}

func TestOneSessionLinksPairsInAndOut(t *testing.T) {
	var pair rrpair.Pair
	g := NewGenerator(Options{Seed: 2})
	type side struct{ in, out int }
	traces, sessions := map[string]side{}, map[string]int{}
	for range 3000 {
		require.NoError(t, pair.ParseJSON(g.Next(nil)))
		if session := pair.Text(rrpair.FieldSession); session != "" {
			sessions[session]++
		}
		trace := rrpair.TraceID(&pair)
		if trace == "" {
			continue
		}
		s := traces[trace]
		if pair.Text(rrpair.FieldDirection) == Inbound {
			s.in++
		} else {
			s.out++
		}
		traces[trace] = s
	}
	linked, longest := 0, 0
	for _, s := range traces {
		if s.in > 0 && s.out > 0 {
			linked++
		}
	}
	for _, pairs := range sessions {
		longest = max(longest, pairs)
	}
	require.Greater(t, linked, 50, "traces seen from both sides")
	require.Greater(t, longest, 5, "pairs of one session")
}

func TestBadOptionsAreNamed(t *testing.T) {
	for want, options := range map[string]Options{
		`rate -1`:         {Rate: -1},
		`share of failed`: {FailedCheckouts: 2},
		`undefined`:       {Undefined: 1.5},
		`service "shop"`:  {Services: []string{"shop"}},
		`direction "in"`:  {Direction: "in"},
	} {
		require.ErrorContains(t, options.Validate(), want)
		require.Panics(t, func() { NewGenerator(options) })
	}
	require.NoError(t, Options{}.Validate())
}
