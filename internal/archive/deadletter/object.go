package deadletter

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

const (
	// root is the folder beside the archive's data.
	root = "deadletter/"
	// maxReason bounds the words of one line, in bytes.
	maxReason = 4 << 10
	// maxBody is the largest record kept, in bytes: the receiver admits no larger message, and encryption and encoding
	// need a few times as much memory. Of a larger one only the hash is kept.
	maxBody = 64 << 20
	// nameTime sorts by time and has no characters that a store minds.
	nameTime = "20060102T150405.000000Z"
)

// line is one record as it is stored.
type line struct {
	time      time.Time
	component string
	text      []byte // with the line feed
}

// day gathers the lines of one date.
type day struct {
	first   time.Time
	text    bytes.Buffer
	records map[string]int
}

// entry is the JSON of a line.
type entry struct {
	Time      string `json:"time"`
	Component string `json:"component"`
	Reason    string `json:"reason"`
	SHA256    string `json:"sha256,omitempty"`
	// KeyedHash stands for SHA256 where the component has a key.
	KeyedHash string `json:"keyed_hash,omitempty"`
	Bytes     int    `json:"bytes"`
	// Record is the record, encrypted with age, in base64.
	Record string `json:"record,omitempty"`
	// Omitted says why there is no record although there are recipients.
	Omitted string `json:"omitted,omitempty"`
}

func (w *Writer) line(record Record) (line, error) {
	at := record.Time.UTC()
	if record.Time.IsZero() {
		at = time.Now().UTC()
	}
	e := entry{
		Time: at.Format(time.RFC3339Nano), Component: record.Component, KeyedHash: record.KeyedHash, Bytes: len(record.Body),
		Reason: strings.ToValidUTF8(record.Reason[:min(len(record.Reason), maxReason)], "�"),
	}
	if record.KeyedHash == "" {
		sum := sha256.Sum256(record.Body)
		e.SHA256 = hex.EncodeToString(sum[:])
	}
	if len(w.recipients) > 0 {
		if len(record.Body) > maxBody {
			e.Omitted = fmt.Sprintf("larger than %d bytes", maxBody)
		} else {
			sealed, err := w.encrypt(record.Body)
			if err != nil {
				return line{}, fmt.Errorf("dead letter: encrypt record: %w", err)
			}
			e.Record = sealed
		}
	}
	text, err := json.Marshal(e)
	if err != nil {
		return line{}, fmt.Errorf("dead letter: encode record: %w", err)
	}
	return line{time: at, component: record.Component, text: append(text, '\n')}, nil
}

func (w *Writer) encrypt(body []byte) (string, error) {
	var sealed bytes.Buffer
	encoder := base64.NewEncoder(base64.StdEncoding, &sealed)
	plain, err := age.Encrypt(encoder, w.recipients...)
	if err != nil {
		return "", err
	}
	if _, err := plain.Write(body); err != nil {
		return "", err
	}
	if err := plain.Close(); err != nil {
		return "", err
	}
	if err := encoder.Close(); err != nil {
		return "", err
	}
	return sealed.String(), nil
}

func (b *batch) add(l line) {
	date := l.time.Format(time.DateOnly)
	d := b.days[date]
	if d == nil {
		d = &day{first: l.time, records: map[string]int{}}
		b.days[date] = d
	}
	if l.time.Before(d.first) {
		d.first = l.time
	}
	d.text.Write(l.text)
	d.records[l.component]++
	b.size += len(l.text)
}

// flush writes one object per day of the batch.
func (w *Writer) flush(b *batch) error {
	for _, date := range slices.Sorted(maps.Keys(b.days)) {
		if err := w.storeDay(date, b.days[date]); err != nil {
			return err
		}
	}
	return nil
}

// storeDay names the object after its content, so that the same batch written twice is one object.
func (w *Writer) storeDay(date string, d *day) error {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true))
	if err != nil {
		return fmt.Errorf("dead letter: compress: %w", err)
	}
	data := encoder.EncodeAll(d.text.Bytes(), nil)
	sum := sha256.Sum256(data)
	key := root + "date=" + date + "/" + d.first.Format(nameTime) + "-" + hex.EncodeToString(sum[:8]) + ".ndjson.zst"
	_, err = w.store.PutIfAbsent(w.ctx, key, bytes.NewReader(data), int64(len(data)), bucket.PutOptions{ContentType: "application/zstd", KeepWarm: true})
	if err != nil {
		return fmt.Errorf("dead letter: %w", err)
	}
	if w.observe != nil {
		w.observe(Stored{Key: key, Records: d.records, Bytes: len(data)})
	}
	return nil
}
