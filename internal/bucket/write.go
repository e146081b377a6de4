package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"gocloud.dev/blob"
)

// PutOptions describe one object. The zero value is fine.
type PutOptions struct {
	// ContentType, default application/octet-stream.
	ContentType string
	// Metadata is kept with the object where the store can (not in a folder or memory). Keys are lower-cased.
	Metadata map[string]string
	// KeepWarm leaves the object in the bucket's own storage class although another is configured: for small objects
	// that must be readable at once, such as manifests.
	KeepWarm bool
}

// uploadConcurrency is how many parts of a large object travel at once. With parts of at most 16 MiB, it bounds the
// memory of an upload whose body is no io.ReaderAt at 48 MiB; a file is read in place.
const uploadConcurrency = 3

// PutIfAbsent stores size bytes of body under key unless the key exists. created is false, without error, when it was
// there already, also when an earlier attempt of this same call put it there and its answer was lost: names that
// stand for their content need no more. The object appears whole or not at all, large ones too. body is read from its
// start at each attempt; if it is an io.ReaderAt (a file, a bytes.Reader), it is not buffered.
func (b *Bucket) PutIfAbsent(ctx context.Context, key string, body io.ReadSeeker, size int64, options PutOptions) (created bool, err error) {
	err = b.attempt(ctx, "put", key, b.uploadLimit(size), func(ctx context.Context) error {
		return b.upload(ctx, key, body, size, options, true)
	})
	if errors.Is(err, ErrExists) {
		return false, nil
	}
	return err == nil, err
}

// Put stores data under key, over what may be there. Idempotent.
func (b *Bucket) Put(ctx context.Context, key string, data []byte, options PutOptions) error {
	return b.attempt(ctx, "put", key, b.uploadLimit(int64(len(data))), func(ctx context.Context) error {
		return b.upload(ctx, key, bytes.NewReader(data), int64(len(data)), options, false)
	})
}

func (b *Bucket) upload(ctx context.Context, key string, body io.ReadSeeker, size int64, options PutOptions, ifAbsent bool) error {
	source, err := fromStart(body, size)
	if err != nil {
		return &Error{Operation: "put", Object: b.objectName(key), Kind: ErrInvalidConfig, Detail: err.Error()}
	}
	contentType := options.ContentType
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	return b.blobs.Upload(ctx, key, source, &blob.WriterOptions{
		ContentType:    contentType,
		Metadata:       b.metadata(options.Metadata),
		IfNotExist:     ifAbsent,
		BufferSize:     partFor(size, b.store.minPart, b.store.partSize),
		MaxConcurrency: uploadConcurrency,
		BeforeWrite: func(as func(any) bool) error {
			if b.store.prepare == nil {
				return nil
			}
			return b.store.prepare(as, write{size: size, keepWarm: options.KeepWarm, ifAbsent: ifAbsent})
		},
	})
}

// metadata adds the tags where the store has metadata only.
func (b *Bucket) metadata(own map[string]string) map[string]string {
	if b.location.scheme != schemeGCS || len(b.cfg.Tags) == 0 {
		return own
	}
	all := make(map[string]string, len(own)+len(b.cfg.Tags))
	for key, value := range b.cfg.Tags {
		all[key] = value
	}
	for key, value := range own {
		all[key] = value
	}
	return all
}

// fromStart gives the body from its first byte to its size-th, readable at any offset if the body is.
func fromStart(body io.ReadSeeker, size int64) (io.Reader, error) {
	end, err := body.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("find the end of the body: %w", err)
	}
	if end != size {
		return nil, fmt.Errorf("the body has %d bytes, %d were announced", end, size)
	}
	if at, ok := body.(io.ReaderAt); ok {
		return io.NewSectionReader(at, 0, size), nil
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("rewind the body: %w", err)
	}
	if size > smallBody {
		return body, nil
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(body, data); err != nil {
		return nil, fmt.Errorf("read the body: %w", err)
	}
	return bytes.NewReader(data), nil
}

// smallBody is read into memory rather than through a driver's larger buffer.
const smallBody = 1 << 20

// partStep is the unit of a buffer; Google asks for multiples of it.
const partStep = 256 << 10

// maxParts keeps a huge object within the 10,000 parts that S3 allows.
const maxParts = 9_000

// partFor is the size of a driver's buffer: just above the object's if it is small, so that one request stores it.
func partFor(size int64, smallest, largest int) int {
	if largest == 0 {
		return 0
	}
	part := min(size+1, int64(largest))
	part = max(part, (size+maxParts-1)/maxParts, int64(smallest))
	return int((part + partStep - 1) / partStep * partStep)
}

// Delete removes an object. One that is not there is not an error: the outcome is the same.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	err := b.attempt(ctx, "delete", key, b.cfg.RequestTimeout, func(ctx context.Context) error {
		if b.store.remove != nil && !escaped(key) {
			return b.store.remove(ctx, b.fullKey(key))
		}
		return b.blobs.Delete(ctx, key)
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
