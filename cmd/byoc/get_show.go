package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// dumpBytes is how much of a binary body is shown as hexadecimal; the whole is in --output json.
	dumpBytes = 256
	// shownBodyLimit bounds a decompressed body, so that a small one cannot fill the memory.
	shownBodyLimit = 64 << 20
	// shownBytes is how much of a text is shown without --full: some screens.
	shownBytes = 16 << 10
)

// exchange is a pair being printed for a person.
type exchange struct {
	out     bytes.Buffer
	pair    *rrpair.Pair
	guarded bool // a terminal reads it: nothing of the traffic may control it
	color   bool
	full    bool
	cut     bool // something was cut
}

// printExchange shows a pair whole, as a person reads it: what it is, the request, the response. HTTP is shown as HTTP,
// Postgres as statement and result, anything else as indented JSON.
func (a *app) printExchange(pair *rrpair.Pair, full bool) error {
	e := &exchange{pair: pair, guarded: a.stdoutIsTerminal, color: a.wantsColor(), full: full}
	at, _ := pair.Time()
	took, _ := pair.Duration()
	id, _ := pair.UUID()
	e.line(styleDim, fmt.Sprintf("# %s  %s %s  %s  %s  took %s", a.formatTime(at), pair.Text(rrpair.FieldDirection), orDash(pair.Text(rrpair.FieldService)),
		pair.Text(rrpair.FieldL7Protocol), id, humanDuration(took)))
	e.line(styleDim, "# times in "+a.zoneName())
	if isRedacted(pair) {
		e.line(styleDim, "# redacted"+withPolicy(pair)+": what was secret or personal stands here as a surrogate")
	}
	switch postgres := memberOf(pair.JSON(), "postgres"); {
	case pair.HTTP() != nil:
		e.http()
	case postgres != nil:
		e.line(styleDim, fmt.Sprintf("# %s  %s", pair.Text(rrpair.FieldCommand), pair.Text(rrpair.FieldLocation)))
		e.blank()
		e.text("> " + statementOf(postgres))
		e.blank()
		e.line(statusStyle(pair), "< "+pair.Text(rrpair.FieldStatus))
		e.text(indented(memberOf(postgres, "response")))
	default:
		e.line(styleDim, fmt.Sprintf("# %s %s  %s", pair.Text(rrpair.FieldCommand), pair.Text(rrpair.FieldLocation), pair.Text(rrpair.FieldStatus)))
		e.blank()
		e.text(indented(pair.JSON()))
	}
	if e.cut {
		e.blank()
		e.line(styleDim, "# long texts were cut: --full shows them whole, --output json gives the pair as it was stored")
	}
	_, err := a.stdout.Write(e.out.Bytes())
	return err
}

// line prints one line; line ends of the traffic never make a second one.
func (e *exchange) line(style, text string) { e.out.WriteString(e.inline(style, text) + "\n") }

func (e *exchange) inline(style, text string) string {
	if e.guarded {
		text = harmless(text, false)
	} else {
		text = strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(text)
	}
	if e.color {
		text = styled(style, text)
	}
	return text
}

func (e *exchange) blank() { e.out.WriteByte('\n') }

// text prints a text of many lines, cut where it is long.
func (e *exchange) text(text string) {
	left := 0
	if !e.full && len(text) > shownBytes+shownBytes/4 {
		end := shownBytes
		if newline := strings.LastIndexByte(text[:end], '\n'); newline > end/2 {
			end = newline
		}
		left, text, e.cut = len(text)-end, strings.ToValidUTF8(text[:end], ""), true
	}
	text = strings.TrimRight(text, "\n")
	if e.guarded {
		text = harmless(text, true)
	}
	e.out.WriteString(text + "\n")
	if left > 0 {
		e.line(styleDim, fmt.Sprintf("(… %s more)", humanBytes(int64(left))))
	}
}

func (e *exchange) http() {
	pair := e.pair
	target := pair.Text(rrpair.FieldRequestURI)
	if target == "" {
		target = pair.Text(rrpair.FieldRequestURL)
	}
	e.blank()
	e.line(styleBold, fmt.Sprintf("%s %s HTTP/%s", pair.Text(rrpair.FieldRequestMethod), target, pair.Text(rrpair.FieldRequestVersion)))
	e.headers(pair.Raw(rrpair.FieldRequestHeaders))
	e.body(false)
	e.blank()
	if len(pair.Raw(rrpair.FieldResponse)) == 0 {
		e.line(styleDim, "(no response was captured)")
		return
	}
	status := pair.Text(rrpair.FieldResponseStatusMessage)
	code := string(pair.Raw(rrpair.FieldResponseStatusCode)) // the pair's own status is that of gRPC, where it is gRPC
	if _, err := strconv.ParseUint(code, 10, 16); err != nil {
		code = ""
	}
	switch {
	case status == "" && code == "":
		status = pair.Text(rrpair.FieldStatus)
	case !strings.HasPrefix(status, code): // some captures give the words alone
		status = strings.TrimSpace(code + " " + status)
	}
	e.line(statusStyle(pair), fmt.Sprintf("HTTP/%s %s", pair.Text(rrpair.FieldRequestVersion), status))
	e.headers(pair.Raw(rrpair.FieldResponseHeaders))
	e.body(true)
}

func (e *exchange) headers(headers []byte) {
	eachHeader(headers, func(name, value string) {
		e.out.WriteString(e.inline(styleName, name) + ": " + e.inline(styleNormal, value) + "\n")
	})
}

// statusStyle is the colour of how it ended.
func statusStyle(pair *rrpair.Pair) string {
	status := pair.Text(rrpair.FieldStatus)
	switch {
	case rrpair.Failed(pair.Text(rrpair.FieldL7Protocol), status):
		return styleBad
	case pair.HTTP() != nil && strings.HasPrefix(status, "4"):
		return styleWarn
	default:
		return styleGood
	}
}

// eachHeader tells the headers of a message, a name with several values several times.
func eachHeader(headers []byte, tell func(name, value string)) {
	rrpair.EachMember(headers, func(key, values []byte) bool {
		name := unquoted(append(append([]byte{'"'}, key...), '"'))
		isList := rrpair.EachElement(values, func(value []byte) bool {
			tell(name, unquoted(value))
			return true
		})
		if text, ok := rrpair.AppendUnquoted(nil, values); !isList && ok {
			tell(name, string(text))
		}
		return true
	})
}

// unquoted is the value of a JSON string, "" where it is none.
func unquoted(raw []byte) string {
	text, _ := rrpair.AppendUnquoted(nil, raw)
	return string(text)
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

// isRedacted says that a redaction policy changed the pair.
func isRedacted(pair *rrpair.Pair) bool { return string(pair.Raw(rrpair.FieldDLPModified)) == "true" }

// withPolicy names the policy, where it has a name that needs no care.
func withPolicy(pair *rrpair.Pair) string {
	name := pair.Text(rrpair.FieldDLPRule)
	if name == "" || strings.IndexFunc(name, func(r rune) bool { return !isWordRune(r) }) >= 0 {
		return ""
	}
	return " by the policy " + name
}

// isWordRune says that neither a shell nor a terminal takes the character for anything but itself.
func isWordRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-'
}
