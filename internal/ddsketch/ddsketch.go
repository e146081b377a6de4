// Package ddsketch is the one formula by which durations are put into buckets, so that percentiles are a plain count per
// bucket: the same in every store and in the archive, and mergeable over time, places and stores. The buckets are those
// of DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees",
// VLDB 2019).
package ddsketch

import (
	"math"
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
