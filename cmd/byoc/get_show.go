package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// dumpBytes is how much of a binary body is shown as hexadecimal; the whole is in --output json.
	dumpBytes = 256
	// shownBodyLimit bounds a decompressed body, so that a small one cannot fill the memory.
	shownBodyLimit = 64 << 20
)

// printExchange shows a pair whole, as a person reads it: what it is, the request, the response. HTTP is shown as HTTP,
// Postgres as statement and result, anything else as indented JSON.
func (a *app) printExchange(pair *rrpair.Pair) error {
	var out bytes.Buffer
	at, _ := pair.Time()
	took, _ := pair.Duration()
	id, _ := pair.UUID()
	fmt.Fprintf(&out, "# %s  %s %s  %s  %s  took %s\n", a.formatTime(at), pair.Text(rrpair.FieldDirection), orDash(pair.Text(rrpair.FieldService)),
		pair.Text(rrpair.FieldL7Protocol), id, humanDuration(took))
	fmt.Fprintf(&out, "# times in %s\n", a.zoneName())
	switch postgres := memberOf(pair.JSON(), "postgres"); {
	case pair.HTTP() != nil:
		exchangeHTTP(&out, pair)
	case postgres != nil:
		fmt.Fprintf(&out, "# %s  %s\n\n", pair.Text(rrpair.FieldCommand), pair.Text(rrpair.FieldLocation))
		fmt.Fprintf(&out, "> %s\n\n", statementOf(postgres))
		fmt.Fprintf(&out, "< %s\n%s\n", pair.Text(rrpair.FieldStatus), indented(memberOf(postgres, "response")))
	default:
		fmt.Fprintf(&out, "# %s %s  %s\n\n%s\n", pair.Text(rrpair.FieldCommand), pair.Text(rrpair.FieldLocation), pair.Text(rrpair.FieldStatus), indented(pair.JSON()))
	}
	_, err := a.stdout.Write(out.Bytes())
	return err
}

func exchangeHTTP(out *bytes.Buffer, pair *rrpair.Pair) {
	target := pair.Text(rrpair.FieldRequestURI)
	if target == "" {
		target = pair.Text(rrpair.FieldRequestURL)
	}
	fmt.Fprintf(out, "\n%s %s HTTP/%s\n", pair.Text(rrpair.FieldRequestMethod), target, pair.Text(rrpair.FieldRequestVersion))
	exchangeHeaders(out, pair.Raw(rrpair.FieldRequestHeaders))
	exchangeBody(out, pair, false)
	status := pair.Text(rrpair.FieldResponseStatusMessage)
	if status == "" {
		status = pair.Text(rrpair.FieldStatus)
	}
	fmt.Fprintf(out, "\nHTTP/%s %s\n", pair.Text(rrpair.FieldRequestVersion), status)
	exchangeHeaders(out, pair.Raw(rrpair.FieldResponseHeaders))
	exchangeBody(out, pair, true)
}

func exchangeHeaders(out *bytes.Buffer, headers []byte) {
	rrpair.EachMember(headers, func(key, values []byte) bool {
		rrpair.EachElement(values, func(value []byte) bool {
			if text, ok := rrpair.AppendUnquoted(nil, value); ok {
				fmt.Fprintf(out, "%s: %s\n", key, text)
			}
			return true
		})
		return true
	})
}

func exchangeBody(out *bytes.Buffer, pair *rrpair.Pair, response bool) {
	body, err := rrpair.DecodedBody(pair, response, shownBodyLimit)
	if err != nil { // none, or one that cannot be decompressed: as it came
		if body, _ = pair.RequestBody(); response {
			body, _ = pair.ResponseBody()
		}
	}
	switch {
	case len(body) == 0:
	case json.Valid(body):
		fmt.Fprintf(out, "\n%s\n", indented(body))
	case utf8.Valid(body):
		fmt.Fprintf(out, "\n%s\n", bytes.TrimRight(body, "\n"))
	default:
		fmt.Fprintf(out, "\n(%s of binary data)\n%s", humanBytes(int64(len(body))), hex.Dump(body[:min(len(body), dumpBytes)]))
	}
}

func indented(raw []byte) string {
	var out bytes.Buffer
	if len(raw) == 0 || json.Indent(&out, raw, "", "  ") != nil {
		return string(raw)
	}
	return out.String()
}

// statementOf is the SQL of a request, or the request as JSON where it has none.
func statementOf(postgres []byte) string {
	request := memberOf(postgres, "request")
	for _, path := range [...]string{"query", "parse", "execute"} {
		if text, ok := rrpair.AppendUnquoted(nil, memberOf(memberOf(request, path), "query")); ok && len(text) > 0 {
			return strings.TrimSpace(string(text))
		}
	}
	return indented(request)
}

// memberOf is the raw value of an object's member, nil when there is none.
func memberOf(object []byte, name string) (found []byte) {
	rrpair.EachMember(object, func(key, value []byte) bool {
		if string(key) == name {
			found = value
		}
		return found == nil
	})
	return found
}
