package archive

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

const (
	// tailGuess is read first: it holds the footer and usually the page index of a file of up to 8 row groups, so that
	// planning costs one request a file.
	tailGuess = 64 << 10
	// maxFooterBytes bounds a footer. Ours have about 4 KiB a row group; anything near this is damage.
	maxFooterBytes = 64 << 20
)

// Why a file was left out; the keys of the skipped map.
const (
	ReasonDamaged   = "damaged"      // its bytes contradict themselves or a checksum
	ReasonTruncated = "truncated"    // it ends too early
	ReasonForeign   = "foreign"      // it is not one of ours
	ReasonNewer     = "newer_format" // a later version of this software wrote it
	ReasonGone      = "gone"         // it was deleted after it was listed
	ReasonDenied    = "denied"       // this file of a folder may not be read, others may
)

// FileError says that one file cannot be used, and why. Others are not affected: scans name the file and go on.
type FileError struct {
	Key    string
	Reason string // one of the Reason constants
	Err    error
}

func (e *FileError) Error() string { return fmt.Sprintf("read %s: %s: %v", e.Key, e.Reason, e.Err) }
func (e *FileError) Unwrap() error { return e.Err }

// File is an open Parquet file of the archive: its footer, checked. For concurrent use.
type File struct {
	key    string
	size   int64
	reader rangeReader
	pages  *pageDecoder
	meta   format.FileMetaData
	tail   *segments
	groups []*rowGroup
	info   FileMeta

	mutex sync.Mutex
	cost  fetched
	index bool // the offset indexes are loaded
}

// FileMeta is what a file says of itself.
type FileMeta struct {
	FormatVersion int
	Writer        string
	Records       int64
	MinTS, MaxTS  time.Time // event time, UTC; of rows whose ts was absurd, the observed time
	Policies      []string  // redaction policies; empty: unredacted
	RowGroups     int
	Bytes         int64 // of the object
}

// FileOptions are for those who read many files.
type FileOptions struct {
	codec *pageDecoder // shared decompressor; nil: an own one
}

// OpenFile reads and checks the footer of one object; one request, two if the footer is larger than 64 KiB. The error
// is a *FileError when the object is at fault and the store's own error when the store is.
func OpenFile(ctx context.Context, reader rangeReader, key string, size int64, opts FileOptions) (file *File, err error) {
	defer guard(key, &err)
	if opts.codec == nil {
		if opts.codec, err = newPageDecoder(); err != nil {
			return nil, err
		}
	}
	f := &File{key: key, size: size, reader: reader, pages: opts.codec, tail: &segments{}}
	footer, err := f.readFooter(ctx)
	if err != nil {
		return nil, f.fault(err)
	}
	if err := f.parseFooter(footer); err != nil {
		return nil, f.fault(err)
	}
	return f, nil
}

// Key is the object's key. Size is its length in bytes.
func (f *File) Key() string { return f.key }

// Meta is what the file says of itself.
func (f *File) Meta() FileMeta { return f.info }

// Cost is how many requests were made and bytes were read through f so far.
func (f *File) Cost() (requests int, bytes int64) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.cost.requests, f.cost.bytes
}

func (f *File) readFooter(ctx context.Context) ([]byte, error) {
	const trailer = 8 // length of the footer and the magic
	if f.size < trailer+4 {
		return nil, badFile(ReasonTruncated, "%d bytes are too few for a Parquet file", f.size)
	}
	guess := min(f.size, tailGuess)
	if err := f.load(ctx, byteRange{f.size - guess, f.size}); err != nil {
		return nil, err
	}
	end, ok := f.tail.slice(f.size-trailer, f.size)
	if !ok {
		return nil, badFile(ReasonTruncated, "no trailer")
	}
	if magic := string(end[4:]); magic != "PAR1" {
		return nil, badFile(ReasonTruncated, "it ends with %q and not with PAR1: it was cut off, or it is no Parquet file", magic)
	}
	length := int64(uint32(end[0]) | uint32(end[1])<<8 | uint32(end[2])<<16 | uint32(end[3])<<24)
	start := f.size - trailer - length
	if start < 4 || length > maxFooterBytes {
		return nil, badFile(ReasonDamaged, "its footer claims %d bytes of %d", length, f.size)
	}
	if footer, ok := f.tail.slice(start, f.size-trailer); ok {
		return footer, nil
	}
	if err := f.load(ctx, byteRange{start, f.size - guess}); err != nil {
		return nil, err
	}
	// The two pieces touch; the decoder wants one.
	first, _ := f.tail.slice(start, f.size-guess)
	second, _ := f.tail.slice(f.size-guess, f.size-trailer)
	return append(append(make([]byte, 0, length), first...), second...), nil
}

