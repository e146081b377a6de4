// Package ddsketch is the one formula by which durations are put into buckets, so that percentiles are a plain count per
// bucket: the same in every store and in the archive, and mergeable over time, places and stores. The buckets are those
// of DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees",
// VLDB 2019).
package ddsketch

import (
	"math"
	"slices"
	"time"
)

// RelativeError is how far a percentile may be from the true one, as a share of it.
const RelativeError = 0.01

// Least is the shortest duration that is told apart: it and all below it, zero and negative ones included, have one
// bucket.
const Least = time.Microsecond

// gamma is the ratio of neighbouring buckets' bounds.
const gamma = (1 + RelativeError) / (1 - RelativeError)

// logGamma is the natural logarithm of gamma, to the last bit of a float64: 2·atanh(RelativeError).
const logGamma = 0.020000666706669543

// Bucket is the bucket number of a duration in milliseconds: ceil(log_gamma(ms)). It is monotone: a longer duration never
// has a lower bucket.
func Bucket(d time.Duration) int32 {
	milliseconds := float64(max(d, Least)) / float64(time.Millisecond)
	return int32(math.Ceil(math.Log(milliseconds) / logGamma))
}

// BucketValue is the duration that stands for a bucket: within RelativeError of all that fall into it.
func BucketValue(bucket int32) time.Duration {
	milliseconds := 2 * math.Exp(float64(bucket)*logGamma) / (gamma + 1)
	return time.Duration(milliseconds * float64(time.Millisecond))
}

// Sketch is a distribution of durations: counts per bucket, and the longest seen. The zero value is empty. Not safe for
// concurrent use.
type Sketch struct {
	Counts map[int32]int64
	Max    time.Duration
}

// Add counts one duration.
func (s *Sketch) Add(d time.Duration) { s.AddBucket(Bucket(d), 1, d) }

// AddBucket counts what a store says of one bucket; longest is the longest duration among them.
func (s *Sketch) AddBucket(bucket int32, count int64, longest time.Duration) {
	if s.Counts == nil {
		s.Counts = make(map[int32]int64)
	}
	s.Counts[bucket] += count
	s.Max = max(s.Max, longest)
}

// Merge adds another distribution.
func (s *Sketch) Merge(other Sketch) {
	for bucket, count := range other.Counts {
		s.AddBucket(bucket, count, 0)
	}
	s.Max = max(s.Max, other.Max)
}

// Count is how many durations there are.
func (s *Sketch) Count() (count int64) {
	for _, n := range s.Counts {
		count += n
	}
	return count
}

// Quantiles gives the durations at the quantiles q, each from 0 to 1: the smallest duration that at least that share of
// all is not longer than (the nearest-rank definition), within RelativeError. Zeros for an empty sketch. No answer is
// longer than Max where that is known.
func (s *Sketch) Quantiles(q ...float64) []time.Duration {
	answers := make([]time.Duration, len(q))
	count := s.Count()
	if count == 0 {
		return answers
	}
	buckets := make([]int32, 0, len(s.Counts))
	for bucket := range s.Counts {
		buckets = append(buckets, bucket)
	}
	slices.Sort(buckets)
	for i, share := range q {
		rank := max(1, int64(math.Ceil(min(max(share, 0), 1)*float64(count))))
		answers[i] = s.at(buckets, rank)
	}
	return answers
}

func (s *Sketch) at(buckets []int32, rank int64) time.Duration {
	seen := int64(0)
	for _, bucket := range buckets {
		if seen += s.Counts[bucket]; seen < rank {
			continue
		}
		value := BucketValue(bucket)
		if s.Max > 0 {
			value = min(value, s.Max)
		}
		return value
	}
	return s.Max
}
