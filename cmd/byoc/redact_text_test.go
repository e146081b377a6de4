package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	keyLine  = "MIIEpAIBAAKCAQEA7bq1C0x2T5nq8vJf3kL9sW4zYp6uRg0aHdKeXmVtBcNoQy1i"
	keyBegin = "-----BEGIN RSA PRIVATE KEY-----\n"
	keyEnd   = "-----END RSA PRIVATE KEY-----\n"
)

// textDocuments reads a text as the commands do.
func textDocuments(t *testing.T, text string) (list []document) {
	t.Helper()
	b := newBench(t)
	require.NoError(t, b.readDocuments(t.Context(), []string{writeFile(t, "a.txt", text)}, asText, func(b *batch) error {
		list = append(list, b.documents...)
		return nil
	}))
	var whole strings.Builder
	for i := range list {
		whole.Write(list[i].data)
		whole.WriteString(list[i].ending)
		before, _, _ := strings.Cut(text, string(list[i].data)+list[i].ending)
		if i > 0 && list[i].fault == "" && strings.Count(text, string(list[i].data)+list[i].ending) == 1 {
			require.Equal(t, 1+strings.Count(before, "\n"), list[i].line)
		}
	}
	require.Equal(t, text, whole.String(), "no byte is lost")
	return list
}

func TestLinesOfATextAreDocumentsAndPEMBlocksAreOne(t *testing.T) {
	body := strings.Repeat(keyLine+"\n", 5)
	for name, c := range map[string]struct {
		text  string
		lines []int // of the documents
	}{
		"lines, blank ones and CRLF":    {"one\r\n\n  \nfour", []int{1, 2, 3, 4}},
		"a block":                       {"one\n" + keyBegin + body + keyEnd + "last\n", []int{1, 2, 9}},
		"a block with CRLF and a blank": {strings.ReplaceAll(keyBegin+"\n"+body+keyEnd+"last\n", "\n", "\r\n"), []int{1, 9}},
		"BEGIN ends the block before":   {keyBegin + body + keyBegin + body + keyEnd, []int{1, 7}},
		"a block on one line":           {"a -----BEGIN X----- b -----END X-----\nlast\n", []int{1, 2}},
		"END and BEGIN on one line":     {keyBegin + body + "-----END A----------BEGIN B-----\n" + body + keyEnd + "last\n", []int{1, 14}},
		"no END, a key":                 {keyBegin + body, []int{1}},
		"no END, no key":                {"grep '-----BEGIN RSA' *\n\nshort\nmore of it\n", []int{1, 2, 3, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []int
			for _, d := range textDocuments(t, c.text) {
				require.Empty(t, d.fault)
				lines = append(lines, d.line)
			}
			require.Equal(t, c.lines, lines)
		})
	}
}

func TestALargePEMBlockStaysTogetherAndATooLargeOneIsAFault(t *testing.T) {
	large := keyBegin + strings.Repeat(keyLine+"\n", 200<<10/len(keyLine)) + keyEnd
	list := textDocuments(t, "first\n"+large+"last\n")
	require.Len(t, list, 3)
	require.Empty(t, list[1].fault)

	huge := keyBegin + strings.Repeat(keyLine+"\n", 5*maxBlockBytes/2/len(keyLine))
	for name, text := range map[string]string{"with END": huge + "AbC=\n" + keyEnd, "without END": huge + "AbC=\n"} {
		t.Run(name, func(t *testing.T) {
			list := textDocuments(t, "first\n"+text+"the last one\n")
			require.Len(t, list, 5)
			for _, d := range list[1:4] {
				require.Contains(t, d.fault, "PEM block")
				require.LessOrEqual(t, len(d.data), maxBlockBytes)
			}
			require.Empty(t, list[4].fault)
			require.Equal(t, "the last one", string(list[4].data))
		})
	}
}

func TestATooLargePEMBlockIsNotScannedAndGoesToQuarantine(t *testing.T) {
	block := keyBegin + strings.Repeat(keyLine+"\n", maxBlockBytes/len(keyLine)+1) + keyEnd
	in := writeFile(t, "a.txt", "first\n"+block+"last\n")
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	require.Equal(t, exitSkipped, b.run(t, "redact", "scan", "--as", "text", in), b.stderr.String())
	require.Contains(t, b.stderr.String(), "could not be scanned")
	require.Contains(t, b.stderr.String(), "PEM block longer than")
	folder := t.TempDir()
	out, quarantine := filepath.Join(folder, "out"), filepath.Join(folder, "refused")
	require.Equal(t, exitSkipped, b.run(t, "redact", "apply", "--as", "text", "--in", in, "--out", out, "--quarantine", quarantine), b.stderr.String())
	clean, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, "first\nlast\n", string(clean))
	refused, err := os.ReadFile(quarantine)
	require.NoError(t, err)
	require.Equal(t, block, string(refused))
}

func TestACopyOfATextKeepsBlankLinesAndLineEnds(t *testing.T) {
	key := strings.ReplaceAll(keyBegin+strings.Repeat(keyLine+"\n", 5)+keyEnd, "\n", "\r\n")
	text := "\n one\r\n\r\n \t\nmail jane.roe@acme-mail.com now\r\n" + key + "\n\nlast, without an end"
	in, out := writeFile(t, "a.txt", text), filepath.Join(t.TempDir(), "out")
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	require.Equal(t, exitOK, b.run(t, "redact", "apply", "--as", "text", "--in", in, "--out", out), b.stderr.String())
	require.Contains(t, b.stdout.String(), "4 records")
	clean, err := os.ReadFile(out)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(clean), "\n one\r\n\r\n \t\nmail "), "%q", clean)
	require.True(t, strings.HasSuffix(string(clean), "\n\nlast, without an end"), "%q", clean)
	require.NotContains(t, string(clean), "jane.roe")
	require.NotContains(t, string(clean), keyLine)
}
