package secret

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// accept decides whether v is the secret that its name promises, and appends the finding.
func (f *finder) accept(dst []detect.Finding, text []byte, nameStart, nameEnd int, kind nameKind, v assigned) []detect.Finding {
	if kind == kindAuth {
		return f.authorization(dst, text, v.start, lineEnd(text, nameStart, v))
	}
	value := text[v.start:v.end]
	if kind == kindSession && suffixFold(text[nameStart:nameEnd], "cookie") && v.joint == jointSign && bytes.IndexByte(value, '=') > 0 {
		return f.cookies(dst, text, v.start, lineEnd(text, nameStart, v))
	}
	if len(value) > 6 && fold(value[0]) == 'b' && (v.quoted || !v.quoted && v.end < len(text) && text[v.end] == ' ') && (prefixFold(value, "bearer") || prefixFold(value, "basic")) {
		return f.authorization(dst, text, v.start, lineEnd(text, nameStart, v))
	}
	name := text[nameStart:nameEnd]
	if equalFold(name, "basic") {
		if v.joint == jointBlank && userAndPassword(value) {
			return add(dst, f.named.basicAuth, v.start, v.end)
		}
		return dst
	}
	if kind == kindPassword && v.tight && !v.quoted && v.end < len(text) && text[v.end] == ';' && nameStart > 0 && (text[nameStart-1] == ';' || text[nameStart-1] == ' ') && equalFold(value, "secret") {
		return add(dst, f.named.password, v.start, v.end)
	}
	if v.joint == jointCall && (suffixFold(name, "networkcredential") || suffixFold(name, "credentials") || suffixFold(name, "basicauth") || suffixFold(name, "basic_auth") || equalFold(name, "auth")) ||
		v.joint == jointSign && v.quoted && suffixFold(name, "auth") && v.start > 1 && text[v.start-2] == '(' { // auth=("user", "password")
		return f.secondArgument(dst, text, v)
	}
	if placeholder(value) && !(kind == kindPassword && (v.quoted || v.tight) && (equalFold(value, "secret") || elided(value))) || harmlessValue(value) || v.joint == jointTag && bytes.EqualFold(value, name) {
		return dst
	}
	if !v.quoted && v.joint == jointSign && (!v.tight && nextAssignment(value) || value[len(value)-1] == ')' && reserved(value[:len(value)-1])) {
		return dst
	}
	t := textureOf(value)
	ok := false
	rule := f.named.secret
	if kind == kindWeak {
		w := splitWords(text[max(0, nameStart-32):nameEnd])
		if v.joint == jointBlank && harmlessWordBefore(text, nameStart) {
			return dst
		}
		if w.hasProvider(4, true) {
			kind = kindSecret
		}
	}
	switch kind {
	case kindPassword:
		rule = f.named.password
		ok = f.password(text, nameStart, nameEnd-nameStart, value, &t, v)
	case kindSecret:
		ok = t.opaque(8) && v.joint != jointBlank || v.tight && t.length >= 8 && t.digits > 1 && t.lowers+t.uppers > 1 && t.symbols == 0 || t.opaque(14) || secretUUID(value, &t) || t.digits > 2 && t.distinct > 6 && v.quoted && t.symbols == 0 && t.length >= 8
	case kindToken:
		if equalFold(name, "bearer") {
			rule = f.named.bearer
		}
		ok = t.opaque(10) && v.joint != jointBlank || v.quoted && t.random(8) || secretUUID(value, &t) || t.opaque(18)
	case kindSession:
		rule = f.named.session
		ok = v.joint != jointBlank && !resourceID(value) && bytes.IndexByte(bytes.TrimRight(value, "="), '=') < 0 && (t.random(12) || t.opaque(16) || secretUUID(value, &t))
	case kindWeak:
		ok = t.random(16)
	}
	if (kind == kindSecret || kind == kindToken) && v.quoted && t.digits == 0 && t.symbols == 0 && t.length >= 8 && t.mean() >= 950 {
		ok = true // letters alone that make no word
	}
	if ok && v.called && !t.random(12) {
		ok = false
	}
	if ok && kind != kindPassword && codeLike(text, value, v) {
		ok = false
	}
	if !ok {
		return dst
	}
	return add(dst, rule, v.start, v.end)
}

// nextAssignment says whether value is name=value itself: the name before it was given none.
func nextAssignment(value []byte) bool {
	name := run(value, 0, word|dot|dash)
	return name > 0 && name <= 24 && name+2 < len(value) && value[name] == '=' && value[name+1] != '=' && textureOf(value[:name]).digits == 0
}

