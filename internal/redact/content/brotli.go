package content

import (
	"bytes"
	"io"

	"github.com/andybalholm/brotli"
)

// brotliReader tells a stream that is complete from one that was cut off. The decoder ends without an error where its
// input ends, so when the input is used up it is given one byte more: a stream that is complete refuses it.
type brotliReader struct {
	decoder *brotli.Reader
	input   brotliInput
}

// brotliInput is the decoder's source.
type brotliInput struct {
	source *bytes.Reader
	probed bool // the byte too many was given
}

// reset makes a new decoder for each stream: the decoder's own Reset keeps input that it has not used, such as the byte
// too many, and would read it as the beginning of the next stream.
func (r *brotliReader) reset(source *bytes.Reader) error {
	r.input = brotliInput{source: source}
	r.decoder = brotli.NewReader(&r.input)
	return nil
}

// Read gives nothing of what the decoder made of the byte too many: it returns what it has before it asks for input.
func (r *brotliReader) Read(b []byte) (int, error) {
	n, err := r.decoder.Read(b)
	switch {
	case !r.input.probed:
		return n, err
	case n == 0 && err != nil && err.Error() == "brotli: excessive input":
		return 0, io.EOF
	}
	return 0, io.ErrUnexpectedEOF
}

func (input *brotliInput) Read(b []byte) (int, error) {
	n, err := input.source.Read(b)
	if n > 0 || err != io.EOF || len(b) == 0 {
		return n, err
	}
	if input.probed {
		return 0, io.EOF
	}
	input.probed = true
	b[0] = 0
	return 1, nil
}
