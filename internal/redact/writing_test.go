package redact

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOtherWriting: numbers and addresses in other writing are found, and what is not part of them stays.
func TestOtherWriting(t *testing.T) {
	e := testEngine(t, "default")
	for _, c := range [][3]string{
		{"card 4539_1488_0343_6467 ok", "4539_1488_0343_6467", " ok"},
		{"id_4539148803436467_x", "4539148803436467", "_x"},
		{"card 4539\u00a01488\u00a00343\u00a06467 ok", "4539\u00a01488", " ok"},
		{"card 4539\u20091488\u20090343\u20096467 ok", "1488", " ok"},
		{"card 4539\u202f1488\u202f0343\u202f6467 ok", "1488", " ok"},
		{"card 4539\u200b1488\u200b0343\u200b6467 ok", "1488", " ok"},
		{"card 4539\u20111488\u20110343\u20116467 ok", "1488", " ok"},
		{"card ４５３９１４８８０３４３６４６７ ok", "４５３９", " ok"},
		{"card ٤٥٣٩١٤٨٨٠٣٤٣٦٤٦٧ ok", "٤٥٣٩", " ok"},
		{"card ۴۵۳۹۱۴۸۸۰۳۴۳۶۴۶۷ ok", "۴۵۳۹", " ok"},
		{"mail maria.gonzalez87＠fastmail.net ok", "maria", " ok"},
		{"mail maria.gonzalez87@\u200bfastmail.net ok", "maria", " ok"},
		{"mail ｍａｒｉａ．ｇｏｎｚａｌｅｚ＠ｆａｓｔｍａｉｌ．ｎｅｔ ok", "ｍａｒｉａ", " ok"},
		{"call +1\u00a0415\u00a0867\u00a05309 ok", "5309", " ok"},
		{"ssn 536\u00a022\u00a08765 ok", "8765", " ok"},
		{"ssn 536_22_8765 ok", "8765", " ok"},
		{"IBAN DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000 ok", "3704", " ok"},
	} {
		for _, text := range []string{c[0], `{"note":` + quote(c[0]) + `}`} {
			out, _, err := e.Text(nil, []byte(text), Call{})
			require.NoError(t, err)
			require.NotContains(t, string(out), c[1], text)
			require.Contains(t, string(out), c[2], text)
			again, _, err := e.Text(nil, out, Call{})
			require.NoError(t, err)
			require.Equal(t, string(out), string(again))
		}
	}
	// The same number is the same surrogate, however it is written.
	out, _, err := e.Text(nil, []byte(`["4539148803436467","４５３９１４８８０３４３６４６７"]`), Call{})
	require.NoError(t, err)
	require.Equal(t, string(out[2:18]), string(out[21:37]))
	for _, text := range []string{"größe 20\u00a0000\u00a0000 €", "20\u00a0November\u00a02026", "日本語のテキスト１２３", "build_20261123_102030_7"} {
		out, _, err := e.Text(nil, []byte(text), Call{})
		require.NoError(t, err)
		require.Equal(t, text, string(out))
	}
}
