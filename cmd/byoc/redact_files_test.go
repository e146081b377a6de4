//go:build unix

package main

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestApplyNeverWritesOneFileInTwoRoles(t *testing.T) {
	folder := t.TempDir()
	in, hard, soft, loop := filepath.Join(folder, "in"), filepath.Join(folder, "hard"), filepath.Join(folder, "soft"), filepath.Join(folder, "loop")
	text := "mail jane.roe@acme-mail.com now\n"
	require.NoError(t, os.WriteFile(in, []byte(text), 0o600))
	require.NoError(t, os.Link(in, hard))
	require.NoError(t, os.Symlink("in", soft))
	require.NoError(t, os.Symlink("loop", loop))
	linked := filepath.Join(folder, "linked")
	require.NoError(t, os.Mkdir(filepath.Join(folder, "real"), 0o700))
	require.NoError(t, os.Symlink("real", linked))
	require.NoError(t, os.Symlink(filepath.Join("real", "y"), filepath.Join(folder, "dangling")))
	other := filepath.Join(folder, "other")
	for name, args := range map[string][]string{
		"spelling":             {"--out", folder + "/./real/../in"},
		"hard link":            {"--out", hard},
		"symbolic link":        {"--out", soft},
		"quarantine is in":     {"--out", other, "--quarantine", soft},
		"quarantine is out":    {"--out", other, "--quarantine", folder + "//other"},
		"by a folder's link":   {"--out", filepath.Join(linked, "x"), "--quarantine", filepath.Join(folder, "real", "x")},
		"by a link to nothing": {"--out", filepath.Join(folder, "dangling"), "--quarantine", filepath.Join(folder, "real", "y")},
		"a link to itself":     {"--out", loop},
		"out is a folder":      {"--out", linked},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.env[keyVariable] = testRedactionKey
			args = append([]string{"redact", "apply", "--as", "text", "--in", in, "--force"}, args...)
			require.Equal(t, exitUsage, b.run(t, args...), b.stderr.String())
			kept, err := os.ReadFile(in)
			require.NoError(t, err)
			require.Equal(t, text, string(kept))
		})
	}
}

func TestApplyWritesThroughASymbolicLink(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "real"), 0o700))
	target, link := filepath.Join(folder, "real", "out"), filepath.Join(folder, "link")
	require.NoError(t, os.Symlink(filepath.Join("real", "out"), link))
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	in := writeFile(t, "in", "a line\n")
	require.Equal(t, exitOK, b.run(t, "redact", "apply", "--as", "text", "--in", in, "--out", link), b.stderr.String())
	require.Equal(t, exitUsage, b.run(t, "redact", "apply", "--as", "text", "--in", in, "--out", link), "it exists now")
	require.Equal(t, exitOK, b.run(t, "redact", "apply", "--as", "text", "--in", in, "--out", link, "--force"), b.stderr.String())
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.Equal(t, os.ModeSymlink, info.Mode().Type(), "the link stays")
	written, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Equal(t, "a line\n", string(written))
	left, err := os.ReadDir(filepath.Join(folder, "real"))
	require.NoError(t, err)
	require.Len(t, left, 1)
}

func TestApplyWritesIntoPipesAndDevices(t *testing.T) {
	in := writeFile(t, "in", "a line\n")
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	read := make(chan string, 1)
	go func() {
		file, err := os.Open(pipe)
		if err != nil {
			read <- err.Error()
			return
		}
		defer file.Close()
		text, _ := io.ReadAll(file)
		read <- string(text)
	}()
	require.Equal(t, exitOK, b.run(t, "redact", "apply", "--as", "text", "--in", in, "--out", pipe, "--quarantine", os.DevNull, "--force"), b.stderr.String())
	require.Equal(t, "a line\n", <-read)
	info, err := os.Lstat(pipe)
	require.NoError(t, err)
	require.Equal(t, os.ModeNamedPipe, info.Mode().Type())
	info, err = os.Lstat(os.DevNull)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeDevice)
}
