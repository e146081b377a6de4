package rrpairreceiver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// ledgerIndex is the storage key of the list of all entries; a storage cannot
// list its keys.
const ledgerIndex = "files"

// forgetAfter is how long a file that is gone is remembered: a rotated file may
// come back under another name, one from a backup after a weekend.
const forgetAfter = 7 * 24 * time.Hour

// fileEntry is what is remembered of one file, whatever its name is by now. It
// says how far the pipeline has taken it.
type fileEntry struct {
	ID   int    `json:"id"`
	Path string `json:"path"` // where it was seen last

	Head mark `json:"head"` // its first bytes
	Tail mark `json:"tail"` // the bytes in front of Offset

	Offset int64 `json:"offset"` // bytes taken, of the decompressed text
	Line   int   `json:"line"`   // lines up to there

	// Done marks a compressed file that was read to its end; RawSize and RawTail
	// are then its size on disk and its last bytes.
	Done    bool  `json:"done,omitempty"`
	RawSize int64 `json:"raw_size,omitempty"`
	RawTail mark  `json:"raw_tail,omitzero"`

	Seen time.Time `json:"seen"` // when the file was there last
}

// ledger keeps an entry for every file, each under its own key. It is used by
// one goroutine.
type ledger struct {
	client  storage.Client
	entries map[int]*fileEntry
	nextID  int
	fresh   bool // nothing was remembered when it was opened
}

type ledgerList struct {
	NextID int   `json:"next_id"`
	IDs    []int `json:"ids"`
}

func entryKey(id int) string {
	return "file/" + strconv.Itoa(id)
}

// openLedger reads everything that the storage remembers.
func openLedger(ctx context.Context, client storage.Client) (*ledger, error) {
	l := &ledger{client: client, entries: make(map[int]*fileEntry)}
	data, err := client.Get(ctx, ledgerIndex)
	if err != nil {
		return nil, fmt.Errorf("read the list of files from the storage: %w", err)
	}
	if data == nil {
		l.fresh = true
		return l, nil
	}
	var list ledgerList
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("read the list of files from the storage: %w", err)
	}
	l.nextID = list.NextID
	for _, id := range list.IDs {
		data, err := client.Get(ctx, entryKey(id))
		if err != nil {
			return nil, fmt.Errorf("read entry %d of the files from the storage: %w", id, err)
		}
		if data == nil {
			continue
		}
		entry := new(fileEntry)
		if err := json.Unmarshal(data, entry); err != nil {
			return nil, fmt.Errorf("read entry %d of the files from the storage: %w", id, err)
		}
		l.entries[id] = entry
	}
	return l, nil
}

// add begins to remember a file.
func (l *ledger) add(ctx context.Context, entry *fileEntry) error {
	entry.ID = l.nextID
	l.nextID++
	l.entries[entry.ID] = entry
	l.fresh = false
	return l.write(ctx, entry)
}

// opened remembers that a first start has been, even if it found no file.
func (l *ledger) opened(ctx context.Context) error {
	if !l.fresh {
		return nil
	}
	l.fresh = false
	return l.write(ctx)
}

// save remembers how far a file was taken.
func (l *ledger) save(ctx context.Context, entry *fileEntry) error {
	data, err := json.Marshal(entry)
	if err == nil {
		err = l.client.Set(ctx, entryKey(entry.ID), data)
	}
	if err != nil {
		return fmt.Errorf("store the checkpoint of %s: %w", entry.Path, err)
	}
	return nil
}

// forget drops the entries of files that have not been seen for long.
func (l *ledger) forget(ctx context.Context, now time.Time) error {
	var operations []*storage.Operation
	for id, entry := range l.entries {
		if now.Sub(entry.Seen) > forgetAfter {
			delete(l.entries, id)
			operations = append(operations, storage.DeleteOperation(entryKey(id)))
		}
	}
	if len(operations) == 0 {
		return nil
	}
	return l.writeList(ctx, operations)
}

func (l *ledger) write(ctx context.Context, changed ...*fileEntry) error {
	var operations []*storage.Operation
	for _, entry := range changed {
		data, err := json.Marshal(entry)
		if err != nil {
			return fmt.Errorf("store the checkpoint of %s: %w", entry.Path, err)
		}
		operations = append(operations, storage.SetOperation(entryKey(entry.ID), data))
	}
	return l.writeList(ctx, operations)
}

func (l *ledger) writeList(ctx context.Context, operations []*storage.Operation) error {
	list := ledgerList{NextID: l.nextID, IDs: make([]int, 0, len(l.entries))}
	for id := range l.entries {
		list.IDs = append(list.IDs, id)
	}
	data, err := json.Marshal(list)
	if err == nil {
		err = l.client.Batch(ctx, append(operations, storage.SetOperation(ledgerIndex, data))...)
	}
	if err != nil {
		return fmt.Errorf("store the list of files: %w", err)
	}
	return nil
}

func (l *ledger) close(ctx context.Context) error {
	if err := l.client.Close(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("close the storage of the files: %w", err)
	}
	return nil
}
