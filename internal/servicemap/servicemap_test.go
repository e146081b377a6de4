package servicemap

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// call is a group of n requests of which one in ten failed.
func call(service, namespace, direction, peer, protocol string, n int64) hotstore.Group {
	start := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	group := hotstore.Group{Keys: []string{service, namespace, direction, peer, protocol}, Requests: n, Errors: n / 10,
		RequestBytes: 100 * n, ResponseBytes: 1000 * n, First: start, Last: start.Add(time.Duration(n) * time.Second)}
	group.Latency.AddBucket(hotstore.Bucket(20*time.Millisecond), n, 20*time.Millisecond)
	return group
}

// brief is an edge as the tests compare it.
type brief struct {
	caller, callee, protocol, seenBy string
	requests, calleeSaw              int64
}

func briefs(m *Map) (all []brief) {
	for _, edge := range m.Edges {
		one := brief{edge.Caller, edge.Callee, edge.Protocol, edge.SeenBy, edge.Requests, -1}
		if edge.CalleeSide != nil {
			one.calleeSaw = edge.CalleeSide.Requests
		}
		all = append(all, one)
	}
	return all
}

func TestACallSeenFromBothEndsIsCountedOnce(t *testing.T) {
	m := Build([]hotstore.Group{
		call("frontend", "shop", "OUT", "checkout:8080", "http", 100),
		call("checkout", "shop", "IN", "frontend", "HTTP", 97),
		call("checkout", "shop", "OUT", "db.internal", "postgres", 30),
		call("checkout", "shop", "IN", "10.0.0.7", "http", 5),
		call("checkout", "shop", "IN", "10.0.0.8", "http", 6),
		call("frontend", "shop", "IN", "", "http", 50),
	}, Options{})
	require.Equal(t, []brief{
		{Unknown, "checkout", "http", SeenByCallee, 11, -1},
		{Unknown, "frontend", "http", SeenByCallee, 50, -1},
		{"checkout", "db.internal", "postgres", SeenByCaller, 30, -1},
		{"frontend", "checkout", "http", SeenByBoth, 100, 97},
	}, briefs(m))
	require.Equal(t, []Node{{Unknown, Nobody}, {"checkout", Service}, {"db.internal", External}, {"frontend", Service}}, m.Nodes)
	require.EqualValues(t, 61, m.Unnamed)
	edge := m.Edges[3]
	require.EqualValues(t, 10, edge.Errors)
	require.EqualValues(t, 9, edge.CalleeSide.Errors)
	require.EqualValues(t, 100, edge.Latency.Count())
	require.Equal(t, 100*time.Second, edge.Last.Sub(edge.First))
}

func TestAddressesOneByOne(t *testing.T) {
	m := Build([]hotstore.Group{
		call("checkout", "", "IN", "10.0.0.8", "http", 6),
		call("checkout", "", "IN", "10.0.0.7", "http", 5),
		call("checkout", "", "IN", "fd00::1", "http", 4),
		call("checkout", "", "IN", "", "http", 3),
	}, Options{Addresses: true})
	require.Equal(t, []brief{
		{Unknown, "checkout", "http", SeenByCallee, 3, -1},
		{"10.0.0.7", "checkout", "http", SeenByCallee, 5, -1},
		{"10.0.0.8", "checkout", "http", SeenByCallee, 6, -1},
		{"fd00::1", "checkout", "http", SeenByCallee, 4, -1},
	}, briefs(m))
	require.EqualValues(t, 18, m.Unnamed)
}

