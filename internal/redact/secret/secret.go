// Package secret finds credentials: keys of providers, tokens, private keys, passwords, authorization headers.
//
// Four things are looked for, the cheapest first: the value of a place whose name says that it is secret; tokens whose
// form says what they are (tables of forms in providers_*.go, JSON web tokens, armoured keys, user information of URLs);
// names of secrets in free text with a value after them; and values that look made by a machine beside a provider's name.
package secret

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Rules lists all rules of this package.
func Rules() []*detect.Rule { return allRules().list }

// New makes a finder for the rules that enabled says yes to.
func New(enabled func(*detect.Rule) bool) detect.Finder {
	all := allRules()
	f := &finder{named: all.named.only(enabled)}
	var entries []formEntry
	for i := range all.forms {
		if rule := all.formRules[i]; enabled(rule) {
			entries = append(entries, all.forms[i].entries(rule)...)
		}
	}
	f.forms = newFormIndex(entries)
	return f
}

type finder struct {
	named namedRules
	forms *formIndex
}

// secretNames are the meanings of names whose values are secret.
const secretNames = detect.NamePassword | detect.NameSecret | detect.NameToken | detect.NameAuth | detect.NameSession | detect.NameCookie

// leastToken is the length of the shortest run that a finding in free text can hold.
const leastToken = 8

// leastForm is the length of the shortest key that its form alone makes known.
const leastForm = 15

// uuidLength is the length of the commonest of all texts with hyphens.
const uuidLength = 36

// Find implements detect.Finder.
func (f *finder) Find(dst []detect.Finding, text []byte, shape detect.Shape, hints detect.Hints) []detect.Finding {
	if hints.Class&secretNames != 0 && hints.Place != detect.PlaceKey && len(text) > 0 {
		dst = f.byName(dst, text, hints)
	}
	if hints.Class&(secretNames|detect.NameID) == 0 && shape.LongToken == len(text) && shape.LongToken >= leastContext && shape.LongToken <= 200 && shape.Digits > 1 &&
		(hints.Place == detect.PlaceValue || hints.Place == detect.PlaceHeader || hints.Place == detect.PlaceQuery) {
		dst = f.byProvider(dst, text, hints)
	}
	const inQuotes = detect.HasEquals | detect.HasColon | detect.HasDash
	if shape.LongToken < leastToken && (shape.Classes&detect.HasQuote == 0 || shape.Classes&inQuotes == 0) {
		return dst // a shorter one may only stand in quotes: pass: "abc1"
	}
	if shape.LongToken >= leastForm || text[0] == '-' && bytes.HasPrefix(text, []byte(armourBegin)) {
		const context = detect.HasSpace | detect.HasEquals | detect.HasColon | detect.HasQuote
		dst = f.tokens(dst, text, shape.Classes&context != 0 && shape.LongToken >= leastContext || shape.LongToken >= 40)
	} else if shape.Classes&detect.HasAt != 0 && shape.Classes&detect.HasSlash != 0 {
		dst = f.urls(dst, text)
	}
	const separators = detect.HasSpace | detect.HasEquals | detect.HasColon | detect.HasQuote | detect.HasOther
	if shape.Classes&separators != 0 || shape.Classes&detect.HasDash != 0 && shape.LongToken >= 28 && len(text) != uuidLength {
		dst = f.assignments(dst, text)
		if shape.Classes&detect.HasColon != 0 && len(text) > 40 {
			dst = f.manifest(dst, text)
		}
		if shape.Classes&(detect.HasAt|detect.HasColon) == detect.HasAt|detect.HasColon && shape.Classes&detect.HasOther != 0 {
			dst = f.dataSource(dst, text)
		}
		if shape.Classes&detect.HasDash != 0 && shape.Classes&detect.HasSpace != 0 {
			dst = f.commandLine(dst, text)
		}
	}
	return dst
}

// add appends a finding of rule, unless the rule is off.
func add(dst []detect.Finding, rule *detect.Rule, start, end int) []detect.Finding {
	if rule == nil || end <= start {
		return dst
	}
	return append(dst, detect.Finding{Start: start, End: end, Rule: rule, Confidence: rule.Confidence})
}

// maxHeaderTries bounds how often one run of letters is decoded to see whether a web token starts in it.
const maxHeaderTries = 8

// withinBase64 says whether a key that begins with letters alone stands in the middle of base64, where any letters come up.
func withinBase64(text []byte, start, end int) bool {
	if end-start < 3 || !isAlnum(text[start+2]) || start == 0 {
		return false
	}
	before, after := text[start-1], byte(0)
	if end < len(text) {
		after = text[end]
	}
	return before == '+' || before == '/' && (after == '+' || after == '/' || after == '=') || after == '+'
}

// tokens finds what its form alone makes known, at the beginnings of words; with context also what the words before make
// known.
func (f *finder) tokens(dst []detect.Finding, text []byte, context bool) []detect.Finding {
	headerEnd, headerTries, contextEnd := 0, 0, 0
	for i := 0; i < len(text); {
		c := text[i]
		if byteAlphabet[c]&word == 0 {
			switch c {
			case '-':
				if i+10 < len(text) && text[i+1] == '-' && text[i+4] == ' ' && bytes.HasPrefix(text[i:], []byte(ssh2Begin)) {
					end, private := ssh2At(text, i)
					if private {
						dst = add(dst, f.named.privateKey, i, end)
					}
					i = max(end, i+1)
					continue
				}
				if i+10 < len(text) && text[i+1] == '-' && bytes.HasPrefix(text[i:], []byte(armourBegin)) {
					end, private := pemAt(text, i)
					if private {
						dst = add(dst, f.named.privateKey, i, end)
					}
					i = max(end, i+1)
					continue
				}
			case '~', '|', '$':
				dst = f.anchored(dst, text, i)
			case ':':
				dst = f.anchored(dst, text, i)
				if i+3 < len(text) && text[i+1] == '/' && text[i+2] == '/' {
					dst = f.userInfo(dst, text, i+3)
				}
			}
			i++
			continue
		}
		start := i
		if i > 0 && text[i-1] == '\\' && (c == 'n' || c == 'r' || c == 't') && i+1 < len(text) && isWord(text[i+1]) {
			start++ // an escaped line end
		}
		if start+1 < len(text) && f.forms.may(text[start], text[start+1]) {
			if end, rule := f.forms.at(text, start); end > 0 && !withinBase64(text, start, end) {
				dst = add(dst, rule, start, end) // none when the key is dull
				i = end
				continue
			}
		}
		if text[start] == 'e' && start+2 < len(text) && text[start+1] == 'y' {
			if start >= headerEnd {
				headerEnd, headerTries = run(text, start, jwtAlphabet), 0
			}
			if headerTries++; headerTries <= maxHeaderTries {
				if end := jwtAt(text, start, headerEnd); end > 0 {
					dst = add(dst, f.named.jwt, start, end)
					i = end
					continue
				}
			}
		}
		if text[start] == 'P' && bytes.HasPrefix(text[start:], []byte("PuTTY-User-Key-File-")) {
			if end := puttyAt(text, start); end > 0 {
				dst = add(dst, f.named.privateKey, start, end)
				i = end
				continue
			}
		}
		end := run(text, start, word)
		if context && start >= contextEnd {
			contextEnd = run(text, start, base64any&^equals|dot|tilde)
			if contextEnd-start >= leastContext {
				dst = f.contextual(dst, text, start, contextEnd)
			}
		}
		i = max(end, i+1)
	}
	return dst
}
