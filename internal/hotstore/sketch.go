package hotstore

import (
	"math"
	"time"
)

// RelativeError is how far a percentile of a sketch may be from the true one, as a share of it.
const RelativeError = 0.01

// gamma is the ratio of neighbouring buckets' bounds, as DDSketch has it: (1+e)/(1-e).
var logGamma = math.Log((1 + RelativeError) / (1 - RelativeError))

// Bucket is the DDSketch bucket number of a duration in milliseconds: ceil(log_gamma(ms)). Durations of a microsecond or
// less have the bucket of a microsecond. It is the same in every store and in the archive, so that counts per bucket can
// be added up over time, places and stores.
func Bucket(d time.Duration) int32 {
	const least = time.Microsecond
	milliseconds := float64(max(d, least)) / float64(time.Millisecond)
	return int32(math.Ceil(math.Log(milliseconds) / logGamma))
}

// BucketValue is the duration that stands for a bucket: within RelativeError of all that fall into it.
func BucketValue(bucket int32) time.Duration {
	gamma := math.Exp(logGamma)
	milliseconds := 2 * math.Exp(float64(bucket)*logGamma) / (gamma + 1)
	return time.Duration(milliseconds * float64(time.Millisecond))
}

// Sketch is a distribution of latencies: counts per bucket, and the largest seen. The zero value is empty.
type Sketch struct {
	Counts map[int32]int64
	Max    time.Duration
}
