package archive

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSignatureLiesInTheColumnAsText wants the texts once, and every signature back.
func TestSignatureLiesInTheColumnAsText(t *testing.T) {
	const (
		request  = `"http":{"req":{"bodyBase64":"eyJhIjoxfQ=="}},` // {"a":1}
		noBody   = `"http":{"req":{}},`                            //
		binary   = `"http":{"req":{"bodyBase64":"//8="}},`         // no UTF-8
		urlBody  = `{"http:url":"L2E=","http:requestBodyJSON":"eyJhIjoxfQ=="}`
		urlTexts = `{"http:url":"/a","http:requestBodyJSON":"{\"a\":1}"}`
	)
	for name, test := range map[string]struct{ members, column, rest string }{
		"texts":                {noBody + `"signature":{"http:url":"L2E=","instance":""}`, `{"http:url":"/a","instance":""}`, `{"msgType":"rrpair","http":{"req":{}}}`},
		"empty":                {noBody + `"signature":{},"mutableSignature":{}`, `{}`, `{"msgType":"rrpair","http":{"req":{}},"mutableSignature":true}`},
		"body":                 {request + `"signature":` + urlBody, `{"http:url":"/a","http:requestBodyJSON":true}`, `{"msgType":"rrpair","http":{"req":{}}}`},
		"body and plain form":  {request + `"signature":` + urlBody + `,"mutableSignature":` + urlTexts, `{"http:url":"/a","http:requestBodyJSON":true}`, `{"msgType":"rrpair","http":{"req":{}},"mutableSignature":true}`},
		"another body":         {noBody + `"signature":` + urlBody + `,"mutableSignature":` + urlTexts, urlTexts, `{"msgType":"rrpair","http":{"req":{}},"mutableSignature":true}`},
		"body only for search": {`"http":{"req":{"bodyBase64":"eyJhIjoxfQ","body":"{\"a\":1}"}},"signature":` + urlBody, "", ""},
		"escapes":              {noBody + `"signature":{"a\"b":"IlwK"},"mutableSignature":{"a\"b":"\"\\\n"}`, `{"a\"b":"\"\\\n"}`, `{"msgType":"rrpair","http":{"req":{}},"mutableSignature":true}`},
		"other order":          {noBody + `"signature":{"a":"YQ==","b":"Yg=="},"mutableSignature":{"b":"b","a":"a"}`, `{"a":"a","b":"b"}`, `{"msgType":"rrpair","http":{"req":{}},"mutableSignature":{"b":"b","a":"a"}}`},
		"one key less":         {noBody + `"signature":{"a":"YQ==","b":"Yg=="},"mutableSignature":{"a":"a"}`, `{"a":"a","b":"b"}`, `{"msgType":"rrpair","http":{"req":{}},"mutableSignature":{"a":"a"}}`},
		"plain form alone":     {noBody + `"mutableSignature":{"a":"a"}`, "", `{"msgType":"rrpair","http":{"req":{}},"mutableSignature":{"a":"a"}}`},
		"literal":              {noBody + `"signature":{"a":"YQ=="},"mutableSignature":true`, "", `{"msgType":"rrpair","http":{"req":{}},"signature":{"a":"YQ=="},"mutableSignature":true}`},
		"literal alone":        {noBody + `"mutableSignature":true`, "", `{"msgType":"rrpair","http":{"req":{}},"mutableSignature":true}`},
		"no base64":            {noBody + `"signature":{"a":"a"}`, "", `{"msgType":"rrpair","http":{"req":{}},"signature":{"a":"a"}}`},
		"no string":            {request + `"signature":{"a":"YQ==","http:requestBodyJSON":true}`, "", `{"msgType":"rrpair","http":{"req":{}},"signature":{"a":"YQ==","http:requestBodyJSON":true}}`},
		"body of no text":      {binary + `"signature":{"http:requestBodyJSON":"//8="}`, `{"http:requestBodyJSON":true}`, `{"msgType":"rrpair","http":{"req":{}}}`},
		"no text":              {noBody + `"signature":{"a":"//8="}`, "", `{"msgType":"rrpair","http":{"req":{}},"signature":{"a":"//8="}}`},
		"no object":            {noBody + `"signature":"YQ=="`, "", `{"msgType":"rrpair","http":{"req":{}},"signature":"YQ=="}`},
	} {
		t.Run(name, func(t *testing.T) {
			row := requireShredExact(t, pairOf(t, `"ts":"2026-03-01T12:00:00Z","uuid":"AAECAwQFBgcICQoLDA0ODw==",`+test.members))
			if test.rest == "" {
				return
			}
			require.Equal(t, test.column, string(row.Bytes[ColumnSignature]))
			require.Equal(t, test.rest, string(row.Bytes[ColumnRest]))
		})
	}
}

// TestASignatureWithoutItsBodyIsCorrupt: no empty text is made up for it.
func TestASignatureWithoutItsBodyIsCorrupt(t *testing.T) {
	row := new(Row)
	row.Bytes[ColumnRest] = []byte(`{"msgType":"rrpair","mutableSignature":true}`)
	row.Bytes[ColumnSignature] = []byte(`{"http:requestBodyJSON":true}`)
	_, err := Unshred(nil, row)
	require.ErrorIs(t, err, ErrCorruptRow)
	row.Bytes[ColumnRest] = []byte(`{"msgType":"rrpair"}`)
	_, err = Unshred(nil, row)
	require.ErrorIs(t, err, ErrCorruptRow)
}
