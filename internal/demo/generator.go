package demo

import (
	"github.com/klauspost/compress/gzip"
)

// Generator makes one RRPair after another. Not safe for concurrent use.
type Generator struct {
	options Options
	random  random
	words   *vocabulary

	services     []service
	peers        peers
	connections  []connection
	connectionID int64

	visitors  []visitor
	visitorID uint64
	orderID   uint64
	languages []string

	latency   *logNormal
	imageSize *logNormal

	now     int64 // when the next step begins, unix ns
	pending []call
	next    int // index of the first call in pending that was not returned yet

	ex      exchange // the HTTP exchange being written; its buffers are reused
	gz      *gzip.Writer
	gzipped appendWriter
	plants  []plant
	scratch []byte
	joined  []byte
}

const (
	// visitorsAtOnce is how many sessions interleave.
	visitorsAtOnce = 150
	latencySigma   = 0.7
	// imageMedianBytes and imageSigma give a mean of some 46 KB and one in thirty thousand at the cap, so that
	// incompressible bytes are about a tenth of the traffic, as in real recordings.
	imageMedianBytes = 20_000
	imageSigma       = 1.3
	imageMaxBytes    = 2_600_000 // 3.5 MB as base64, the largest pair of the recordings
)

// NewGenerator makes a generator. It panics on options that [Options.Validate] refuses.
func NewGenerator(options Options) *Generator {
	options, err := options.withDefaults()
	if err != nil {
		panic("demo: " + err.Error())
	}
	g := &Generator{
		options:   options,
		random:    newRandom(options.seed()),
		words:     newVocabulary(),
		peers:     newPeers(),
		visitors:  make([]visitor, visitorsAtOnce),
		languages: []string{"en-GB,en;q=0.9", "en-US,en;q=0.8", "de-DE,de;q=0.9,en;q=0.6", "fr-FR,fr;q=0.9", "nl,en;q=0.7", "pl-PL,pl;q=0.9", "ja", "es-ES,es;q=0.9,en;q=0.5"},
		latency:   newLogNormal(latencySigma),
		imageSize: newLogNormal(imageSigma),
		now:       options.Start.UnixNano(),
	}
	g.services = newServices(&g.random)
	g.connections = make([]connection, serviceCount*2*connectionsPerSide)
	g.orderID = 100_000 + uint64(g.random.below(800_000))
	for i := range g.visitors {
		g.arrive(&g.visitors[i])
		g.visitors[i].signedIn = g.random.chance(0.5)
		g.visitors[i].cartItems = g.random.below(4)
	}
	return g
}

// Next appends one RRPair as a line of raw.jsonl without the line end: compact JSON, members in canonical order.
// Pairs come in the order a forwarder sees them end, so their ts ascends only roughly.
func (g *Generator) Next(dst []byte) []byte {
	for g.next == len(g.pending) {
		g.fill()
	}
	c := &g.pending[g.next]
	g.next++
	switch c.kind {
	case kindPostgres:
		return g.appendPostgres(dst, c)
	case kindAMQP:
		return g.appendAMQP(dst, c)
	default:
		return g.appendHTTP(dst, c)
	}
}

// fill plans the next step of some visitor and moves the clock on by the time its pairs stand for.
func (g *Generator) fill() {
	g.pending, g.next = g.pending[:0], 0
	g.step()
	kept := g.pending[:0]
	for _, c := range g.pending {
		if g.wanted(&c) {
			kept = append(kept, c)
		}
	}
	g.pending = kept
	perPair := 1e9 / g.options.Rate
	jitter := float64(g.random.between(500, 1500)) / 1000
	g.now += int64(float64(len(kept)) * perPair * jitter)
}

func (g *Generator) wanted(c *call) bool {
	if d := g.options.Direction; d != "" && (d == Outbound) != c.outbound {
		return false
	}
	if len(g.options.Services) == 0 {
		return true
	}
	for _, name := range g.options.Services {
		if g.services[c.service].name == name {
			return true
		}
	}
	return false
}

// appendWriter is an io.Writer onto a reused buffer.
type appendWriter struct{ data []byte }

func (w *appendWriter) Write(data []byte) (int, error) {
	w.data = append(w.data, data...)
	return len(data), nil
}