// secondArgument finds the password of a call that takes a user first: NetworkCredential("user", "password").
func (f *finder) secondArgument(dst []detect.Finding, text []byte, first assigned) []detect.Finding {
	i := first.end
	for i < len(text) && (isQuote(text[i]) || isBlank(text[i]) || text[i] == ',') {
		i++
	}
	if i == 0 || i >= len(text) || !isQuote(text[i-1]) {
		return dst
	}
	end := i
	for end < len(text) && end-i < 256 && text[end] != text[i-1] && text[end] != '\n' {
		end++
	}
	if value := text[i:end]; end-i < 4 || placeholder(value) || passwordWord(value) || kindOf(value) != kindNone && textureOf(value).digits == 0 || run(value, 0, word|dot) == len(value) && bytes.ContainsAny(value, "._") && textureOf(value).digits == 0 {
		return dst
	}
	return add(dst, f.named.password, i, end)
}

// secretUUID says whether a value is a UUID that somebody drew, not the empty one.
func secretUUID(value []byte, t *texture) bool { return t.distinct >= 6 && isUUID(value) }

// resourceID says whether a value is the id of a thing that Twilio's interfaces call sid: two capitals and 32 hex digits.
func resourceID(value []byte) bool {
	return len(value) == 34 && isUpper(value[0]) && isUpper(value[1]) && run(value, 2, hex) == 34
}

// harmlessWordBefore says whether the word before a name makes it public: cache key, primary key.
func harmlessWordBefore(text []byte, nameStart int) bool {
	w := splitWords(text[max(0, nameStart-24):nameStart])
	var buffer [24]byte
	return w.count > 0 && harmlessBefore(w.at(0, &buffer))
}

// lineEnd returns where the value of a header ends that was cut at its first blank: at the end of the line, or at the
// quote that closes the one before its name, as on command lines.
func lineEnd(text []byte, nameStart int, v assigned) int {
	if v.quoted {
		return v.end
	}
	quote := byte('\n')
	if nameStart > 0 && isQuote(text[nameStart-1]) {
		quote = text[nameStart-1]
	}
	end := v.end
	for end < len(text) && end < v.end+maxValue && text[end] != '\n' && text[end] != '\r' && text[end] != quote {
		end++
	}
	return end
}

// password decides on the value of a password's name.
func (f *finder) password(text []byte, nameStart, nameLength int, value []byte, t *texture, v assigned) bool {
	if t.length < 4 || t.length > 256 || bytes.IndexByte(value, ' ') >= 0 && !t.random(12) {
		return false
	}
	if v.joint == jointBlank {
		if v.quoted { // to pass 'x' is a verb
			return !passwordWord(value) && text[v.start-1] != '`' && nameLength != len("pass")
		}
		before := text[max(0, nameStart-100):nameStart]
		if hasFold(before, "login ") && !bytes.HasSuffix(before, []byte("-p ")) || bytes.HasSuffix(before, []byte("ENV ")) || bytes.HasSuffix(before, []byte("ARG ")) { // .netrc, Dockerfile
			return true
		}
		if name := text[nameStart : nameStart+nameLength]; lastOnLine(text, v.end) && firstWord(text, nameStart) && (equalFold(name, "requirepass") || equalFold(name, "masterauth")) { // redis.conf
			return true
		}
		return t.random(8) && t.length >= 8
	}
	if passwordWord(value) && t.digits == 0 {
		return false
	}
	if !v.quoted && value[0] == '!' && run(value, 1, word|dash) == len(value) && textureOf(value).digits == 0 { // a tag of YAML
		return false
	}
	if v.joint == jointComma && t.digits == 0 && t.odd == 0 && !firstArgument(text, nameStart) || !v.quoted && !v.tight && t.digits == len(value) && t.digits < 6 && text[v.start-2] == '=' {
		return false // one of a list of words; the number of an error
	}
	for _, c := range value {
		if c < ' ' && c != '\t' {
			return false
		}
	}
	if codeLike(text, value, v) || value[0] == '/' && run(value, 0, word|dash|dot|slash) == len(value) {
		return false
	}
	if v.quoted {
		return true
	}
	if v.joint == jointFlag && t.digits == 0 && t.odd == 0 && !(lastOnLine(text, v.end) || v.end+1 < len(text) && (text[v.end] != ' ' || !isAlnum(text[v.end+1]) && text[v.end+1] < 0x80 && text[v.end+1] != ' ')) {
		return false // the help of a command: --password  ask for one
	}
	if v.joint == jointFlag || v.joint == jointTag {
		return value[0] != '-' && (v.joint == jointTag || value[0] < 0x80 && text[v.start-2] != ' ')
	}
	if v.joint == jointComma && t.digits == 0 || smallHex(value) {
		return false // a name among arguments, a number
	}
	if v.tight || t.digits > 0 || t.symbols > 0 {
		return true
	}
	// letters alone: an identifier, a word of a sentence, or the password of a configuration, alone on its line
	return lastOnLine(text, v.end) && (t.mean() >= 900 || t.words == 1 && firstOnLine(text, nameStart) && text[v.start-1] == ' ' && nameLength > len("pass"))
}

