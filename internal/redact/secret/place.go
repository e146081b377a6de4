package secret

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// byName finds the secret in a text whose own name says that it is one.
func (f *finder) byName(dst []detect.Finding, text []byte, hints detect.Hints) []detect.Finding {
	start, end := 0, len(text)
	for start < end && isSpace(text[start]) {
		start++
	}
	for end > start && isSpace(text[end-1]) {
		end--
	}
	value := text[start:end]
	if hints.Class&detect.NameAuth != 0 && !masked(value) && placeholderWord(value) {
		// an example's credentials, but in the header made for them: decided below
	} else if placeholder(value) && !(hints.Class&detect.NamePassword != 0 && (reserved(value) && equalFold(value, "password") || elided(value))) {
		return dst
	}
	blank := bytes.IndexByte(value, ' ') >= 0
	if blank && hints.Place == detect.PlaceQuery && pluses(value) { // decoded, though it was not encoded
		blank = false
	}
	switch class := hints.Class; {
	case class&detect.NameAuth != 0:
		if scheme := run(value, 0, word|dash); scheme > 0 && scheme < len(value) && (isBlank(value[scheme]) || value[scheme] == ':') {
			found := len(dst)
			if dst = f.authorization(dst, text, start, end); len(dst) == found && authScheme(value[:scheme]) {
				return f.anyCredentials(dst, text, start+scheme+1, end)
			}
			return dst
		}
		if len(value) < 6 || harmlessValue(value) || bytes.IndexByte(value, ' ') >= 0 {
			return dst
		}
		t := textureOf(value)
		if t.random(8) || isUUID(value) {
			return add(dst, f.named.bearer, start, end)
		}
	case class&detect.NamePassword != 0:
		return add(dst, f.named.password, start, end)
	case class&detect.NameSession != 0:
		if t := textureOf(value); !resourceID(value) && (t.random(10) || isUUID(value) || randomPart(value) || t.digits == t.length && t.length >= 8) {
			return add(dst, f.named.session, start, end)
		}
	case class&detect.NameSecret != 0:
		if bytes.Contains(value, []byte("://")) || bytes.IndexByte(value, ';') > 0 && bytes.IndexByte(value, '=') > 0 {
			return dst // an address or a connection string: what is secret in it is found in it
		}
		sure := (hints.Place == detect.PlaceHeader || hints.Place == detect.PlaceQuery || saysSecret(hints.Name)) && class&detect.NameID == 0
		if t := textureOf(value); len(value) >= 6 && !harmlessValue(value) && (sure || t.digits > 0 && t.distinct > 4 && t.words < t.length || t.random(8) || t.length >= 16 && t.mean() > 850) &&
			!blank {
			return add(dst, f.named.secret, start, end)
		}
	case class&(detect.NameToken|detect.NameCookie) != 0:
		if class&detect.NameCookie != 0 && hints.Place != detect.PlaceCookie {
			if equals := bytes.IndexByte(value, '='); equals > 0 && equals < len(value)-1 && value[equals+1] != '=' {
				return f.cookies(dst, text, start, end)
			}
		}
		if blank || harmlessValue(value) || bytes.IndexByte(value, ';') >= 0 {
			return dst
		}
		if t := textureOf(value); t.random(10) || isUUID(value) || randomPart(value) || t.digits == t.length && t.length >= 16 {
			return add(dst, f.named.secret, start, end)
		}
	}
	return dst
}

// saysSecret says whether a name can only be that of a secret, so that its value is one however plain it looks.
func saysSecret(name []byte) bool {
	for _, certain := range [...]string{"client_secret", "clientSecret", "client-secret", "app_secret", "appSecret", "api_secret", "apiSecret",
		"secret_key", "secretKey", "signing_secret", "signingSecret", "shared_secret", "sharedSecret", "webhook_secret", "webhookSecret"} {
		if equalFold(name, certain) {
			return true
		}
	}
	return false
}

// pluses says whether the blanks of value are the pluses of base64 that reading a form made of them.
func pluses(value []byte) bool {
	const least = 20 // bytes: of the shortest key that base64 is used for
	if len(value) < least {
		return false
	}
	blanks := 0
	for i, c := range value {
		if c == ' ' {
			blanks++
			if i > 0 && value[i-1] == ' ' && i > 1 && value[i-2] == ' ' {
				return false
			}
		} else if byteAlphabet[c]&base64any == 0 {
			return false
		}
	}
	t := textureOf(value)
	return blanks*8 <= len(value) && t.uppers > 2 && t.lowers > 2 && (t.digits > 1 || t.mean() >= 900)
}

// authScheme says whether word is a scheme of authorization headers that has the credentials right after it.
func authScheme(word []byte) bool {
	for _, scheme := range [...]string{"bearer", "token", "basic", "apikey", "api-key", "key", "negotiate", "ntlm", "dpop", "jwt", "sso-key", "splunk", "genie", "bot", "signature"} {
		if equalFold(word, scheme) {
			return true
		}
	}
	return false
}

// anyCredentials takes what stands after the scheme in a header made for it, however weak it looks.
func (f *finder) anyCredentials(dst []detect.Finding, text []byte, start, end int) []detect.Finding {
	for start < end && isBlank(text[start]) {
		start++
	}
	stop := start
	for stop < end && !isSpace(text[stop]) && text[stop] != ',' && text[stop] != ';' {
		stop++
	}
	if value := text[start:stop]; len(value) < 6 || placeholder(value) && !placeholderWord(value) || vocabulary(value) || value[0] == '<' || template(value) {
		return dst
	}
	return add(dst, f.named.bearer, start, stop)
}

// cookies finds the values that look made by a machine in the text of a Cookie or Set-Cookie header, text[start:end].
func (f *finder) cookies(dst []detect.Finding, text []byte, start, end int) []detect.Finding {
	for start < end {
		for start < end && (isSpace(text[start]) || text[start] == ';') {
			start++
		}
		stop := start
		for stop < end && text[stop] != ';' {
			stop++
		}
		if equals := bytes.IndexByte(text[start:stop], '='); equals > 0 {
			name, from := text[start:start+equals], start+equals+1
			to := stop
			if from < to && text[from] == '"' {
				from++
			}
			if to > from && text[to-1] == '"' {
				to--
			}
			value := text[from:to]
			if bytes.IndexByte(value, ' ') < 0 && !placeholder(value) && !cookieAttribute(name) {
				t := textureOf(value)
				if t.random(16) || isUUID(value) || randomPart(value) || t.opaque(8) && kindOf(name) != kindNone {
					dst = add(dst, f.named.session, from, to)
				}
			}
		}
		start = stop + 1
	}
	return dst
}

// cookieAttribute says whether a name belongs to the header and not to a cookie.
func cookieAttribute(name []byte) bool {
	for _, attribute := range [...]string{"path", "domain", "expires", "max-age", "samesite", "version"} {
		if equalFold(name, attribute) {
			return true
		}
	}
	return false
}

// randomPart says whether one of the parts of a value looks made by a machine: times and numbers beside it dilute it.
func randomPart(value []byte) bool {
	const least = 16
	start := 0
	for i := 0; i <= len(value); i++ {
		if i < len(value) && byteAlphabet[value[i]]&(dot|dash|colon|percent|tilde|punct) == 0 && value[i] != '|' {
			continue
		}
		if i-start >= least && textureOf(value[start:i]).random(least) {
			return true
		}
		start = i + 1
	}
	return false
}
