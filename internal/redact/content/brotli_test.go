package content

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/require"
)

func TestBrotliStreamsDoNotTouchEachOther(t *testing.T) {
	var s Splitter
	for i := range 5 {
		text := fmt.Sprintf(`{"n": %d, "note": "text number %d"}`, i, i*i)
		var packed bytes.Buffer
		w := brotli.NewWriter(&packed)
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		parts, err := s.Split(nil, packed.Bytes(), Brotli, 1<<20)
		require.NoError(t, err)
		require.Len(t, parts, 1)
		require.Equal(t, text, string(parts[0].Text))
		s.Reset()
	}
}
