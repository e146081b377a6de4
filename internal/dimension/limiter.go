package dimension

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Other is the endpoint of locations beyond the bound on endpoints of a service.
const Other = "{other}"

const (
	// maxServices bounds the services whose endpoints are told apart: those beyond share one set, so that a service's
	// name that is made up anew for each pair cannot fill the memory.
	maxServices = 1000
	// forgetHours is after how long an endpoint that was not seen makes room for another, in hours.
	forgetHours = 24
)

// Limiter bounds how many endpoints a service has. Safe for concurrent use.
type Limiter struct {
	most     int
	hour     atomic.Int64
	mu       sync.RWMutex
	services map[string]*endpoints
}

// endpoints are those of one service. The limiter's lock guards the map.
type endpoints struct {
	service string
	names   map[string]*endpointName
	swept   int64 // the hour of the last look for names to forget
}

type endpointName struct {
	name string
	seen atomic.Int64 // hour
}

// NewLimiter bounds each service to so many endpoints.
func NewLimiter(most int) *Limiter {
	return &Limiter{most: most, services: make(map[string]*endpoints)}
}

// At says what time it is, which ages endpoints.
func (l *Limiter) At(now time.Time) { l.hour.Store(now.Unix() / int64(time.Hour/time.Second)) }

// Admit gives the name to use for an endpoint of a service, in memory of its own: the endpoint, or [Other] when the
// service has too many; then counted is the service that it counts for.
func (l *Limiter) Admit(service, endpoint string) (name string, overflows bool, counted string) {
	if endpoint == "" {
		return "", false, service
	}
	hour := l.hour.Load()
	l.mu.RLock()
	known := l.services[service]
	if known == nil && len(l.services) >= maxServices {
		known = l.services[Other]
	}
	var found *endpointName
	if known != nil {
		found = known.names[endpoint]
	}
	l.mu.RUnlock()
	if found == nil {
		return l.add(service, endpoint, hour)
	}
	if found.seen.Load() != hour {
		found.seen.Store(hour)
	}
	return found.name, false, known.service
}

func (l *Limiter) add(service, endpoint string, hour int64) (name string, overflows bool, counted string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.services[service]
	if known == nil && len(l.services) >= maxServices {
		service = Other
		known = l.services[service]
	}
	if known == nil {
		known = &endpoints{service: strings.Clone(service), names: make(map[string]*endpointName), swept: hour}
		l.services[known.service] = known
	}
	if found := known.names[endpoint]; found != nil {
		return found.name, false, known.service
	}
	if len(known.names) >= l.most && !known.forget(hour) {
		return Other, true, known.service
	}
	added := &endpointName{name: strings.Clone(endpoint)}
	added.seen.Store(hour)
	known.names[added.name] = added
	return added.name, false, known.service
}

// forget makes room, once an hour at most.
func (e *endpoints) forget(hour int64) (made bool) {
	if e.swept == hour {
		return false
	}
	e.swept = hour
	before := len(e.names)
	for name, one := range e.names {
		if hour-one.seen.Load() >= forgetHours {
			delete(e.names, name)
		}
	}
	return len(e.names) < before
}

// Each tells how many endpoints each service has.
func (l *Limiter) Each(tell func(service string, endpoints int)) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, one := range l.services {
		tell(one.service, len(one.names))
	}
}
