package secret

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

const maxUserInfo = 512 // bytes between :// and @

// userInfo finds the password in the user information of the URL whose authority begins at i.
func (f *finder) userInfo(dst []detect.Finding, text []byte, i int) []detect.Finding {
	limit := min(len(text), i+maxUserInfo)
	split, at := 0, 0
scan:
	for j := i; j < limit; j++ {
		switch c := text[j]; c {
		case ':':
			if split == 0 {
				split = j
			}
		case '@':
			at = j
		case '/', '?', ' ', '\t', '\n', '\r', '"', '\'', '`', '<', '>', '\\', ',', '|', ';':
			break scan
		}
	}
	switch {
	case at == 0 || at == i:
		return dst
	case split == 0 || split > at: // a user alone: a token, if it looks like one
		t := textureOf(text[i:at])
		if t.random(16) && !placeholder(text[i:at]) {
			return add(dst, f.named.urlPassword, i, at)
		}
		return dst
	}
	value := text[split+1 : at]
	if len(value) == 0 || masked(value) && !elided(value) || template(value) || value[0] == '$' && reference(value[1:]) || value[0] == '<' || value[0] == '%' && value[len(value)-1] == '%' ||
		value[0] == '[' || equalFold(value, "your_password") || equalFold(value, "yourpassword") {
		return dst
	}
	if user := text[i:split]; equalFold(value, "password") && equalFold(user, "user") || equalFold(value, "pass") && equalFold(user, "user") || equalFold(value, "password") && equalFold(user, "username") {
		return dst // what manuals write
	}
	found := len(dst)
	if dst = add(dst, f.named.urlPassword, split+1, at); len(dst) > found && bytes.IndexByte(value, '@') >= 0 {
		dst[found].Confidence = 0.98 // its end and the host look like an address
	}
	return dst
}

// urls looks for user information only, in texts too short to hold a key.
func (f *finder) urls(dst []detect.Finding, text []byte) []detect.Finding {
	for i := 1; i+2 < len(text); i++ {
		if text[i] == '/' && text[i-1] == ':' && text[i+1] == '/' {
			dst = f.userInfo(dst, text, i+2)
		}
	}
	return dst
}

// dataSource finds the password in the names of data sources that Go's drivers take: user:password@tcp(host:3306)/orders.
func (f *finder) dataSource(dst []detect.Finding, text []byte) []detect.Finding {
	for from := 0; ; {
		next := bytes.Index(text[from:], []byte("@tcp("))
		if next < 0 {
			return dst
		}
		at := from + next
		from = at + len("@tcp(")
		start, split := at, 0
		for start > 0 && at-start < maxUserInfo && !isSpace(text[start-1]) && !isQuote(text[start-1]) && text[start-1] != '=' && text[start-1] != '/' {
			start--
			if text[start] == ':' {
				split = start // the first one: passwords may have another
			}
		}
		if split <= start || split+1 >= at {
			continue
		}
		if value := text[split+1 : at]; !placeholder(value) || elided(value) {
			dst = add(dst, f.named.urlPassword, split+1, at)
		}
	}
}

// commandLine finds the passwords of curl's -u and of its kin.
func (f *finder) commandLine(dst []detect.Finding, text []byte) []detect.Finding {
	for i := 0; i+4 < len(text); i++ {
		next := bytes.IndexByte(text[i:], '-')
		if i += next; next < 0 || i+4 >= len(text) {
			break
		}
		if text[i+1] != 'u' && text[i+1] != '-' && text[i+1] != 'p' || i > 0 && !isSpace(text[i-1]) && !isQuote(text[i-1]) {
			continue
		}
		if text[i+1] == 'p' {
			dst = f.mysql(dst, text, i+2)
			continue
		}
		var j int
		switch {
		case text[i+1] == 'u' && (isBlank(text[i+2]) || isQuote(text[i+2]) || text[i+2] == '='):
			j = i + 2
		case hasPrefixAt(text, i, "--user") && i+6 < len(text) && (isBlank(text[i+6]) || text[i+6] == '='):
			j = i + 6
		case hasPrefixAt(text, i, "--proxy-user") && i+12 < len(text):
			j = i + 12
		default:
			continue
		}
		v, ok := valueAt(text, j+1-btoi(isQuote(text[j])), min(len(text), j+maxUserInfo), assigned{joint: jointFlag})
		if !ok {
			continue
		}
		for k := v.start; k < v.end; k++ {
			if text[k] == ':' {
				value := text[k+1 : v.end]
				if user := text[v.start:k]; len(value) == 0 && textureOf(user).opaque(10) && !placeholder(user) {
					dst = add(dst, f.named.password, v.start, k)
				}
				if t := textureOf(value); len(value) >= 3 && t.digits < t.length && !placeholder(value) && !template(value) && value[0] != '/' && value[0] != '$' && value[0] != '[' && !equalFold(value, "pass") {
					dst = add(dst, f.named.password, k+1, v.end)
				}
				break
			}
		}
		i = max(i, v.end-1)
	}
	return dst
}

// mysql finds the password that its clients take right after -p, at text[start:], and that of logins, behind a blank.
func (f *finder) mysql(dst []detect.Finding, text []byte, start int) []detect.Finding {
	const window = 120 // bytes before, in which the client must be named
	before := text[max(0, start-window):start]
	switch {
	case isBlank(text[start]): // docker login -u name -p password
		if !hasFold(before, "login ") {
			return dst
		}
		start++
	case !hasFold(before, "mysql") && !hasFold(before, "mariadb"):
		return dst
	}
	v, ok := valueAt(text, start, min(len(text), start+maxUserInfo), assigned{joint: jointFlag})
	if value := text[v.start:v.end]; !ok || len(value) < 4 || placeholder(value) && !elided(value) || template(value) || equalFold(value, "asswd") || prefixFold(value, "assword") || prefixFold(value, "ort") {
		return dst
	}
	return add(dst, f.named.password, v.start, v.end)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func hasPrefixAt(text []byte, i int, prefix string) bool {
	return i+len(prefix) <= len(text) && string(text[i:i+len(prefix)]) == prefix
}
