package queue

import (
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
)

// cause is one thing that can be wrong with an exporter.
type cause string

const (
	causePush  cause = "push"
	causeQueue cause = "queue"
)

// health reports the exporter's status: a recoverable error as long as any cause lasts, OK when the last is gone.
type health struct {
	mu     sync.Mutex
	host   component.Host
	causes map[cause]error
	pushes int // requests whose last push failed
}

func newHealth() *health { return &health{causes: map[cause]error{}} }

func (h *health) start(host component.Host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.host = host
}

// pushFailed takes note of a failed push; again says that the same request failed before.
func (h *health) pushFailed(err error, again bool) {
	h.mu.Lock()
	if !again {
		h.pushes++
	}
	h.mu.Unlock()
	h.report(causePush, err)
}

// pushWorked takes note of a push that worked; again says that the same request failed before. Health is only
// good when no other request is failing: one folder may be denied while others work.
func (h *health) pushWorked(again bool) {
	h.mu.Lock()
	if again {
		h.pushes--
	}
	good := h.pushes == 0
	h.mu.Unlock()
	if good {
		h.report(causePush, nil)
	}
}

// pushFails says whether a request is waiting to be pushed again.
func (h *health) pushFails() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pushes > 0
}

// report sets or, with nil, clears one cause.
func (h *health) report(c cause, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if (err == nil) == (h.causes[c] == nil) {
		return
	}
	before := len(h.causes)
	if err != nil {
		h.causes[c] = err
	} else {
		delete(h.causes, c)
	}
	if h.host == nil {
		return
	}
	switch {
	case len(h.causes) == 0:
		componentstatus.ReportStatus(h.host, componentstatus.NewEvent(componentstatus.StatusOK))
	case before == 0:
		componentstatus.ReportStatus(h.host, componentstatus.NewRecoverableErrorEvent(err))
	}
}
