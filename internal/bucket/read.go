package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gocloud.dev/blob"
)

// Get reads a whole object into memory; for small ones.
func (b *Bucket) Get(ctx context.Context, key string) ([]byte, error) {
	var data []byte
	err := b.attempt(ctx, "get", key, 0, func(ctx context.Context) error {
		var err error
		data, err = b.blobs.ReadAll(ctx, key)
		return err
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}

// ReadRange reads exactly length bytes from offset. ErrShort when the object ends before.
func (b *Bucket) ReadRange(ctx context.Context, key string, offset, length int64) ([]byte, error) {
	if length <= 0 || offset < 0 {
		return nil, nil
	}
	data := make([]byte, length)
	err := b.attempt(ctx, "read", key, b.uploadLimit(length), func(ctx context.Context) error {
		reader, err := b.blobs.NewRangeReader(ctx, key, offset, length, nil)
		if err != nil {
			return err
		}
		defer func() { _ = reader.Close() }()
		n, err := io.ReadFull(reader, data)
		if err != nil && errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			if offset+int64(n) >= reader.Size() {
				return ErrShort
			}
			return io.ErrUnexpectedEOF
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}

// Open reads an object from its start. A connection that breaks on the way is taken up again where it broke, as often
// as the retries allow. The context bounds the whole reading; close the reader when done.
func (b *Bucket) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r := &resumingReader{ctx: ctx, bucket: b, key: key}
	if err := b.attempt(ctx, "open", key, 0, r.connect); err != nil {
		return nil, err
	}
	return r, nil
}

// resumingReader reads on from where it was when a connection breaks.
type resumingReader struct {
	ctx     context.Context
	bucket  *Bucket
	key     string
	current *blob.Reader
	offset  int64
}

func (r *resumingReader) connect(ctx context.Context) error {
	current, err := r.bucket.blobs.NewRangeReader(ctx, r.key, r.offset, -1, nil)
	if err == nil {
		r.current = current
	}
	return err
}

// Read implements io.Reader.
func (r *resumingReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	var n int
	var end bool
	err := r.bucket.attempt(r.ctx, "read", r.key, 0, func(ctx context.Context) error {
		if r.current == nil {
			if err := r.connect(ctx); err != nil {
				return err
			}
		}
		var err error
		n, err = r.current.Read(p)
		r.offset += int64(n)
		if errors.Is(err, io.EOF) && r.offset >= r.current.Size() {
			end = true
			return nil
		}
		if err != nil {
			_ = r.current.Close()
			r.current = nil
			if n > 0 {
				return nil // what came is handed on; the next Read connects again
			}
			if errors.Is(err, io.EOF) {
				return io.ErrUnexpectedEOF
			}
		}
		return err
	})
	if err == nil && end {
		return n, io.EOF
	}
	return n, err
}

// Close implements io.Closer.
func (r *resumingReader) Close() error {
	if r.current == nil {
		return nil
	}
	err := r.current.Close()
	r.current = nil
	return r.bucket.wrap("close", r.key, err)
}

// Stat asks for an object's size, time and version without reading it.
func (b *Bucket) Stat(ctx context.Context, key string) (Object, error) {
	var object Object
	err := b.attempt(ctx, "stat", key, b.cfg.RequestTimeout, func(ctx context.Context) error {
		attributes, err := b.blobs.Attributes(ctx, key)
		if err != nil {
			return err
		}
		object = Object{Key: key, Size: attributes.Size, ModTime: attributes.ModTime, ETag: trimETag(attributes.ETag)}
		if b.location.scheme == schemeMemory {
			object.ETag = timeTag(attributes.ModTime, attributes.Size)
		}
		return nil
	})
	return object, err
}

// timeTag tells versions apart where the store has nothing better.
func timeTag(modified time.Time, size int64) string {
	return fmt.Sprintf("%x-%x", modified.UnixNano(), size)
}

func trimETag(tag string) string {
	return strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
}
