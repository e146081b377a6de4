package redact

import (
	"encoding/base64"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// sensitiveNames are the meanings of names under which any value can be sensitive, whatever its form.
const sensitiveNames = ^(detect.NameID | detect.NameTime | detect.NameAmount)

// neverSensitive reports whether a node cannot be sensitive wherever it stands, so that not even copies are looked for:
// what is too short to be a value, and what makes the record an RRPair.
func neverSensitive(n *node) bool {
	if len(n.text) <= 2 {
		return true
	}
	switch n.role {
	case roleFixed:
		switch string(n.text) {
		case "rrpair", "OUT", "msgType", "direction":
			return true
		}
	case rolePair:
		if n.is(flagKey) {
			return topRole(n.text) != roleNone || topPlain(n.text)
		}
	case roleDLPModified:
		return string(n.text) == "true" || string(n.text) == "false"
	case roleNone:
		if len(n.text) == 24 && n.holder == noNode && string(n.name) == "uuid" {
			return isID(n.text)
		}
	case roleTokens:
		if len(n.text) == 24 && string(n.name) == "uuid" {
			return isID(n.text)
		}
	}
	return false
}

// topPlain reports whether name is a member of the model's top level that topRole does not know.
func topPlain(name []byte) bool {
	switch string(name) {
	case "resource", "ts", "isTls", "l7protocol", "duration", "alpn", "tags", "uuid", "cluster", "namespace", "service", "tech",
		"network_address", "command", "status", "partOfStreamUUID", "streamSeqNum", "events", "netinfo", "responderMatch":
		return true
	}
	return false
}

// isID reports whether text is base64 of 16 bytes.
func isID(text []byte) bool {
	var id [18]byte
	n, err := base64.StdEncoding.Decode(id[:], text)
	return err == nil && n == 16
}

// plainForm reports whether text has a form in which no finder finds anything where the name says nothing: a short word
// with at most three digits, a short number, a UUID, a time.
func plainForm(text []byte) bool {
	switch n := len(text); {
	case n <= 15:
		seen, digits := byte(0), byte(0)
		for _, c := range text {
			seen |= plainTable[c]
			digits += plainTable[c] & plainDigit
		}
		if seen&plainNone != 0 || digits > 3 || digits > 0 && (seen&plainGap != 0 || n > 13) {
			return isShortNumber(text)
		}
		return n < shortestEmbedded || !content.ShortBase64(text)
	case n == 36:
		return isUUID(text)
	case n >= 20 && n <= 35 && text[4] == '-':
		return isTime(text)
	}
	return false
}

// What plainTable says of a byte.
const (
	plainDigit byte = 1 << iota // counts up to 15
	_
	_
	_
	plainGap  // a separator of words
	plainNone // in no plain word
)

// plainTable holds the bytes that plain words are made of.
var plainTable = func() (table [256]byte) {
	for i := range table {
		switch c := byte(i); {
		case c|0x20-'a' <= 25 || c == '_':
		case c-'0' <= 9:
			table[i] = plainDigit
		case c == '-' || c == ' ':
			table[i] = plainGap
		default:
			table[i] = plainNone
		}
	}
	return table
}()

// isShortNumber reports whether text is a number of at most six characters.
func isShortNumber(text []byte) bool {
	if len(text) > 6 {
		return false
	}
	for _, c := range text {
		if c-'0' > 9 && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

func isUUID(text []byte) bool {
	for i, c := range text {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if c-'0' > 9 && c|0x20-'a' > 5 {
				return false
			}
		}
	}
	return true
}

// isTime reports whether text is a time as RFC 3339 has it, of 20 to 35 characters.
func isTime(text []byte) bool {
	const form = "dddd-dd-ddTdd:dd:dd"
	for i := range form {
		if form[i] == 'd' {
			if text[i]-'0' > 9 {
				return false
			}
		} else if text[i] != form[i] {
			return false
		}
	}
	i := len(form)
	if text[i] == '.' {
		for i++; i < len(text) && text[i]-'0' <= 9; i++ {
		}
		if i > len(form)+10 {
			return false
		}
	}
	rest := text[i:]
	if len(rest) == 1 {
		return rest[0] == 'Z'
	}
	return len(rest) == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':' &&
		rest[1]-'0' <= 9 && rest[2]-'0' <= 9 && rest[4]-'0' <= 9 && rest[5]-'0' <= 9
}