func TestHostsThatMeanAService(t *testing.T) {
	services := []hotstore.Group{
		call("frontend", "shop", "IN", "", "", 1), call("checkout", "shop", "IN", "", "", 1), call("api", "shop", "IN", "", "", 1),
		call("api", "billing", "IN", "", "", 1), call("legacy", undefined, "IN", "", "", 1), call("ledger", "billing", "IN", "", "", 1),
	}
	for peer, want := range map[string]string{
		"checkout":                                "shop/checkout",
		"Checkout:8080":                           "shop/checkout",
		"checkout.":                               "shop/checkout",
		"checkout.shop":                           "shop/checkout",
		"checkout.shop.svc":                       "shop/checkout",
		"checkout.shop.svc.cluster.local:8080":    "shop/checkout",
		"checkout.shop.svc.acme.example":          "shop/checkout",
		"checkout-0.checkout.shop.svc.acme.local": "shop/checkout",
		"api":                                "shop/api", // said in shop
		"api.billing":                        "billing/api",
		"ledger":                             "billing/ledger",
		"legacy":                             "legacy",
		"legacy.shop.svc.cluster.local":      "legacy",
		"api.stripe.com":                     "api.stripe.com",
		"api.com":                            "api.com",
		"checkout.billing.svc.cluster.local": "checkout.billing.svc.cluster.local",
		"checkout.shop.example":              "checkout.shop.example",
		"10.0.0.1:443":                       "10.0.0.1",
		"[fd00::1]:443":                      "fd00::1",
		"svc":                                "svc",
		".svc.":                              ".svc",
		"":                                   Unknown,
	} {
		m := Build(append(services, call("frontend", "shop", "OUT", peer, "http", 2)), Options{ByNamespace: true})
		callee := ""
		for _, edge := range m.Edges {
			if edge.Caller == "shop/frontend" {
				callee = edge.Callee
			}
		}
		require.Equal(t, want, callee, peer)
	}
}

func TestWithoutNamespacesServicesOfOneNameAreOne(t *testing.T) {
	m := Build([]hotstore.Group{
		call("api", "shop", "IN", "web-7d9f8b6c5d-x2x4z", "http", 10), call("api", "billing", "IN", "web", "http", 20),
		call("web", "elsewhere", "OUT", "api", "http", 31),
	}, Options{})
	require.Equal(t, []brief{{"web", "api", "http", SeenByBoth, 31, 30}}, briefs(m))
	m = Build([]hotstore.Group{
		call("api", "shop", "IN", "web-0", "http", 10), call("api", "billing", "IN", "web-kx2m4", "http", 20),
		call("web", "elsewhere", "OUT", "api", "http", 31),
	}, Options{ByNamespace: true})
	require.Equal(t, []brief{
		{"elsewhere/web", "api", "http", SeenByCaller, 31, -1}, // which of the two, nothing tells
		{"elsewhere/web", "billing/api", "http", SeenByCallee, 20, -1},
		{"elsewhere/web", "shop/api", "http", SeenByCallee, 10, -1},
	}, briefs(m))
}

func TestPodsOfKnownServicesOnly(t *testing.T) {
	m := Build([]hotstore.Group{
		call("api", "", "IN", "web-7d9f8b6c5d-x2x4z", "http", 1), call("api", "", "IN", "build-agent-12", "http", 2),
		call("web", "", "OUT", "api-0", "http", 3), // nobody calls a pod by its bare name
	}, Options{})
	require.Equal(t, []brief{
		{"build-agent-12", "api", "http", SeenByCallee, 2, -1},
		{"web", "api", "http", SeenByCallee, 1, -1},
		{"web", "api-0", "http", SeenByCaller, 3, -1},
	}, briefs(m))
}

func TestTheOrderOfGroupsDoesNotMatter(t *testing.T) {
	groups := []hotstore.Group{
		call("a", "x", "OUT", "b", "http", 4), call("b", "x", "IN", "a", "http", 3), call("b", "y", "IN", "10.1.1.1", "grpc", 2),
		call("", "y", "OUT", "c", "http", 7), call("c", undefined, "IN", "a.x", "http", 9), call("a", "y", "OUT", "(unknown)", "http", 1),
	}
	want := Build(groups, Options{ByNamespace: true})
	for seed := range uint64(20) {
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
		require.Equal(t, want, Build(groups, Options{ByNamespace: true}))
	}
}

func TestBusyEdges(t *testing.T) {
	m := Build([]hotstore.Group{call("a", "", "OUT", "b", "http", 10), call("a", "", "OUT", "c", "http", 2)}, Options{}).Busy(10)
	require.Equal(t, []brief{{"a", "b", "http", SeenByCaller, 10, -1}}, briefs(m))
	require.Equal(t, []Node{{"a", Service}, {"b", External}}, m.Nodes)
	require.Empty(t, Build(nil, Options{}).Edges)
	require.Empty(t, Build([]hotstore.Group{{Keys: []string{"a"}}}, Options{}).Nodes)
}
