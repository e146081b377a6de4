package servicemap

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// Unknown is the name of a node that stands for everybody whom no name is known of.
const Unknown = "(unknown)"

// By lists the dimensions by which the groups are to be made, in the order in which [Build] reads their keys.
func By() []string { return []string{"service", "namespace", "direction", "peer", "l7protocol"} }

const (
	keyService = iota
	keyNamespace
	keyDirection
	keyPeer
	keyProtocol
	keys
)

// Kind tells what a node is.
type Kind string

// The kinds of nodes.
const (
	Service  Kind = "service"  // traffic was captured at it
	External Kind = "external" // a host or an address that a service talks with
	Nobody   Kind = "unknown"  // stands for all that have no name
)

// Who saw a call.
const (
	SeenByCaller = "caller"
	SeenByCallee = "callee"
	SeenByBoth   = "both"
)

// Node is one end of calls.
type Node struct {
	Name string
	Kind Kind
}

// Side is what one end of an edge saw.
type Side struct {
	Requests      int64
	Errors        int64
	RequestBytes  int64 // of bodies
	ResponseBytes int64
	First, Last   time.Time
	Latency       hotstore.Sketch
}

func (s *Side) add(group *hotstore.Group) {
	sum := hotstore.Group{Requests: s.Requests, Errors: s.Errors, RequestBytes: s.RequestBytes, ResponseBytes: s.ResponseBytes,
		First: s.First, Last: s.Last, Latency: s.Latency}
	sum.Merge(group)
	*s = Side{Requests: sum.Requests, Errors: sum.Errors, RequestBytes: sum.RequestBytes, ResponseBytes: sum.ResponseBytes,
		First: sum.First, Last: sum.Last, Latency: sum.Latency}
}

// Edge is one caller calling one callee by one protocol.
type Edge struct {
	Caller, Callee string
	Protocol       string // lower-case, "" where pairs have none
	SeenBy         string
	Side                 // what counts: the caller's side, the callee's where the caller's was not captured
	CalleeSide     *Side // what the callee saw, where both were captured
}

// Map is who calls whom: nodes by name; edges by caller, callee and protocol.
type Map struct {
	Nodes []Node
	Edges []Edge
	// Unnamed counts requests that services received from callers of whom at most an address is known. Some of them may be
	// calls that are also there as their callers saw them.
	Unnamed int64
}

// Options say how nodes are named.
type Options struct {
	// ByNamespace calls services namespace/service, so that those of the same name are told apart.
	ByNamespace bool
	// Addresses shows callers of whom only an address is known one by one, and not together as [Unknown].
	Addresses bool
}

// Build makes the map of groups made by [By]. Groups with other keys are left out.
func Build(groups []hotstore.Group, options Options) *Map {
	names := newDirectory(options.ByNamespace)
	for i := range groups {
		if len(groups[i].Keys) == keys {
			names.learn(groups[i].Keys[keyNamespace], groups[i].Keys[keyService])
		}
	}
	b := builder{options: options, names: names, edges: map[edgeKey]*ends{}, nodes: map[string]Kind{}}
	for i := range groups {
		if len(groups[i].Keys) == keys {
			b.add(&groups[i])
		}
	}
	return b.build()
}

type edgeKey struct{ caller, callee, protocol string }

// ends is an edge as its two ends saw it; nil: nothing was captured there.
type ends struct{ caller, callee *Side }

type builder struct {
	options Options
	names   *directory
	edges   map[edgeKey]*ends
	nodes   map[string]Kind
	unnamed int64
}

func (b *builder) add(group *hotstore.Group) {
	own, kind := b.names.service(group.Keys[keyNamespace], group.Keys[keyService])
	b.see(own, kind)
	key := edgeKey{protocol: strings.ToLower(group.Keys[keyProtocol])}
	if group.Keys[keyDirection] != "IN" { // as the groups count: what is not inbound is outbound
		peer, kind := b.names.host(group.Keys[keyNamespace], group.Keys[keyPeer])
		b.see(peer, kind)
		key.caller, key.callee = own, peer
		edge := b.edge(key)
		if edge.caller == nil {
			edge.caller = &Side{}
		}
		edge.caller.add(group)
		return
	}
	peer, kind := b.names.caller(group.Keys[keyNamespace], group.Keys[keyPeer])
	if kind == Nobody || isAddress(peer) {
		b.unnamed += group.Requests
		if !b.options.Addresses {
			peer, kind = Unknown, Nobody
		}
	}
	b.see(peer, kind)
	key.caller, key.callee = peer, own
	edge := b.edge(key)
	if edge.callee == nil {
		edge.callee = &Side{}
	}
	edge.callee.add(group)
}

func (b *builder) edge(key edgeKey) *ends {
	edge := b.edges[key]
	if edge == nil {
		edge = &ends{}
		b.edges[key] = edge
	}
	return edge
}

// see notes a node; what was captured is a service, whatever else bears its name.
func (b *builder) see(name string, kind Kind) {
	known, isThere := b.nodes[name]
	if !isThere || kind == Service || known == Nobody {
		b.nodes[name] = kind
	}
}

func (b *builder) build() *Map {
	m := &Map{Unnamed: b.unnamed}
	for name, kind := range b.nodes {
		m.Nodes = append(m.Nodes, Node{Name: name, Kind: kind})
	}
	slices.SortFunc(m.Nodes, func(x, y Node) int { return strings.Compare(x.Name, y.Name) })
	for key, seen := range b.edges {
		edge := Edge{Caller: key.caller, Callee: key.callee, Protocol: key.protocol}
		switch {
		case seen.callee == nil:
			edge.SeenBy, edge.Side = SeenByCaller, *seen.caller
		case seen.caller == nil:
			edge.SeenBy, edge.Side = SeenByCallee, *seen.callee
		default:
			edge.SeenBy, edge.Side, edge.CalleeSide = SeenByBoth, *seen.caller, seen.callee
		}
		m.Edges = append(m.Edges, edge)
	}
	slices.SortFunc(m.Edges, func(x, y Edge) int {
		return cmp.Or(strings.Compare(x.Caller, y.Caller), strings.Compare(x.Callee, y.Callee), strings.Compare(x.Protocol, y.Protocol))
	})
	return m
}

// Busy keeps the edges with at least so many requests, and the nodes that have one.
func (m *Map) Busy(requests int64) *Map {
	kept := &Map{Unnamed: m.Unnamed}
	used := map[string]bool{}
	for _, edge := range m.Edges {
		if edge.Requests >= requests {
			kept.Edges = append(kept.Edges, edge)
			used[edge.Caller], used[edge.Callee] = true, true
		}
	}
	for _, node := range m.Nodes {
		if used[node.Name] {
			kept.Nodes = append(kept.Nodes, node)
		}
	}
	return kept
}
