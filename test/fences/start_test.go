package fences

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestACollectorWithoutRedactionDoesNotStart(t *testing.T) {
	for name, test := range map[string]struct {
		pipelines table
		changes   table
		wants     []string
	}{
		"no processor": {pipelines: table{"logs": pipeline("rrpair", nil, "archive")}, wants: []string{`no redact processor stands in between`}},
		"through a connector": {
			pipelines: table{"logs/in": pipeline("rrpair", nil, "forward"), "logs": pipeline("forward", nil, "archive")},
			wants:     []string{`through pipelines logs/in -> logs`, `no redact processor stands in between`},
		},
		"dry run": {
			pipelines: table{"logs": pipeline("rrpair", []string{"redact"}, "archive")},
			changes:   table{"processors": table{"redact": table{"key": redactionKey, "dry_run": true}}},
			wants:     []string{`the processor "redact" has dry_run: true and changes nothing`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			printed := w.refuseToStart(w.config("", "rrpair", test.pipelines, test.changes))
			for _, want := range append(test.wants, `pipeline "logs" would store unredacted traffic`, `receiver "rrpair" leads to exporter "archive"`,
				`processors::redact: {key: "${env:BYOC_REDACTION_KEY}"}`, `exporters::archive::allow_unredacted: true`) {
				require.Contains(t, printed, want)
			}
		})
	}
}

func TestRedactionBeforeAConnectorIsEnough(t *testing.T) {
	w := newWorld(t)
	running := w.start(w.config("", "rrpair", table{
		"logs/in": pipeline("rrpair", []string{"redact"}, "forward"),
		"logs":    pipeline("forward", nil, "archive"),
	}, nil))
	w.send(40)
	running.Stop()
	require.Equal(t, 40, w.archived())
}
