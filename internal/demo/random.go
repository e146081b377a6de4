package demo

import "math"

// random is SplitMix64 (Steele, Lea, Flood 2014): tiny, fast, and the same on every machine and Go version, which
// math/rand does not promise for all its methods.
type random struct{ state uint64 }

func newRandom(seed uint64) random {
	r := random{state: seed}
	r.next()
	return r
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return scramble(r.state)
}

// scramble is SplitMix64's output function: a bijection that spreads every bit of z, and keeps 0.
func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns 0 <= n < limit; limit must be positive. The bias of multiply-shift is far below what matters here.
func (r *random) below(limit int) int {
	return int(uint64(uint32(r.next())) * uint64(uint32(limit)) >> 32)
}

func (r *random) between(low, high int) int { return low + r.below(high-low+1) }

// chance is true in share of all calls; it compares integers so that platforms agree.
func (r *random) chance(share float64) bool {
	return r.next()>>11 < uint64(share*(1<<53))
}

func (r *random) pick(from []string) string { return from[r.below(len(from))] }

func (r *random) fill(dst []byte) {
	for len(dst) >= 8 {
		v := r.next()
		dst[0], dst[1], dst[2], dst[3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
		dst[4], dst[5], dst[6], dst[7] = byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56)
		dst = dst[8:]
	}
	for v := r.next(); len(dst) > 0; v >>= 8 {
		dst[0] = byte(v)
		dst = dst[1:]
	}
}

const (
	quantileSteps = 1024
	// quantileScale keeps a thousandth: finer digits could differ between processors' floating point.
	quantileScale = 1000
)

// logNormal draws from a log-normal distribution with median 1 through a table of quantiles. The table is rounded to
// thousandths, so that processors that round the last bit of exp differently still agree.
type logNormal struct{ thousandths [quantileSteps]int64 }

func newLogNormal(sigma float64) *logNormal {
	table := &logNormal{}
	for i := range table.thousandths {
		share := (float64(i) + 0.5) / quantileSteps
		table.thousandths[i] = int64(math.Round(quantileScale * math.Exp(sigma*math.Sqrt2*math.Erfinv(2*share-1))))
	}
	return table
}

// draw returns median times a log-normal factor, at least 1.
func (l *logNormal) draw(r *random, median int64) int64 {
	return max(1, median*l.thousandths[r.below(quantileSteps)]/quantileScale)
}
