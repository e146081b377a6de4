package archive

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func pairOf(t testing.TB, members string) *rrpair.Pair {
	t.Helper()
	pair := new(rrpair.Pair)
	require.NoError(t, pair.ParseJSON([]byte(`{"msgType":"rrpair",`+members+`}`)))
	return pair
}

func TestFolderFollowsTheEventTime(t *testing.T) {
	observed := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		ts       string
		observed time.Time
		folder   string
		absurd   bool
	}{
		"its own hour":            {`"2026-02-28T23:59:59.999999999Z"`, observed, "v1/date=2026-02-28/hour=23", false},
		"UTC":                     {`"2026-03-01T01:30:00+02:00"`, observed, "v1/date=2026-02-28/hour=23", false},
		"a day ahead":             {`"2026-03-02T12:30:00Z"`, observed, "v1/date=2026-03-02/hour=12", false},
		"more than a day ahead":   {`"2026-03-02T12:30:00.000000001Z"`, observed, "v1/date=2026-03-01/hour=12", true},
		"old":                     {`"2000-01-01T00:00:00Z"`, observed, "v1/date=2000-01-01/hour=00", false},
		"before 2000":             {`"1999-12-31T23:59:59Z"`, observed, "v1/date=2026-03-01/hour=12", true},
		"zero":                    {`"0001-01-01T00:00:00Z"`, observed, "v1/date=2026-03-01/hour=12", true},
		"epoch":                   {`"1970-01-01T00:00:00Z"`, observed, "v1/date=2026-03-01/hour=12", true},
		"no time":                 {`"soon"`, observed, "v1/date=2026-03-01/hour=12", true},
		"ahead, observed unknown": {`"2099-01-01T00:00:00Z"`, time.Time{}, "v1/date=2099-01-01/hour=00", false},
		"ahead, observed epoch":   {`"2099-01-01T00:00:00Z"`, time.Unix(0, 0), "v1/date=2099-01-01/hour=00", false},
		"neither known":           {`"1970-05-01T00:00:00Z"`, time.Time{}, "v1/date=1970-01-01/hour=00", true},
	} {
		t.Run(name, func(t *testing.T) {
			folder, eventTime, absurd := Layout{}.Folder(pairOf(t, `"ts":`+test.ts), test.observed)
			require.Equal(t, test.folder, folder)
			require.Equal(t, test.absurd, absurd)
			require.True(t, strings.HasSuffix(folder, eventTime.UTC().Format("date=2006-01-02/hour=15")))
		})
	}
	_, eventTime, absurd := Layout{}.Folder(pairOf(t, `"a":1`), observed)
	require.True(t, absurd)
	require.True(t, observed.Equal(eventTime))
}

func TestPartitionValuesAreSafeInAPath(t *testing.T) {
	layout := Layout{PartitionBy: []string{"namespace", "tag[k8sAppLabel]"}}
	require.NoError(t, layout.Validate())
	ts := `"ts":"2026-03-01T10:00:00Z",`
	for members, want := range map[string]string{
		ts + `"namespace":"shop","tags":{"a":"b","k8sAppLabel":"cart"}`: "namespace=shop/tag_k8sAppLabel=cart",
		ts + `"namespace":"","tags":{}`:                                 "namespace=_/tag_k8sAppLabel=_",
		ts + `"namespace":5,"tags":[]`:                                  "namespace=_/tag_k8sAppLabel=_",
		ts + `"namespace":"_","tags":{"k8sAppLabel":"../x"}`:            "namespace=%5F/tag_k8sAppLabel=..%2Fx",
		ts + `"namespace":"a=b&c d","tags":{"k8sAppLabel":"ü%"}`:        "namespace=a%3Db%26c%20d/tag_k8sAppLabel=%C3%BC%25",
	} {
		folder, _, _ := layout.Folder(pairOf(t, members), observedLate)
		require.Equal(t, "v1/"+want+"/date=2026-03-01/hour=10", folder)
		require.NoError(t, checkFolder(folder))
	}
}

func TestLongPartitionValuesAreCutAndStayDifferent(t *testing.T) {
	seen := map[string]bool{}
	for _, value := range []string{strings.Repeat("a", 128), strings.Repeat("a", 129), strings.Repeat("a", 130), strings.Repeat("ü", 300), strings.Repeat("ü", 301)} {
		encoded := string(appendPartitionValue(nil, []byte(value)))
		require.LessOrEqual(t, len(encoded), maxPartitionValue)
		require.False(t, seen[encoded])
		seen[encoded] = true
		for i := range len(encoded) {
			if encoded[i] == '%' {
				require.Regexp(t, `^%[0-9A-F]{2}`, encoded[i:])
			}
		}
	}
}

func TestLayoutRefusesWhatItCannotPartitionBy(t *testing.T) {
	for _, keys := range [][]string{{"pod"}, {"tag[]"}, {"tag[a"}, {""}, {"cluster", "cluster"}, {"cluster", "namespace", "service"}} {
		require.Error(t, Layout{PartitionBy: keys}.Validate(), "%q", keys)
	}
	require.NoError(t, Layout{}.Validate())
}

func TestRecordAddressesComeBack(t *testing.T) {
	id := rrpair.UUID{1, 2, 3}
	for _, folder := range []string{"v1/date=2026-03-01/hour=10", "v1/cluster=a%2Fb/service=_/date=2026-03-01/hour=00"} {
		for _, identity := range []string{"s3://bucket/prefix", "file:///var/v1/archive", "mem://x"} {
			address := RecordURL(identity, folder, id)
			gotIdentity, gotFolder, gotID, err := ParseRecordURL(address)
			require.NoError(t, err)
			require.Equal(t, []any{identity, folder, id}, []any{gotIdentity, gotFolder, gotID})
		}
	}
	for _, address := range []string{"", "s3://b/v1/date=2026-03-01/hour=10", "s3://b/date=2026-03-01/hour=10?uuid=" + id.String(),
		"s3://b/v1/date=2026-03-01/hour=10?uuid=x", "s3://b/v1/../../date=2026-03-01/hour=10?uuid=" + id.String(),
		"s3://b/v1/date=2026-03-01/hour=1x?uuid=" + id.String(), "s3://b/v1/a=/date=2026-03-01/hour=10?uuid=" + id.String()} {
		_, _, _, err := ParseRecordURL(address)
		require.Error(t, err, "%q", address)
	}
}

func TestFileNamesComeBackAndSort(t *testing.T) {
	early := time.Date(2026, 3, 1, 10, 0, 0, 1000, time.UTC)
	late := time.Date(2026, 3, 1, 10, 59, 59, 999_999_000, time.UTC)
	name := FileName(early, late, [16]byte{0xab})
	require.Equal(t, "20260301T100000000001Z-20260301T105959999999Z-ab000000000000000000000000000000.parquet", name)
	minTS, maxTS, err := ParseFileName(name)
	require.NoError(t, err)
	require.True(t, minTS.Equal(early) && maxTS.Equal(late))
	require.Less(t, name, FileName(early.Add(time.Microsecond), late, [16]byte{}))
	for _, bad := range []string{"", "x.parquet", strings.Replace(name, "-", "_", 1), strings.Replace(name, "T10", "T99", 1), name + ".tmp"} {
		_, _, err := ParseFileName(bad)
		require.Error(t, err, "%q", bad)
	}
}