// firstArgument says whether the quoted name at start follows the bracket of a call.
func firstArgument(text []byte, start int) bool {
	for start > 0 && (isQuote(text[start-1]) || text[start-1] == '\\' || isBlank(text[start-1])) {
		start--
	}
	return start > 0 && text[start-1] == '('
}

// firstWord says whether nothing but blanks stands before start on its line.
func firstWord(text []byte, start int) bool {
	for start > 0 && isBlank(text[start-1]) {
		start--
	}
	return start == 0 || text[start-1] == '\n'
}

// lastOnLine says whether nothing but blanks or a comment follows.
func lastOnLine(text []byte, end int) bool {
	for end < len(text) && isBlank(text[end]) {
		end++
	}
	return end == len(text) || text[end] == '\n' || text[end] == '\r' || text[end] == '#' || text[end] == '\\'
}

// firstOnLine says whether a name begins its line and a colon follows it: a member of YAML.
func firstOnLine(text []byte, start int) bool {
	end := run(text, start, word|dash|dot)
	if end < len(text) && isQuote(text[end]) {
		end++
	}
	if end >= len(text) || text[end] != ':' {
		return false
	}
	for start > 0 && (isBlank(text[start-1]) || isQuote(text[start-1]) || text[start-1] == '-') {
		start--
	}
	return start == 0 || text[start-1] == '\n'
}

// passwordWord says whether one of the words of value is one for passwords: then it names, labels or asks for one.
func passwordWord(value []byte) bool {
	w := splitWords(value)
	var buffer [24]byte
	for i := range w.count {
		switch string(w.at(i, &buffer)) {
		case "password", "passwd", "passphrase", "pwd", "passwort", "passwords":
			return true
		}
	}
	return false
}

// codeLike says whether a value is an expression of a program.
func codeLike(text, value []byte, v assigned) bool {
	if bytes.Contains(value, []byte("://")) || bytes.HasPrefix(value, []byte("./")) || bytes.HasPrefix(value, []byte("../")) {
		return true
	}
	if v.quoted {
		return false
	}
	if v.end < len(text) && (text[v.end] == '(' || text[v.end] == '[') {
		return true
	}
	for i, c := range value {
		switch c {
		case '(', '[', '{':
			return true
		case '.', ':', '-':
			if c == '-' && (i+1 >= len(value) || value[i+1] != '>') || c == ':' && (i+1 >= len(value) || value[i+1] != ':') {
				continue
			}
			if c == '.' && i+4 < len(value) && isLower(value[0]) && isUpper(value[i+1]) && run(value, i+1, letters) == len(value) && textureOf(value[i+1:]).mean() < 900 { // a type: ed25519.PrivateKey
				return true
			}
			// a member of an object: letters on both sides, and no digits
			if i > 0 && isAlnum(value[i-1]) && i+1 < len(value) {
				t := textureOf(value)
				if t.digits*6 < t.length && t.mean() < 900 {
					return true
				}
			}
		}
	}
	return false
}

// smallHex says whether value is a number of a machine in hexadecimal.
func smallHex(value []byte) bool {
	return len(value) > 2 && len(value) <= 18 && value[0] == '0' && value[1]|0x20 == 'x' && run(value, 2, anyHex) == len(value)
}

// harmlessValue says whether a value is of a kind that is no secret even under a secret name: addresses, paths, types of
// media, dates, versions, public keys.
func harmlessValue(value []byte) bool {
	switch {
	case len(value) > 2 && value[0] == '/' && run(value, 1, word|dash|dot|slash) == len(value) && bytes.Count(value, []byte("/")) > 1 && textureOf(value).digits*5 < len(value):
		return true
	case len(value) > 4 && value[0] == 'v' && isDigit(value[1]) && run(value, 1, digit) < len(value) && value[run(value, 1, digit)] == '.' && run(value, run(value, 1, digit)+1, digit) < len(value) &&
		value[run(value, run(value, 1, digit)+1, digit)] == '.': // a version
		return true
	case run(value, 0, word) > 0 && bytes.HasPrefix(value[run(value, 0, word):], []byte(`:"`)): // a field's tag in Go
		return true
	case len(value) <= 18 && smallHex(bytes.TrimPrefix(value, []byte("-"))):
		return true
	case bytes.HasPrefix(value, []byte("http://")), bytes.HasPrefix(value, []byte("https://")), bytes.HasPrefix(value, []byte("arn:")),
		bytes.HasPrefix(value, []byte("ssh-")), bytes.HasPrefix(value, []byte("sha256-")), bytes.HasPrefix(value, []byte("sha384-")),
		bytes.HasPrefix(value, []byte("sha512-")), bytes.HasPrefix(value, []byte("-----BEGIN")), bytes.HasPrefix(value, []byte("data:")):
		return true
	}
	return false
}
