package rrpairreceiver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/golang/snappy"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"go.opentelemetry.io/collector/config/confighttp"
)

// maxHTTPWindow bounds what a zstd stream from a sender may make the decoder
// allocate. RFC 8878 asks for 8 MiB; the highest level of the usual compressors
// without their long mode needs no more than that.
const maxHTTPWindow = 8 << 20

// decoderOptions replaces those decompressors of confighttp that believe a size
// in the data: a few bytes could make them allocate gigabytes before the limit
// on the body is looked at. Only algorithms that are switched on are replaced.
func decoderOptions(algorithms []string, maxBody int64) []confighttp.ToServerOption {
	pool := &zstdPool{window: maxHTTPWindow}
	safe := map[string]func(io.ReadCloser) (io.ReadCloser, error){
		"gzip":   func(body io.ReadCloser) (io.ReadCloser, error) { return gzip.NewReader(body) },
		"zstd":   func(body io.ReadCloser) (io.ReadCloser, error) { return pool.open(body) },
		"snappy": func(body io.ReadCloser) (io.ReadCloser, error) { return openSnappy(body, maxBody) },
	}
	var options []confighttp.ToServerOption
	for name, decoder := range safe {
		if algorithms == nil || slices.Contains(algorithms, name) {
			options = append(options, confighttp.WithDecoder(name, decoder))
		}
	}
	return options
}

// zstdPool keeps decoders, whose tables are costly to build.
type zstdPool struct {
	window  uint64 // largest one accepted, in bytes
	decoder sync.Pool
}

func (p *zstdPool) open(source io.Reader) (io.ReadCloser, error) {
	if kept, ok := p.decoder.Get().(*zstd.Decoder); ok {
		if err := kept.Reset(source); err != nil {
			return nil, fmt.Errorf("read zstd: %w", err)
		}
		return &pooledZstd{Decoder: kept, pool: p}, nil
	}
	// One goroutine, the caller's: nothing has to be stopped when a body is left.
	made, err := zstd.NewReader(source, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(p.window))
	if err != nil {
		return nil, fmt.Errorf("read zstd: %w", err)
	}
	return &pooledZstd{Decoder: made, pool: p}, nil
}

type pooledZstd struct {
	*zstd.Decoder
	pool *zstdPool
}

// Close gives the decoder back.
func (r *pooledZstd) Close() error {
	if r.Decoder == nil {
		return nil
	}
	err := r.Reset(nil)
	r.pool.decoder.Put(r.Decoder)
	r.Decoder = nil
	if err != nil {
		return fmt.Errorf("close zstd: %w", err)
	}
	return nil
}

// openSnappy reads both forms that senders call snappy: framed, which streams,
// and one block, whose length is written in front.
func openSnappy(body io.ReadCloser, limit int64) (io.ReadCloser, error) {
	const frame = "\xff\x06\x00\x00sNaPpY"
	head := make([]byte, len(frame))
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read snappy: %w", err)
	}
	whole := io.MultiReader(bytes.NewReader(head[:n]), body)
	if string(head[:n]) == frame {
		return io.NopCloser(snappy.NewReader(whole)), nil
	}
	packed, err := io.ReadAll(io.LimitReader(whole, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read snappy: %w", err)
	}
	size, err := snappy.DecodedLen(packed)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read snappy: %w", err)
	case int64(len(packed)) > limit || int64(size) > limit:
		return nil, fmt.Errorf("read snappy: the block is larger than max_request_body_size (%s): send smaller batches or the framed form (x-snappy-framed)", byteSize(limit))
	}
	data, err := snappy.Decode(nil, packed)
	if err != nil {
		return nil, fmt.Errorf("read snappy: %w", err)
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}
