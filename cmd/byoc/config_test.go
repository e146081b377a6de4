package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func (b *bench) settings(t *testing.T, name string, files ...string) (map[string]any, error) {
	t.Helper()
	settings, err := b.archiveSettings(context.Background(), files, name)
	if err != nil {
		return nil, err
	}
	return settings.ToStringMap(), nil
}

const collectorConfig = `
extensions:
  archive: {url: "s3://${env:BUCKET}/rrpairs?region=${env:REGION:-eu-west-1}", partition_by: [cluster], tags: {team: "$$shop"}}
  file_storage: {directory: "${env:NOT_ON_THIS_LAPTOP}"}
receivers:
  rrpair: {protocols: {grpc: {endpoint: "${env:ALSO_NOT_HERE}"}}}
something_new: {a: 1}
`

func TestOnlyTheArchiveBlockIsResolved(t *testing.T) {
	b := newBench(t)
	b.env["BUCKET"] = "acme"
	settings, err := b.settings(t, "", writeFile(t, "c.yaml", collectorConfig))
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"url": "s3://acme/rrpairs?region=eu-west-1", "partition_by": []any{"cluster"}, "tags": map[string]any{"team": "$shop"},
	}, settings)
}

func TestAMissingVariableIsNamed(t *testing.T) {
	b := newBench(t)
	_, err := b.settings(t, "", writeFile(t, "c.yaml", collectorConfig))
	require.ErrorContains(t, err, "environment variable BUCKET is not set")
	require.NotContains(t, err.Error(), "NOT_ON_THIS_LAPTOP")

	require.Equal(t, exitUsage, b.run(t, "context", "add", "x", "--config", "/does/not/exist.yaml"))
	require.Contains(t, b.stderr.String(), "/does/not/exist.yaml")
}

func TestAVariableKeepsItsText(t *testing.T) {
	b := newBench(t)
	b.env["KEY"] = "0123"
	settings, err := b.archiveSettings(context.Background(), []string{writeFile(t, "c.yaml", `
extensions: {archive: {url: "mem://x", s3: {access_key_id: "${env:KEY}", secret_access_key: "${KEY}"}}}`)}, "")
	require.NoError(t, err)
	var read struct {
		S3 struct {
			ID     string `mapstructure:"access_key_id"`
			Secret string `mapstructure:"secret_access_key"`
		} `mapstructure:"s3"`
		URL string `mapstructure:"url"`
	}
	require.NoError(t, settings.Unmarshal(&read))
	require.Equal(t, "0123", read.S3.ID)
	require.Equal(t, "0123", read.S3.Secret)
}

func TestFilesMayHoldPartsOfTheConfiguration(t *testing.T) {
	b := newBench(t)
	folder := t.TempDir()
	block, extensions := filepath.Join(folder, "archive.yaml"), filepath.Join(folder, "extensions.yaml")
	require.NoError(t, os.WriteFile(block, []byte(`{url: "file:///data", kms_key: "${file:`+filepath.Join(folder, "key")+`}"}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "key"), []byte("k-1"), 0o600))
	require.NoError(t, os.WriteFile(extensions, []byte(`archive/eu: "${file:`+block+`}"`), 0o600))
	settings, err := b.settings(t, "", writeFile(t, "c.yaml", `extensions: "${file:`+extensions+`}"`))
	require.NoError(t, err)
	require.Equal(t, "file:///data", settings["url"])
	require.Equal(t, "k-1", settings["kms_key"])
}

func TestLaterFilesWin(t *testing.T) {
	b := newBench(t)
	settings, err := b.settings(t, "",
		writeFile(t, "a.yaml", `extensions: {archive: {url: "mem://a", kms_key: k}}`),
		"file:"+writeFile(t, "b.yaml", "extensions::archive::url: mem://b"))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"url": "mem://b", "kms_key": "k"}, settings)
}

func TestSeveralArchivesNeedAName(t *testing.T) {
	b := newBench(t)
	file := writeFile(t, "c.yaml", `extensions: {archive: {url: "mem://a"}, archive/eu: {url: "mem://eu"}, archiver: {}}`)
	_, err := b.settings(t, "", file)
	require.ErrorContains(t, err, "--archive-name archive | archive/eu")
	for name, url := range map[string]string{"archive": "mem://a", "archive/eu": "mem://eu", "eu": "mem://eu"} {
		settings, err := b.settings(t, name, file)
		require.NoError(t, err)
		require.Equal(t, url, settings["url"])
	}
	_, err = b.settings(t, "us", file)
	require.ErrorContains(t, err, `--archive-name "us"`)
}

func TestWrongConfigurationsSayWhatIsWrong(t *testing.T) {
	b := newBench(t)
	for text, says := range map[string]string{
		``:                               "is empty",
		`receivers: {}`:                  "has no extensions block",
		`extensions: {file_storage: {}}`: "no archive extension",
		`extensions: [`:                  "not valid YAML",
		`- a`:                            "c.yaml",
	} {
		_, err := b.settings(t, "", writeFile(t, "c.yaml", text))
		require.ErrorContains(t, err, says, text)
	}
}

func TestTheArchiveComesFromFlagVariableOrContext(t *testing.T) {
	b := newBench(t)
	_, err := b.locateArchive(context.Background())
	require.ErrorContains(t, err, "which archive?")

	require.Equal(t, exitOK, b.run(t, "context", "add", "first", "--archive", "mem://first"), b.stderr.String())
	require.Equal(t, exitOK, b.run(t, "context", "add", "second", "--config", writeFile(t, "c.yaml", `extensions: {archive: {url: "mem://second"}}`)))
	url := func() any {
		settings, err := b.locateArchive(context.Background())
		require.NoError(t, err)
		return settings.Get("url")
	}
	b.flags = globalFlags{}
	require.Equal(t, "mem://first", url(), "the first one added")
	require.Equal(t, exitOK, b.run(t, "context", "use", "second"))
	require.Equal(t, "mem://second", url())
	b.env[archiveVariable] = "mem://variable"
	require.Equal(t, "mem://variable", url())
	b.env[archiveVariable] = "first"
	require.Equal(t, "mem://first", url(), "a name serves too")
	b.flags.archive = "mem://flag"
	require.Equal(t, "mem://flag", url())

	require.Equal(t, exitOK, b.run(t, "context", "ls"))
	require.Regexp(t, `(?m)^ +first +mem://first$`, b.stdout.String())
	require.Regexp(t, `(?m)^\* +second +--config /`, b.stdout.String())
	require.Equal(t, exitOK, b.run(t, "context", "rm", "second"))
	require.Equal(t, exitOK, b.run(t, "context", "ls", "--output", "json"))
	require.JSONEq(t, `{"current": "", "archives": {"first": {"url": "mem://first"}}}`, b.stdout.String())
	require.Equal(t, exitUsage, b.run(t, "context", "rm", "second"))
}

func TestAnArchiveThatIsNotThereIsSaid(t *testing.T) {
	b := newBench(t)
	b.flags.archive = "ftp://nowhere"
	_, _, err := b.openArchive(context.Background())
	require.ErrorContains(t, err, "ftp")
	b.flags.archive = "file://" + t.TempDir()
	_, _, err = b.openArchive(context.Background())
	require.ErrorContains(t, err, "archive.json")
}
