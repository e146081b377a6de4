package content

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSniffSpellings: short spellings of values are told from the words, ids and numbers that look like them.
func TestSniffSpellings(t *testing.T) {
	for text, want := range map[string]Format{
		"NTUwLTU1LTU3Nzg":                Base64, // a social security number
		"KzE0MTU0MzIxNjUx":               Base64, // a telephone number
		"MTExMTExMTEx":                   Base64, // nine digits, without a digit in base64
		"YS5iQGMuZGUuZnI":                Base64, // an address
		"3535302d35352d35373738":         Hex,
		"accessTokens":                   Plain,
		"transaction1":                   Plain,
		"Idempotency":                    Plain,
		"MasterCard123":                  Plain,
		"IdentityMap":                    Plain,
		"user_profile_v2":                Plain,
		"4929228967916260":               Plain,
		"353035303530353":                Plain,
		"0af7651916cd43dd8448eb21":       Plain,
		"m\x00a\x00r\x00i\x00a\x00@\x00": Wide,
		"\x00m\x00a\x00r\x00i\x00a\x00@": Wide,
		"see &#109;&#97;":                Entities,
		"a &amp; b":                      Plain,
		`caf\xe9s`:                       Escaped,
		`\x6d\x61`:                       Escaped,
		`\x89a04e477d0a1a0a00000000`:     Plain, // bytes, not a text
		"-----BEGIN+KEY-----%0Aab%2Bc":   Percent,
	} {
		require.Equal(t, want, Sniff([]byte(text), "", ""), "%q", text)
	}
}

// TestSpellingsWrittenBack: what changes in a text is written in the text's own spelling.
func TestSpellingsWrittenBack(t *testing.T) {
	odd := base64.RawStdEncoding.EncodeToString([]byte("some text that is cut off here"))
	for _, c := range []struct {
		format                      Format
		text, decoded, fresh, wants string
	}{
		{Wide, "\xff\xfea\x00b\x00c\x00d\x00e\x00f\x00", "abcdef", "abXYef", "\xff\xfea\x00b\x00X\x00Y\x00e\x00f\x00"},
		{Wide, "\x00a\x00b\x00c\x00d\x00e\x00f", "abcdef", "ab\U0001f600ef", "\x00a\x00b\xd8\x3d\xde\x00\x00e\x00f"},
		{Entities, "a&#98;c&amp;d", "abc&d", "abX<&d", "a&#98;X&#60;&amp;d"},
		{Escaped, `a\x62c\u0064\n`, "abcd\n", "abX\"d\n", `a\x62X\"\u0064\n`},
		{Percent, "a+b%2Bc%0A", "a b+c\n", "a X +c\n", "a+X+%2Bc%0A"},
		{Percent, "a+b%20c%0A", "a+b c\n", "a+X c\n", "a+X%20c%0A"},
		{SQL, `SELECT 1 FROM t WHERE a = U&'\0061b'`, "ab", `x'\`, `SELECT 1 FROM t WHERE a = U&'x''\\'`},
		{Base64, odd + "x", "some text that is cut off here", "other", base64.StdEncoding.EncodeToString([]byte("other"))},
		{Base64, odd + "x", "some text that is cut off here", "some text that is cut off here", odd + "x"},
	} {
		var s Splitter
		parts, err := s.Split(nil, []byte(c.text), c.format, 0)
		require.NoError(t, err, "%q", c.text)
		found := false
		for i := range parts {
			p := &parts[i]
			if string(p.Text) != c.decoded {
				continue
			}
			found = true
			written, err := s.Append([]byte(c.text[:p.Start]), c.format, p, []byte(c.text[p.Start:p.End]), []byte(c.fresh))
			require.NoError(t, err)
			require.Equal(t, c.wants, string(written)+c.text[p.End:])
		}
		require.True(t, found, "%q: %q", c.text, parts)
	}
}
