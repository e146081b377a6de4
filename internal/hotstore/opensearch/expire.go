package opensearch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Expire implements hotstore.Expirer. It deletes indices that hold nothing from before on, and where indices go by size
// begins a new one when the present one is full. Where the cluster's own policy does both, it does nothing. Of several
// collectors one does it, and the others return at once.
func (s *Store) Expire(ctx context.Context, before time.Time) (partitions int, err error) {
	policy, err := s.getPolicy(ctx)
	if err == nil && policy != nil {
		return 0, nil
	}
	if err != nil && !errors.Is(err, errNoISM) {
		return 0, fmt.Errorf("expire hot documents: %w", err)
	}
	lock, err := s.lock(ctx)
	if err != nil || lock == nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, lock.release(context.WithoutCancel(ctx))) }()
	if s.cfg.rollsOver() {
		if err := s.rollOver(ctx); err != nil {
			return 0, fmt.Errorf("expire hot documents: %w", err)
		}
	}
	expired, err := s.expired(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("expire hot documents: %w", err)
	}
	for _, index := range expired {
		err := s.client.readJSON(ctx, http.MethodDelete, "/"+index, nil, nil, nil)
		switch {
		case err == nil:
			partitions++
		case !hasStatus(err, http.StatusNotFound):
			return partitions, fmt.Errorf("expire hot documents: delete %s: %w", index, err)
		}
	}
	return partitions, nil
}

// expired lists the indices whose documents are all older.
func (s *Store) expired(ctx context.Context, before time.Time) ([]string, error) {
	rows, err := s.indices(ctx)
	if err != nil {
		return nil, err
	}
	var written string // the index that is written to now
	if s.cfg.rollsOver() {
		names, err := s.rolledIndices(ctx)
		if err != nil {
			return nil, err
		}
		if len(names) > 0 {
			written = names[len(names)-1]
		}
	}
	var names []string
	for _, row := range rows {
		if _, to, dated := s.cfg.covered(row.Index); dated {
			if !to.After(before) {
				names = append(names, row.Index)
			}
			continue
		}
		if row.Index == written {
			continue
		}
		isOld, err := s.allBefore(ctx, row.Index, before)
		if err != nil {
			return nil, err
		}
		if isOld {
			names = append(names, row.Index)
		}
	}
	return names, nil
}

// allBefore says that an index, which is refreshed first, holds no document from that time on.
func (s *Store) allBefore(ctx context.Context, index string, before time.Time) (bool, error) {
	if err := s.client.readJSON(ctx, http.MethodPost, "/"+index+"/_refresh", nil, nil, nil); err != nil {
		return false, err
	}
	body := object{"size": 0, "track_total_hits": 1, "query": timeRange(before, time.Time{})}
	answer, err := s.query(ctx, []string{index}, body)
	if err != nil {
		return false, err
	}
	return answer.Hits.Total.Value == 0, nil
}

// lockTime is how long a lock holds whose owner was killed.
const lockTime = 5 * time.Minute

// held is a lock that this process holds.
type held struct {
	store       *Store
	seqNo, term int64
}

// lockDocument says until when a lock holds.
type lockDocument struct {
	Until time.Time `json:"until"`
}

type lockAnswer struct {
	SeqNo       int64        `json:"_seq_no"`
	PrimaryTerm int64        `json:"_primary_term"`
	Source      lockDocument `json:"_source"`
}

func (s *Store) lockPath(verb string) string { return "/" + s.cfg.lockIndex() + "/" + verb + "/expire" }

// lock takes the lock: a document that only one can create, and that anyone may take over when its time is past. It
// returns nil where another one holds it.
func (s *Store) lock(ctx context.Context) (*held, error) {
	document := lockDocument{Until: s.now().Add(lockTime).UTC()}
	body, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("lock the hot store: %w", err)
	}
	taken, err := s.putLock(ctx, s.lockPath("_create"), nil, body)
	if !hasStatus(err, http.StatusConflict) {
		return taken, err
	}
	var present lockAnswer
	if err := s.client.readJSON(ctx, http.MethodGet, s.lockPath("_doc"), nil, nil, &present); err != nil {
		if hasStatus(err, http.StatusNotFound) {
			return nil, nil // released this moment: its owner has just done the work
		}
		return nil, fmt.Errorf("lock the hot store: %w", err)
	}
	if s.now().Before(present.Source.Until) {
		return nil, nil
	}
	taken, err = s.putLock(ctx, s.lockPath("_doc"), unchanged(present.SeqNo, present.PrimaryTerm), body)
	if hasStatus(err, http.StatusConflict) {
		return nil, nil // another one was faster
	}
	return taken, err
}

// putLock writes the lock once: a second try after a lost answer would find its own first one.
func (s *Store) putLock(ctx context.Context, path string, condition url.Values, body []byte) (*held, error) {
	data, err := s.client.once(ctx, call{method: http.MethodPut, path: path, query: condition, body: body})
	if err != nil {
		return nil, fmt.Errorf("lock the hot store: %w", err)
	}
	var answer lockAnswer
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, fmt.Errorf("lock the hot store: read the answer: %w", err)
	}
	return &held{store: s, seqNo: answer.SeqNo, term: answer.PrimaryTerm}, nil
}

func (h *held) release(ctx context.Context) error {
	_, err := h.store.client.read(ctx, call{method: http.MethodDelete, path: h.store.lockPath("_doc"),
		query: unchanged(h.seqNo, h.term)})
	if err != nil && !hasStatus(err, http.StatusNotFound) && !hasStatus(err, http.StatusConflict) {
		return fmt.Errorf("unlock the hot store: %w", err)
	}
	return nil
}

// unchanged is the condition that a document is still the one that was read.
func unchanged(seqNo, term int64) url.Values {
	return url.Values{"if_seq_no": {strconv.FormatInt(seqNo, 10)}, "if_primary_term": {strconv.FormatInt(term, 10)}}
}
