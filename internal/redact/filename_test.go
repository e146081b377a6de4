package redact

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFileNames: what file names of multipart bodies and downloads hold is found, in either spelling.
func TestFileNames(t *testing.T) {
	e := testEngine(t, "default")
	for _, disposition := range []string{
		`form-data; name="file"; filename="maria.gonzalez87@fastmail.net.pdf"`, `form-data; name="file"; filename="cv maria.gonzalez87@fastmail.net.pdf"`,
		`form-data; name="file"; filename=maria.gonzalez87@fastmail.net.pdf`, `form-data; name="file"; filename="cv_maria.gonzalez87@fastmail.net_2.docx"`,
		`form-data; name="file"; filename*=UTF-8''maria.gonzalez87%40fastmail.net.pdf`,
		`form-data; name="file"; filename="x.pdf"; filename*=utf-8'en'cv%20maria.gonzalez87%40fastmail.net%20%e2%82%ac.pdf`,
		`form-data; name="file"; filename*="UTF-8''maria.gonzalez87%40fastmail.net.pdf"`,
		`form-data; name="file"; filename="=?UTF-8?B?bWFyaWEuZ29uemFsZXo4N0BmYXN0bWFpbC5uZXQucGRm?="`,
	} {
		body := "--xx\r\nContent-Disposition: " + disposition + "\r\nContent-Type: text/plain\r\n\r\nnothing\r\n--xx--\r\n"
		for _, text := range []string{body, disposition} {
			out, result, err := e.Text(nil, []byte(text), Call{})
			require.NoError(t, err)
			assert.NotContains(t, string(out), "maria", text)
			require.NotContains(t, string(out), "bWFyaWE", text)
			require.Positive(t, result.Findings, text)
			again, _, err := e.Text(nil, out, Call{})
			require.NoError(t, err)
			require.Equal(t, string(out), string(again))
		}
	}
}
