package archive

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestATokenListDoesNotRepeatTheUUID wants every token list back.
func TestATokenListDoesNotRepeatTheUUID(t *testing.T) {
	const own, other = `"uuid":"AAECAwQFBgcICQoLDA0ODw=="`, `"uuid":"EBESExQVFhcYGRobHB0eHw=="`
	for name, test := range map[string]struct{ list, column string }{
		"own":       {`{"a":{"tokens":[{` + own + `,"x":1},{` + own + `}]}}`, `{"a":{"tokens":[{"uuid":true,"x":1},{"uuid":true}]}}`},
		"another's": {`{"a":{` + other + `}}`, `{"a":{` + other + `}}`},
		"both":      {`{"a":{` + other + `},"b":{` + own + `}}`, `{"a":{` + other + `},"b":{"uuid":true}}`},
		"in a text": {`{"a":"{\"uuid\":\"AAECAwQFBgcICQoLDA0ODw==\"}"}`, `{"a":"{\"uuid\":\"AAECAwQFBgcICQoLDA0ODw==\"}"}`},
		"literal":   {`{"a":{` + own + `},"b":{"uuid":true}}`, ""},
		"empty":     {`{}`, `{}`},
		"no object": {`[{` + own + `}]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			row := requireShredExact(t, pairOf(t, `"ts":"2026-03-01T12:00:00Z",`+own+`,"tokenList":`+test.list))
			require.Equal(t, test.column, string(row.Bytes[ColumnTokenList]))
			if test.column == "" {
				require.Contains(t, string(row.Bytes[ColumnRest]), test.list)
			}
		})
	}
}
