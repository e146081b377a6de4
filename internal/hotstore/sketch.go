package hotstore

import (
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/ddsketch"
)

// RelativeError is how far a percentile of a sketch may be from the true one, as a share of it.
const RelativeError = ddsketch.RelativeError

// Bucket is the bucket number of a duration: [ddsketch.Bucket].
func Bucket(d time.Duration) int32 { return ddsketch.Bucket(d) }

// BucketValue is the duration that stands for a bucket: [ddsketch.BucketValue].
func BucketValue(bucket int32) time.Duration { return ddsketch.BucketValue(bucket) }

// Sketch is a distribution of latencies: counts per bucket, and the largest seen. The zero value is empty.
type Sketch = ddsketch.Sketch
