package demo

// service is one deployment of the shop, with the sidecar that captures its traffic.
type service struct {
	name   string
	port   int
	cpu    int64 // median time it takes for a request, in microseconds
	server string
	agent  string // User-Agent of its own requests
	addr   [4]byte
	pods   [podsPerService]pod
	index  int
}

type pod struct {
	name     string // like cart-6d8f9b7c54-x2x7q
	addr     [4]byte
	sequence int64 // of recordings made at this pod
	outside  bool  // runs outside the cluster: its recordings lack the tags that Kubernetes gives
}

const (
	podsPerService = 3
	clusterName    = "shop-eu-1"
	namespaceName  = "shop"
	proxyVersion   = "v2.5.814"
)

const (
	frontend = iota
	users
	catalog
	cart
	checkout
	payments
	inventory
	shipping
	reviews
	serviceCount
)

// ServiceNames lists the services of the shop, in the order of their place in the call tree.
func ServiceNames() []string {
	return []string{"frontend", "users", "catalog", "cart", "checkout", "payments", "inventory", "shipping", "reviews"}
}

func newServices(r *random) []service {
	services := []service{
		frontend:  {port: 8080, cpu: 2500, server: "nginx/1.27.3", agent: "node"},
		users:     {port: 8081, cpu: 4000, server: "uvicorn", agent: "python-httpx/0.28.1"},
		catalog:   {port: 8082, cpu: 1800, agent: "Go-http-client/1.1"},
		cart:      {port: 8083, cpu: 1200, server: "Kestrel", agent: "shop-cart/3.2"},
		checkout:  {port: 8084, cpu: 9000, agent: "Go-http-client/1.1"},
		payments:  {port: 8085, cpu: 7000, server: "Jetty(12.0.16)", agent: "Java-http-client/21.0.5"},
		inventory: {port: 9090, cpu: 900, agent: "grpc-go/1.77.0"},
		shipping:  {port: 8087, cpu: 5000, server: "Puma 6.5.0", agent: "Faraday v2.12.2"},
		reviews:   {port: 8088, cpu: 3000, server: "Apache/2.4.62", agent: "GuzzleHttp/7"},
	}
	const podLetters = "bcdfghjklmnpqrstvwxz2456789"
	for i := range services {
		s := &services[i]
		s.name, s.index = ServiceNames()[i], i
		s.addr = [4]byte{10, 96, byte(r.below(256)), byte(r.between(2, 250))}
		for p := range s.pods {
			name := append([]byte(s.name), '-')
			for j := range 15 {
				if j == 9 {
					name = append(name, '-')
					continue
				}
				name = append(name, podLetters[r.below(len(podLetters))])
			}
			s.pods[p] = pod{
				name:     string(name),
				addr:     [4]byte{10, 244, byte(r.below(4)), byte(r.between(2, 250))},
				sequence: int64(r.between(1000, 9_000_000)),
				outside:  p == podsPerService-1,
			}
		}
	}
	return services
}

// peer is something a service calls that is not part of the shop.
type peer struct {
	host string
	port int
	addr [4]byte
}

type peers struct{ postgres, broker, cardGate, carrier peer }

func newPeers() peers {
	return peers{
		postgres: peer{"postgres.shop.svc.cluster.local", 5432, [4]byte{10, 96, 41, 7}},
		broker:   peer{"rabbitmq.shop.svc.cluster.local", 5672, [4]byte{10, 96, 88, 19}},
		cardGate: peer{"api.cardgate.example", 443, [4]byte{203, 0, 113, 24}},
		carrier:  peer{"rates.parcelhub.example", 443, [4]byte{198, 51, 100, 77}},
	}
}

// connection is a TCP connection that recordings share; its counters grow.
type connection struct {
	id          int64
	established int64 // unix ns, seen from the client
	downstream  [4]byte
	port        int
	sent, got   int64 // bytes by the client, by the server
	left        int   // requests until it is closed
}

// connectionsPerSide keeps a few connections open for each service and direction, as pools do.
const connectionsPerSide = 8

// connect picks an open connection of the service's side, or opens a new one at the time now.
func (g *Generator) connect(s *service, outbound bool, client [4]byte, now int64) *connection {
	r := &g.random
	side := s.index * 2
	if outbound {
		side++
	}
	c := &g.connections[side*connectionsPerSide+r.below(connectionsPerSide)]
	if c.left == 0 || c.established > now {
		g.connectionID++
		*c = connection{
			id: g.connectionID, established: now - int64(r.between(200_000, 40_000_000)),
			downstream: client, port: r.between(32768, 60999), left: r.between(1, 60),
		}
	}
	c.left--
	return c
}
