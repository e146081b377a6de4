package ddsketch

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheConstantIsTheLogarithm(t *testing.T) {
	assert.InEpsilon(t, math.Log(gamma), logGamma, 1e-14)
}

// Numbers that stand in stores and archives: they must never change.
func TestBucketsAreFixed(t *testing.T) {
	for d, want := range map[time.Duration]int32{
		-time.Second: -345, 0: -345, time.Microsecond: -345, time.Millisecond: 0, 2 * time.Millisecond: 35,
		10 * time.Millisecond: 116, 250 * time.Millisecond: 277, time.Second: 346, time.Hour: 755,
	} {
		assert.Equal(t, want, Bucket(d), "%s", d)
	}
}

func TestABucketStandsForItsDurationsWithinOnePerCent(t *testing.T) {
	for d := Least; d < 48*time.Hour; d += d/97 + 1 {
		value := BucketValue(Bucket(d))
		require.InEpsilon(t, float64(d), float64(value), RelativeError*1.001+1/float64(Least), "%s", d)
		require.LessOrEqual(t, Bucket(d), Bucket(d+d/1000))
	}
}

func TestQuantiles(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var whole, first, second Sketch
	all := make([]time.Duration, 10_000)
	for i := range all {
		all[i] = time.Duration(math.Exp(random.NormFloat64()*2) * float64(20*time.Millisecond))
		whole.Add(all[i])
		if i%3 == 0 {
			first.Add(all[i])
		} else {
			second.Add(all[i])
		}
	}
	first.Merge(second)
	assert.Equal(t, whole, first, "parts add up to the whole")
	slices.Sort(all)
	shares := []float64{0, 0.5, 0.9, 0.95, 0.99, 1}
	for i, got := range whole.Quantiles(shares...) {
		want := all[max(1, int(math.Ceil(shares[i]*float64(len(all)))))-1]
		assert.InEpsilon(t, float64(want), float64(got), RelativeError*1.001, "%v", shares[i])
	}
	assert.Equal(t, all[len(all)-1], whole.Max)
}

// TestTheWayOfCountingDoesNotMatter compares sketches with plain counts, however they came about.
func TestTheWayOfCountingDoesNotMatter(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		counts := map[int32]int64{}
		var sketch Sketch
		for range 1 + random.IntN(6) {
			buckets := make([]int32, random.IntN(1+random.IntN(120)))
			for i := range buckets {
				buckets[i] = int32(random.IntN(1+random.IntN(100))) - 30
				counts[buckets[i]]++
			}
			var part Sketch
			switch random.IntN(3) {
			case 0:
				for _, bucket := range buckets {
					part.AddBucket(bucket, 1, 0)
				}
				before := slices.Clone(part.Counts)
				sketch.Merge(part)
				require.Equal(t, before, part.Counts)
			case 1:
				slices.Sort(buckets)
				sketch.AddSorted(buckets, 0)
			default:
				for _, bucket := range buckets {
					sketch.AddBucket(bucket, 1, 0)
				}
			}
		}
		require.Len(t, sketch.Counts, len(counts))
		for i, got := range sketch.Counts {
			require.Equal(t, counts[got.Bucket], got.Count)
			require.True(t, i == 0 || sketch.Counts[i-1].Bucket < got.Bucket, "ascending")
		}
		var other Sketch
		other.Merge(sketch)
		other.AddBucket(1000, 1, 0)
		require.EqualValues(t, sketch.Count()+1, other.Count(), "a merge shares nothing")
	}
}

func TestAnEmptySketchHasNoQuantiles(t *testing.T) {
	var s Sketch
	assert.Equal(t, []time.Duration{0, 0}, s.Quantiles(0.5, 0.99))
	assert.Zero(t, s.Count())
}

func TestNoQuantileIsLongerThanTheLongest(t *testing.T) {
	var s Sketch
	s.Add(1003 * time.Millisecond)
	assert.LessOrEqual(t, s.Quantiles(0.99)[0], 1003*time.Millisecond)
}

func BenchmarkBucket(b *testing.B) {
	b.ReportAllocs()
	for i := range b.N {
		_ = Bucket(time.Duration(i) * time.Microsecond)
	}
}
