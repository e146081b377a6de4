package hotstores

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// dayOne is when the documents of the tests begin.
func dayOne() time.Time { return time.Date(2026, 11, 20, 22, 0, 0, 123456789, time.UTC) }

// documents makes documents that have what is hard for a store: missing values, characters that mean something in its
// query language, values in two cases, statuses that are no numbers, equal times, values too long for an index.
func documents(seed uint64, count int) []*hotstore.Document {
	random := rand.New(rand.NewPCG(seed, 1))
	pick := func(values ...string) string { return values[random.IntN(len(values))] }
	all := make([]*hotstore.Document, count)
	for i := range all {
		d := &hotstore.Document{
			Time:      dayOne().Add(time.Duration(random.IntN(count/4+1)) * 7 * time.Minute),
			Cluster:   pick("prod", "stage"),
			Namespace: pick("shop", "shop", "Shop", ""),
			Service:   pick("checkout", "cart", "Cart", "pay*ments", `back\slash`, "ca?t", "日本", ""),
			Direction: pick("IN", "OUT"),
			Protocol:  pick("http", "grpc", "postgres"),
			Tech:      pick("", "envoy"),
			Command:   pick("GET", "POST", "SELECT"),
			Location:  pick("/", "/cart/1", "/a b", `/"quoted"`, "/(x)[y]{z}", "/é"),
			Endpoint:  pick("/", "/cart/{id}", "OTHER"),
			Status:    pick("200", "404", "500", "503", "5e2", "OK", "ERROR: 42601", "-0.0", "", "600", "1e3"),
			Host:      pick("a.example.com", "b.example.com", ""),
			Peer:      pick("web", "mobile", ""),
			Session:   pick("", "s-1", "s-2", "s-3"),
			Trace:     pick("", "0af7651916cd43dd8448eb211c80319c", "4bf92f3577b34da6a3ce929d0e0e4736"),
			Span:      pick("", "00f067aa0ba902b7"),
			Source:    pick("", "ingress"),
			Error:     random.IntN(5) == 0,
			Size:      int64(random.IntN(5000)) + 300, RequestBytes: int64(random.IntN(100)), ResponseBytes: int64(random.IntN(100000)),
			NetworkAddress: pick("10.0.0.1:80", "10.0.0.2:5432"),
		}
		if i%40 == 7 {
			d.Location = strings.Repeat("/long", 2000) + fmt.Sprint(i%3)
		}
		binary.BigEndian.PutUint64(d.UUID[:8], random.Uint64())
		binary.BigEndian.PutUint64(d.UUID[8:], random.Uint64())
		if d.Location != "/" {
			d.URL = d.Location + pick("", "?q=1")
			if d.URL != d.Location {
				d.Path = d.Location
			}
		}
		if d.NoDuration = random.IntN(10) == 0; !d.NoDuration {
			d.Duration = time.Duration(random.Int64N(int64(3 * time.Second)))
		}
		d.LatencyBucket = hotstore.Bucket(d.Duration)
		d.ArchiveURL = "s3://bucket/pairs/v1/date=2026-11-20/hour=22?uuid=" + d.UUID.String()
		if random.IntN(2) == 0 {
			d.Extra = []hotstore.Extra{
				{Name: "order.total", Kind: hotstore.ExtraNumber, Number: float64(random.IntN(3)) + 0.5},
				{Name: "tenant", Text: pick("acme", "globex")},
				{Name: "vip", Kind: hotstore.ExtraBool, Bool: random.IntN(2) == 0},
			}
		}
		all[i] = d
	}
	if count > 3 { // the same time for all of these, so that the uuid decides
		for _, d := range all[:count/3] {
			d.Time = dayOne().Add(time.Hour)
		}
	}
	return all
}

func uuids(documents []*hotstore.Document) []rrpair.UUID {
	ids := make([]rrpair.UUID, len(documents))
	for i, document := range documents {
		ids[i] = document.UUID
	}
	return ids
}
