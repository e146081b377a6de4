package bucket

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseURL(t *testing.T) {
	for text, want := range map[string]location{
		"s3://acme-traffic":                    {scheme: "s3", bucket: "acme-traffic"},
		"s3://acme-traffic/":                   {scheme: "s3", bucket: "acme-traffic"},
		"s3://acme/team/rrpairs/?region=eu":    {scheme: "s3", bucket: "acme", prefix: "team/rrpairs", parameters: map[string]string{"region": "eu"}},
		"s3://acme/a%2Fb":                      {scheme: "s3", bucket: "acme", prefix: "a%2Fb"},
		"gs://acme.example/x?anonymous=TRUE":   {scheme: "gs", bucket: "acme.example", prefix: "x", parameters: map[string]string{"anonymous": "TRUE"}},
		"azblob://traffic/p?account=acme":      {scheme: "azblob", bucket: "traffic", prefix: "p", parameters: map[string]string{"account": "acme"}},
		"file:///var/lib/../lib/archive/":      {scheme: "file", prefix: "/var/lib/archive"},
		"mem://name/prefix":                    {scheme: "mem", bucket: "name", prefix: "prefix"},
		"s3://b?endpoint=http://127.0.0.1:900": {scheme: "s3", bucket: "b", parameters: map[string]string{"endpoint": "http://127.0.0.1:900"}},
	} {
		got, err := parseURL(text)
		require.NoError(t, err, text)
		if len(got.parameters) == 0 {
			got.parameters = nil
		}
		require.Equal(t, want, got, text)
	}
}

func TestParseURLErrorsSayWhatToDo(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "url is empty: want s3://bucket/prefix",
		"acme-traffic":                      "url has no scheme",
		"gcs://acme":                        `url begins with "gcs://": did you mean gs://?`,
		"abfss://c@acct":                    "did you mean azblob://?",
		"s4://acme":                         "did you mean s3://?",
		"https://s3.amazonaws.com/acme":     "the store's own address goes into ?endpoint=",
		"s3:///prefix":                      "names no bucket: want s3://bucket/prefix",
		"s3://minio.local:9000/acme":        "a host and port go into ?endpoint=, the bucket comes first",
		"s3://acme/a//b":                    "empty, . or .. parts",
		"s3://acme/../other":                "empty, . or .. parts",
		"s3://acme?regoin=eu":               `unknown parameter "regoin": did you mean region?`,
		"s3://acme?use-path-style=true":     "did you mean use_path_style?",
		"s3://acme?foo=1":                   "want one of accelerate, anonymous,",
		"s3://acme?use_path_style=ja":       `use_path_style="ja": want true or false`,
		"s3://acme?ssetype=aes":             `ssetype="aes": want one of AES256, aws:kms, aws:kms:dsse`,
		"s3://acme?region=a&region=b":       "has region twice",
		"s3://acme?endpoint=localhost:9000": "endpoint must be a whole address such as https://",
		"azblob://c?storage_account=acme":   "did you mean account?",
		"file://relative/folder":            "is not an absolute folder: want three slashes",
		"mem://x?region=eu":                 "mem:// takes none",
		"s3://acme#x":                       "has a # in it",
	} {
		_, err := parseURL(text)
		require.ErrorContains(t, err, want, text)
	}
}

func TestParseURLNeverRepeatsSecrets(t *testing.T) {
	for _, text := range []string{
		"s3://AKIAEXAMPLE:verysecret@acme/x",
		"s3://acme?secret_access_key=verysecret",
		"s3://acme?endpoint=https://user:verysecret@host",
		"azblob://c?account=a&sig=verysecret",
		"azblob://c?account=a&sas_token=verysecret",
		"gs://acme?credentials=verysecret",
	} {
		_, err := parseURL(text)
		require.ErrorContains(t, err, "credentials", text)
		require.NotContains(t, err.Error(), "verysecret")
	}
}

func TestIdentity(t *testing.T) {
	for text, want := range map[string]string{
		"s3://acme/team/?region=eu&endpoint=http://10.0.0.1:9000": "s3://acme/team",
		"s3://acme/":                  "s3://acme",
		"azblob://c/p?account=secret": "azblob://c/p",
		"file:///data/archive/":       "file:///data/archive",
	} {
		l, err := parseURL(text)
		require.NoError(t, err)
		require.Equal(t, want, l.identity())
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("s3://acme/a?region=x")
	f.Add("file:///x?create_directory=true")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := parseURL(text)
		if err == nil && l.scheme == "" {
			t.Fatal("no scheme")
		}
	})
}
