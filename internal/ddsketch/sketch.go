package ddsketch

import (
	"math"
	"slices"
	"time"
)

// Sketch is a distribution of durations: counts per bucket, and the longest seen. The zero value is empty. Not safe for
// concurrent use; a copy is only to be read, and only while the original is not changed.
type Sketch struct {
	Counts []BucketCount // ascending, each bucket once
	Max    time.Duration
}

// BucketCount is how many durations fell into a bucket.
type BucketCount struct {
	Bucket int32
	Count  int64
}

// Add counts one duration.
func (s *Sketch) Add(d time.Duration) { s.AddBucket(Bucket(d), 1, d) }

// AddBucket counts what a store says of one bucket; longest is the longest duration among them.
func (s *Sketch) AddBucket(bucket int32, count int64, longest time.Duration) {
	s.Max = max(s.Max, longest)
	at, found := s.find(0, bucket)
	if found {
		s.Counts[at].Count += count
		return
	}
	s.Counts = slices.Insert(s.Counts, at, BucketCount{bucket, count})
}

// find is where a bucket is, or belongs, at or after a place.
func (s *Sketch) find(from int, bucket int32) (at int, found bool) {
	low, high := from, len(s.Counts)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if s.Counts[middle].Bucket < bucket {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, low < len(s.Counts) && s.Counts[low].Bucket == bucket
}

// AddSorted counts one duration for each bucket of an ascending list, in which buckets may repeat; longest is the longest
// duration among them. It takes less time than adding them one by one.
func (s *Sketch) AddSorted(buckets []int32, longest time.Duration) {
	switch {
	case len(s.Counts) == 0:
		distinct := 0
		for i, bucket := range buckets {
			if i == 0 || bucket != buckets[i-1] {
				distinct++
			}
		}
		s.Counts = countSorted(slices.Grow(s.Counts, distinct), buckets)
	case len(buckets) == 1:
		s.AddBucket(buckets[0], 1, 0)
	default:
		var room [64]BucketCount
		s.Merge(Sketch{Counts: countSorted(room[:0], buckets)})
	}
	s.Max = max(s.Max, longest)
}

func countSorted(counts []BucketCount, buckets []int32) []BucketCount {
	for _, bucket := range buckets {
		if last := len(counts) - 1; last >= 0 && counts[last].Bucket == bucket {
			counts[last].Count++
		} else {
			counts = append(counts, BucketCount{bucket, 1})
		}
	}
	return counts
}

// searched is how many times longer than the other a sketch must be for a search to be faster than a walk.
const searched = 8

// Merge adds another distribution.
func (s *Sketch) Merge(other Sketch) {
	s.Max = max(s.Max, other.Max)
	if len(s.Counts) == 0 {
		s.Counts = append(s.Counts, other.Counts...)
		return
	}
	// What is there already is added to; what is missing comes in from behind.
	isFew, at, missing := len(s.Counts) > searched*len(other.Counts), 0, 0
	for _, more := range other.Counts {
		found := false
		if isFew {
			at, found = s.find(at, more.Bucket)
		} else {
			for at < len(s.Counts) && s.Counts[at].Bucket < more.Bucket {
				at++
			}
			found = at < len(s.Counts) && s.Counts[at].Bucket == more.Bucket
		}
		if found {
			s.Counts[at].Count += more.Count
		} else {
			missing++
		}
	}
	from := len(s.Counts) - 1
	s.Counts = slices.Grow(s.Counts, missing)[:len(s.Counts)+missing]
	to := len(s.Counts) - 1
	for i := len(other.Counts) - 1; to > from; i-- {
		more := other.Counts[i]
		for from >= 0 && s.Counts[from].Bucket > more.Bucket {
			s.Counts[to] = s.Counts[from]
			from, to = from-1, to-1
		}
		if from < 0 || s.Counts[from].Bucket < more.Bucket {
			s.Counts[to] = more
			to--
		}
	}
}

// Count is how many durations there are.
func (s *Sketch) Count() (count int64) {
	for i := range s.Counts {
		count += s.Counts[i].Count
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
	for i, share := range q {
		rank := max(1, int64(math.Ceil(min(max(share, 0), 1)*float64(count))))
		answers[i] = s.at(rank)
	}
	return answers
}

func (s *Sketch) at(rank int64) time.Duration {
	seen := int64(0)
	for i := range s.Counts {
		if seen += s.Counts[i].Count; seen < rank {
			continue
		}
		value := BucketValue(s.Counts[i].Bucket)
		if s.Max > 0 {
			value = min(value, s.Max)
		}
		return value
	}
	return s.Max
}
