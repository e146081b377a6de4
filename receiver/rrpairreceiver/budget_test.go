package rrpairreceiver

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// simulation is a day of traffic through one account.
type simulation struct {
	account       *account
	offered, kept [24]float64 // by the hour
	torn, whole   int         // sessions that were kept in part, as a whole
	changes       int         // of the share
}

// simulate sends sessions of five pairs of 20 kB, as many a second as rate says, for a day that begins at the given
// time. Sessions that keep does not want do not arrive.
func simulate(perDay float64, start time.Time, rate func(hour float64) float64, keep func(session string) bool) *simulation {
	const size, tick = 20_000.0, 2 * time.Second
	s := &simulation{account: newAccount("a", perDay, start)}
	end := start.Truncate(day).Add(day)
	due, number, share := 0.0, 0, 1.0
	type session struct {
		key        string
		left, kept int
	}
	var open []session
	for now := start; now.Before(end); now = now.Add(tick) {
		hour := now.Sub(now.Truncate(day)).Hours()
		for due += rate(hour) * tick.Seconds(); due >= 1; due-- {
			number++
			if key := fmt.Sprint("session-", number); keep == nil || keep(key) {
				open = append(open, session{key: key, left: 5})
			}
		}
		var offered, kept float64
		running := open[:0]
		for _, one := range open {
			offered += size
			if s.account.keeps(one.key) {
				kept += size
				one.kept++
			}
			if one.left--; one.left > 0 {
				running = append(running, one)
				continue
			}
			switch one.kept {
			case 5:
				s.whole++
			case 1, 2, 3, 4:
				s.torn++
			}
		}
		open = running
		s.offered[int(hour)] += offered
		s.kept[int(hour)] += kept
		s.account.commit(now, offered, kept)
		if next := math.Float64frombits(s.account.share.Load()); next != share {
			share = next
			s.changes++
		}
	}
	return s
}

func total(hours [24]float64) (sum float64) {
	for _, one := range hours {
		sum += one
	}
	return sum
}

var midnight = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

func steady(perSecond float64) func(float64) float64 {
	return func(float64) float64 { return perSecond }
}

// A budget a tenth of the traffic lasts the whole day: sampled down, never cut off.
func TestABudgetIsSpreadOverTheDay(t *testing.T) {
	s := simulate(1.7e9, midnight, steady(2), nil)
	assert.InEpsilon(t, 1.7e9, total(s.kept), 0.05)
	for hour := range s.kept {
		assert.Greater(t, s.kept[hour], 0.3*1.7e9/24, "hour %d", hour)
	}
	assert.Less(t, float64(s.torn), 0.02*float64(s.whole), "sessions are kept as a whole")
	assert.Less(t, s.changes, 200)
}

func TestTrafficWithinTheBudgetIsLeftAlone(t *testing.T) {
	s := simulate(20e9, midnight, steady(2), nil)
	assert.InDelta(t, total(s.offered), total(s.kept), 1)
	assert.Zero(t, s.changes)
}

// Days have waves: the budget holds, and the nights and noons are both there.
func TestABudgetFollowsTheWavesOfADay(t *testing.T) {
	s := simulate(3e9, midnight, func(hour float64) float64 { return 2 + 1.9*math.Sin((hour-6)/24*2*math.Pi) }, nil)
	assert.LessOrEqual(t, total(s.kept), 3e9*1.03)
	assert.Greater(t, total(s.kept), 3e9*0.6)
	for hour := range s.kept {
		assert.Positive(t, s.kept[hour], "hour %d", hour)
	}
}

// A collector that starts at noon has half of the budget, one that starts again does not begin anew.
func TestABudgetThatBeginsWithinADay(t *testing.T) {
	s := simulate(1.7e9, midnight.Add(12*time.Hour), steady(2), nil)
	assert.InEpsilon(t, 0.85e9, total(s.kept), 0.07)
}

// A sudden flood is sampled down within the budget.
func TestAFlood(t *testing.T) {
	s := simulate(1.7e9, midnight, func(hour float64) float64 {
		if hour >= 9 && hour < 10 {
			return 20
		}
		return 0.1
	}, nil)
	assert.LessOrEqual(t, total(s.kept), 1.7e9*1.03)
	assert.Greater(t, s.kept[9], 0.05*1.7e9)
	assert.Positive(t, s.kept[23])
}

// Traffic that was sampled before, by the same hash, is brought down all the same.
func TestABudgetBehindASample(t *testing.T) {
	sample, err := filter.ParseSample("1/10")
	require.NoError(t, err)
	s := simulate(0.5e9, midnight, steady(10), func(session string) bool { return sample.Keep(session, "") })
	assert.InEpsilon(t, 0.5e9, total(s.kept), 0.05)
	twice := newAccount("a", 1, midnight)
	twice.share.Store(math.Float64bits(0.1))
	s = simulate(0.5e9, midnight, steady(10), twice.keeps)
	assert.InEpsilon(t, 0.5e9, total(s.kept), 0.1)
}

func TestABudgetBeginsAnewAtMidnight(t *testing.T) {
	a := newAccount("a", 1e6, midnight.Add(23*time.Hour))
	a.commit(midnight.Add(23*time.Hour+time.Minute), 50e6, 50e6)
	share, _ := a.state(midnight.Add(23 * time.Hour))
	assert.InDelta(t, leastShare, share, 1e-9, "a budget that is used up still keeps a little")
	_, spent := a.state(midnight.Add(24 * time.Hour))
	assert.Zero(t, spent)
	for i := range 360 {
		a.commit(midnight.Add(24*time.Hour+time.Duration(i)*10*time.Second), 10, 0)
	}
	share, _ = a.state(midnight.Add(25 * time.Hour))
	assert.InDelta(t, 1, share, 1e-9)
}

func TestBudgetsAreBounded(t *testing.T) {
	v, err := newVolume(&Config{Budget: budgetConfig{BytesPerDay: gibibyte}}, fixedNow)
	require.NoError(t, err)
	for i := range maxAccounts + 50 {
		logs := pairs(t, sessionLine(i, fmt.Sprint("service ", i), "/cart", ""))
		resource := logs.ResourceLogs().At(0)
		v.ofLog(resource.Resource(), resource.ScopeLogs().At(0).LogRecords().At(0))
	}
	assert.Len(t, v.budget.accounts, maxAccounts+1)
	assert.Contains(t, v.budget.accounts, otherAccount)
}

func TestABudgetCountsWhatItDrops(t *testing.T) {
	sink := new(consumertest.LogsSink)
	s := startServer(t, sink, func(config *Config) {
		config.Budget = budgetConfig{Per: "service", BytesPerDay: mebibyte}
	})
	client := s.dial(t)
	sent := 0
	for range 40 {
		var batch []string
		for range 200 {
			batch = append(batch, sessionLine(sent, "checkout", "/cart", ""))
			sent++
		}
		_, err := client.Export(t.Context(), plogotlp.NewExportRequestFromLogs(pairs(t, batch...)))
		require.NoError(t, err)
	}
	dropped := s.sum(t, "otelcol_rrpair_receiver_dropped_records", map[string]string{"rule": "budget", "kind": "budget"})
	assert.Positive(t, dropped)
	assert.EqualValues(t, sent, int(dropped)+sink.LogRecordCount())
	_, err := s.telemetry.GetMetric("otelcol_rrpair_receiver_budget_share")
	require.NoError(t, err)
	_, err = s.telemetry.GetMetric("otelcol_rrpair_receiver_budget_spent_bytes")
	require.NoError(t, err)
}
