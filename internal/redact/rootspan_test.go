package redact

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASpanIsFollowedIntoTheTextAround(t *testing.T) {
	for name, c := range map[string]struct {
		around, decoded, span string
		from, to              int
		want                  string
	}{
		"as it is":    {`{"a":"jane@acme.com"}`, "jane@acme.com", "jane", 6, 19, "jane"},
		"percent":     {"x?m=jane%40acme.com&b", "jane@acme.com", "jane@acme.com", 4, 19, "jane%40acme.com"},
		"escapes":     {`["\u0041\ud83d\ude00 jane\u0040acme \n"]`, "A\U0001F600 jane@acme \n", "jane@acme", 2, 38, `jane\u0040acme`},
		"base64":      {"  amFuZQ==  ", "jane", "an", 2, 10, "amFuZQ=="},
		"at its end":  {`["a\"b"]`, `a"b`, `b`, 2, 6, "b"},
		"lone halves": {`["\ud83d jane"]`, "\uFFFD jane", "jane", 2, 13, "jane"},
	} {
		t.Run(name, func(t *testing.T) {
			n := node{text: []byte(c.decoded), start: int32(c.from), end: int32(c.to)}
			at := indexOf(c.decoded, c.span)
			start, end := within(&n, []byte(c.around), at, at+len(c.span))
			require.Equal(t, c.want, c.around[start:end])
		})
	}
}

func indexOf(text, part string) int {
	for i := range text {
		if len(text) >= i+len(part) && text[i:i+len(part)] == part {
			return i
		}
	}
	return -1
}