// load reads one range into the tail.
func (f *File) load(ctx context.Context, r byteRange) error {
	data, err := readExactly(ctx, f.reader, f.key, r)
	f.spent(fetched{requests: 1, bytes: r.length()})
	if err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.tail.add(r.start, data)
	return nil
}

func (f *File) spent(cost fetched) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.cost.requests += cost.requests
	f.cost.bytes += cost.bytes
}

// fileFault is a fault of the object, before its key is known.
type fileFault struct {
	reason string
	err    error
}

func (e *fileFault) Error() string { return e.err.Error() }
func (e *fileFault) Unwrap() error { return e.err }

func badFile(reason, format string, args ...any) error {
	return &fileFault{reason: reason, err: fmt.Errorf(format, args...)}
}

// fault names the file in an error that is the object's; errors of the store pass as they are, with the key.
func (f *File) fault(err error) error { return faultOf(f.key, err) }

func faultOf(key string, err error) error {
	var known *FileError
	var fault *fileFault
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.As(err, &fault):
		return &FileError{Key: key, Reason: fault.reason, Err: fault.err}
	case errors.Is(err, errTruncated):
		return &FileError{Key: key, Reason: ReasonTruncated, Err: err}
	case errors.Is(err, bucket.ErrDeniedFile):
		return &FileError{Key: key, Reason: ReasonDenied, Err: err}
	case isGone(err):
		return &FileError{Key: key, Reason: ReasonGone, Err: err}
	default:
		return fmt.Errorf("read %s: %w", key, err)
	}
}

// guard turns a panic of the decoding code on damaged bytes into the file's error. It is deferred.
func guard(key string, err *error) {
	if caught := recover(); caught != nil {
		*err = &FileError{Key: key, Reason: ReasonDamaged, Err: fmt.Errorf("decoding panicked: %v", caught)}
	}
}

func metadata(pairs []format.KeyValue) map[string]string {
	out := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		out[pair.Key] = pair.Value
	}
	return out
}

// readInfo reads the file's key-value metadata; a file without our format version is foreign.
func (f *File) readInfo() error {
	pairs := metadata(f.meta.KeyValueMetadata)
	text, ok := pairs[MetaFormatVersion]
	if !ok {
		return badFile(ReasonForeign, "it has no %s: another program wrote it", MetaFormatVersion)
	}
	version, err := strconv.Atoi(text)
	if err != nil || version < 1 {
		return badFile(ReasonDamaged, "%s is %q", MetaFormatVersion, text)
	}
	if version > FormatVersion {
		return badFile(ReasonNewer, "its format version is %d, this program knows up to %d: use a newer one", version, FormatVersion)
	}
	f.info = FileMeta{FormatVersion: version, Writer: pairs[MetaWriter], RowGroups: len(f.groups), Bytes: f.size}
	if policies := pairs[MetaPolicies]; policies != "" {
		f.info.Policies = strings.Split(policies, ",")
	}
	for key, set := range map[string]func(int64){
		MetaRecords: func(n int64) { f.info.Records = n },
		MetaMinTS:   func(n int64) { f.info.MinTS = time.UnixMicro(n).UTC() },
		MetaMaxTS:   func(n int64) { f.info.MaxTS = time.UnixMicro(n).UTC() },
	} {
		value, err := strconv.ParseInt(pairs[key], 10, 64)
		if err != nil {
			return badFile(ReasonDamaged, "%s is %q", key, pairs[key])
		}
		set(value)
	}
	return nil
}

type pageDecoder struct{ zstd *zstd.Decoder }

// newPageDecoder makes a decompressor that several goroutines may use. It holds no goroutines of its own.
func newPageDecoder() (*pageDecoder, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxMemory(maxPageBytes))
	if err != nil {
		return nil, fmt.Errorf("set up zstd: %w", err)
	}
	return &pageDecoder{zstd: decoder}, nil
}

// isGone reports that the object is not there; that its bucket is not there is another matter.
func isGone(err error) bool {
	return errors.Is(err, bucket.ErrNotFound) && !errors.Is(err, bucket.ErrNoBucket)
}
