package servicemap

import (
	"net/netip"
	"slices"
	"strings"
)

// undefined is what capture leaves where it knows no name.
const undefined = "undefined"

// place is a service that traffic was captured at.
type place struct{ namespace, service string }

// directory knows the captured services and finds them under the names by which others call them.
type directory struct {
	byNamespace bool
	places      map[string][]place // by lower-case service, sorted
}

func newDirectory(byNamespace bool) *directory {
	return &directory{byNamespace: byNamespace, places: map[string][]place{}}
}

func known(name string) string {
	if name == undefined {
		return ""
	}
	return name
}

func (d *directory) learn(namespace, service string) {
	found := place{known(namespace), known(service)}
	if found.service == "" {
		return
	}
	key := strings.ToLower(found.service)
	all := d.places[key]
	at, isThere := slices.BinarySearchFunc(all, found, comparePlaces)
	if !isThere {
		d.places[key] = slices.Insert(all, at, found)
	}
}

func comparePlaces(x, y place) int {
	if c := strings.Compare(x.namespace, y.namespace); c != 0 {
		return c
	}
	return strings.Compare(x.service, y.service)
}

// name is how a service is shown.
func (d *directory) name(p place) string {
	if d.byNamespace && p.namespace != "" {
		return p.namespace + "/" + p.service
	}
	return p.service
}

// service names the place where traffic was captured.
func (d *directory) service(namespace, service string) (string, Kind) {
	p := place{known(namespace), known(service)}
	if p.service == "" {
		return Unknown, Nobody
	}
	return d.name(p), Service
}

// host names whom a service in a namespace called, by the host that it called.
func (d *directory) host(namespace, peer string) (string, Kind) {
	host := normalHost(peer)
	if host == "" {
		return Unknown, Nobody
	}
	if !isAddress(host) {
		if found, isKnown := d.find(known(namespace), host); isKnown {
			return d.name(found), Service
		}
	}
	return host, External
}

// caller names who called a service in a namespace: capture may say the caller's pod, which bears its service's name.
func (d *directory) caller(namespace, peer string) (string, Kind) {
	name, kind := d.host(namespace, peer)
	if kind == External && !isAddress(name) {
		if owner := podOwner(name); owner != "" {
			if found, isKnown := d.find(known(namespace), owner); isKnown {
				return d.name(found), Service
			}
		}
	}
	return name, kind
}

// find looks for the service that a host name means, said in a namespace. Only the forms of cluster DNS are taken apart:
// the first label of any other host (api.example.com) says nothing of a service of that name.
func (d *directory) find(namespace, host string) (place, bool) {
	if found, isKnown := d.choose(d.places[host], namespace); isKnown {
		return found, true
	}
	labels := strings.Split(host, ".")
	at := slices.Index(labels, "svc") // service.namespace.svc[.cluster.local], pod.service.namespace.svc…
	if at < 0 && len(labels) == 2 {
		at = 2 // service.namespace
	}
	if at < 2 {
		return place{}, false
	}
	service, inside := labels[at-2], labels[at-1]
	for _, candidate := range d.places[service] {
		if strings.EqualFold(candidate.namespace, inside) {
			return candidate, true
		}
	}
	if at < len(labels) && len(d.places[service]) == 1 && d.places[service][0].namespace == "" {
		return d.places[service][0], true // captured without its namespace
	}
	return place{}, false
}

// choose takes the service of the same namespace, else the only one. Without namespaces in the names those of one name are
// one node anyway.
func (d *directory) choose(candidates []place, namespace string) (place, bool) {
	for _, candidate := range candidates {
		if candidate.namespace == namespace {
			return candidate, true
		}
	}
	if len(candidates) == 0 || d.byNamespace && len(candidates) > 1 {
		return place{}, false
	}
	return candidates[0], true
}

// normalHost is a host in lower case without port, brackets and the dot at the end of a full name; "" for no host.
func normalHost(peer string) string {
	peer = known(peer)
	if address, err := netip.ParseAddrPort(peer); err == nil {
		return address.Addr().String()
	}
	if inside, isBracketed := strings.CutPrefix(peer, "["); isBracketed {
		peer, _, _ = strings.Cut(inside, "]")
	}
	if host, port, hasPort := strings.Cut(peer, ":"); hasPort && port != "" && strings.Trim(port, "0123456789") == "" {
		peer = host
	}
	return strings.TrimSuffix(strings.ToLower(peer), ".")
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// podLetters are those of which Kubernetes makes the random ends of names.
const podLetters = "bcdfghjklmnpqrstvwxz2456789"

// podOwner is the workload of a pod by the pod's name: web of web-7d9f8b6c5d-x2x4z (a deployment) and of web-0 (a stateful
// set); "" for other names.
func podOwner(pod string) string {
	owner, end, isCut := cutLast(pod)
	if !isCut {
		return ""
	}
	if strings.Trim(end, "0123456789") == "" {
		return owner
	}
	if len(end) != 5 || strings.Trim(end, podLetters) != "" {
		return ""
	}
	deployment, template, isCut := cutLast(owner)
	if isCut && len(template) >= 6 && len(template) <= 10 && strings.Trim(template, podLetters) == "" {
		return deployment
	}
	return owner // a daemon set's
}

func cutLast(name string) (before, after string, isCut bool) {
	at := strings.LastIndexByte(name, '-')
	if at <= 0 || at == len(name)-1 {
		return name, "", false
	}
	return name[:at], name[at+1:], true
}
