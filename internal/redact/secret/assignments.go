package secret

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// joint is how a value hangs on its name.
type joint uint8

const (
	jointNone  joint = iota
	jointSign        // =, :, :=, =>, and the like
	jointComma       // ("name", "value")
	jointCall        // name("value")
	jointTag         // <name>value
	jointBlank       // name value
	jointFlag        // --name value
)

// assigned is a value found after a name.
type assigned struct {
	start, end int
	joint      joint
	quoted     bool
	tight      bool // no blank around the sign
	typed      bool // a type stood between: var password string = "…"
	called     bool // the value is the argument of a function: String("…")
}

const maxValue = 4 << 10 // bytes of a value that are looked at

// assignments finds the values of names of secrets in free text.
func (f *finder) assignments(dst []detect.Finding, text []byte) []detect.Finding {
	floor := 0
	// what was read of values that are none: a text made to be slow may not cost more than this
	budget := 6*len(text) + 4*maxValue
	for i := nextKeyword(text, 0); i < len(text) && budget > 0; i = nextKeyword(text, i) {
		start, end := identifier(text, i, floor)
		keyword := i
		i, floor = end, end
		kind := kindOf(text[start:end])
		if kind == kindNone {
			dst = f.hyphened(dst, text, start, keyword, end)
			continue
		}
		v, ok := valueAfter(text, start, end)
		if !ok {
			budget -= v.end - v.start
			continue
		}
		found := len(dst)
		dst = f.accept(dst, text, start, end, kind, v)
		if len(dst) > found {
			i = max(i, dst[len(dst)-1].End)
			floor = i
			continue
		}
		budget -= v.end - v.start
		if kind == kindAuth {
			budget -= lineEnd(text, start, v) - v.end
		}
	}
	return dst
}

// valueAfter looks for the value that belongs to the name at text[start:end].
func valueAfter(text []byte, start, end int) (v assigned, ok bool) {
	i := end
	limit := min(len(text), end+maxValue)
	closers := 0
	for i < limit && closers < 4 && (isQuote(text[i]) || text[i] == ']' || text[i] == ')' || text[i] == '\\' && i+1 < limit && isQuote(text[i+1])) {
		i++
		closers++
	}
	blanks := i
	for i < limit && isBlank(text[i]) {
		i++
	}
	blanks = i - blanks
	if blanks > 0 && i+4 < limit && text[i+2] == ' ' {
		switch string(text[i : i+2]) {
		case "is", "by", "BY", "-p": // the password is "…", IDENTIFIED BY "…", sshpass -p "…"
			v.joint = jointBlank
			return valueAt(text, i+3, limit, v)
		}
	}
	signs := i
	for i < limit && i-signs < 5 && sign(text[i]) {
		i++
	}
	if closers > 0 || blanks > 0 && i == signs {
		if after := valueAttribute(text, i, limit); after > 0 {
			v.joint = jointSign
			return valueAt(text, after, limit, v)
		}
	}
	switch operator := text[signs:i]; {
	case len(operator) == 1 && operator[0] == ':' && closers > 0 && text[end+closers-1] == ']': // a selector of CSS: [type="password"]:focus
		return v, false
	case len(operator) > 0 && joins(operator):
		v.joint = jointSign
		v.tight = blanks == 0 && i < limit && !isSpace(text[i])
		if len(operator) == 1 && operator[0] == '>' {
			if blanks > 0 || end < limit && (text[end] == ')' || text[end] == ']') {
				return v, false
			}
			v.joint = jointTag
		}
	case len(operator) > 0:
		return v, false
	case i < limit && text[i] == ',' && closers > 0 && (isQuote(text[end]) || text[end] == '\\') && argument(text, start):
		i++
		v.joint = jointComma
	case i < limit && text[i] == '(' && blanks == 0 && closers == 0:
		i++
		v.joint = jointCall
	case blanks > 0 && i < limit:
		v.joint = jointBlank
		if i+2 < limit && isDigit(text[i]) && text[i+1] == ' ' { // password 7 …, of routers
			return valueAt(text, i+2, limit, v)
		}
		if number := run(text[:limit], i, digit); number > i && number-i < 3 && number < limit && text[number] == ':' { // Unseal Key 2: …
			i = number + 1
			v.joint = jointSign
			break
		}
		if start > 0 && text[start-1] == '<' { // <name attribute="…">value
			if tag := run(text[:min(limit, i+80)], i, word|equals|dash|colon); tag < limit && isQuote(text[tag]) {
				for tag < min(limit, i+120) && text[tag] != '>' && text[tag] != '\n' {
					tag++
				}
				if tag < limit && text[tag] == '>' {
					i = tag + 1
					v.joint = jointTag
					break
				}
			}
		}
		if after, is := typeBefore(text, i, limit); is {
			i = after
			v.joint, v.typed = jointSign, true
			break
		}
		if start > 0 && text[start-1] == '-' {
			v.joint = jointFlag
		}
	default:
		return v, false
	}
	if v.joint == jointSign && !v.typed && text[i-1] == ':' { // name: type = value
		j := i
		for j < limit && isBlank(text[j]) {
			j++
		}
		if after, is := typeBefore(text, j, limit); is {
			i = after
			v.typed = true
		}
	}
	return valueAt(text, i, limit, v)
}

// valueAttribute returns where the value begins when the name was itself a value: name="X" value="…", {"key": "X", "value": "…"}.
func valueAttribute(text []byte, i, limit int) int {
	for i < limit && (isSpace(text[i]) || text[i] == ',') {
		i++
	}
	if i < limit && isQuote(text[i]) {
		i++
	}
	if i+6 > limit || !prefixFold(text[i:limit], "value") {
		return 0
	}
	i += len("value")
	if i < limit && isQuote(text[i]) {
		i++
	}
	for i < limit && isBlank(text[i]) {
		i++
	}
	if i < limit && (text[i] == '=' || text[i] == ':') {
		return i + 1
	}
	return 0
}

// hyphened finds the value that hangs on its name by a hyphen or a dot: dd-apikey-5f….
func (f *finder) hyphened(dst []detect.Finding, text []byte, start, keyword, end int) []detect.Finding {
	const least = 16
	for i := keyword; i+least < end; i++ {
		if c := text[i]; c != '-' && c != '.' {
			continue
		}
		name, value := text[start:i], text[i+1:end]
		kind := kindOf(name)
		if kind == kindNone || kind == kindPassword {
			continue
		}
		w := splitWords(name)
		t := textureOf(value)
		if (kind == kindSecret || w.hasProvider(3, true)) && (t.random(least) || isUUID(value) || t.digits > 6 && t.opaque(20)) && !placeholder(value) {
			return add(dst, f.named.secret, i+1, end)
		}
	}
	return dst
}

// argument says whether the quoted name that starts at start stands where lists and calls have their members, not where a
// member of JSON has its value.
func argument(text []byte, start int) bool {
	i := start - 1
	for i >= 0 && start-i < 8 && (isQuote(text[i]) || isBlank(text[i]) || text[i] == '\\' || isLower(text[i])) {
		i--
	}
	return i >= 0 && (text[i] == '(' || text[i] == '[' || text[i] == '{' || text[i] == ',')
}

func sign(c byte) bool {
	switch c {
	case '=', ':', '?', '+', '|', '.', '!', '<', '>', '-', '~':
		return true
	}
	return false
}

// joins says whether an operator gives a value to a name.
func joins(operator []byte) bool {
	switch string(operator) {
	case "=", ":", ":=", "::=", ":::=", "?=", "=>", ".=", "+=", "||=", "==", "===", "!=", "!==", "->", "<-", ">", "|=", ":>", "??=", "~>", "=~", "<=", "<<<", "::", "=-", ":-", "=+", "=.", "----":
		return true
	}
	return false
}

// typeBefore says whether a type and an equals sign stand at i, and where what follows them begins.
func typeBefore(text []byte, i, limit int) (after int, is bool) {
	j := i
	for j < limit && j-i < 40 && (isWord(text[j]) || text[j] == '[' || text[j] == ']' || text[j] == '*' || text[j] == '&' || text[j] == '.' || text[j] == '?' || text[j] == '<' || text[j] == '>' || text[j] == '|' || text[j] == ' ' && j > i && text[j-1] != ' ') {
		j++
	}
	if j == i || j >= limit || text[j] != '=' || j+1 < limit && text[j+1] == '=' {
		return 0, false
	}
	if blank := j - 1; text[blank] != ' ' && text[j-1] != ':' {
		return 0, false
	}
	return j + 1, true
}

// valueAt reads the value that begins at i, after blanks, one line end where a tag allows it, and opening signs.
func valueAt(text []byte, i, limit int, v assigned) (assigned, bool) {
	for i < limit && (isBlank(text[i]) || v.joint == jointTag && isSpace(text[i])) {
		i++
	}
	if v.joint == jointSign && i < limit && (text[i] == '\n' || text[i] == '\r') { // the list of one that recorders of HTTP write
		j := i
		for j < limit && isSpace(text[j]) {
			j++
		}
		if j+2 < limit && text[j] == '-' && text[j+1] == ' ' {
			i = j + 2
		}
	}
	// calls and conversions around a literal: String("…"), []byte("…"), u'…', @"…"
	for hops := 0; hops < 3 && i < limit && !isQuote(text[i]); hops++ {
		j := run(text[:limit], i, word|dot)
		switch {
		case j < limit && j-i <= 2 && j > i && isQuote(text[j]) && isLower(fold(text[i])): // prefixes of strings
			i = j
		case j == i && (text[i] == '@' || text[i] == '$') && i+1 < limit && isQuote(text[i+1]):
			i++
		case text[i] == '\\' && i+1 < limit && isQuote(text[i+1]):
			i++
		case text[i] == '[' && i+1 < limit && (isQuote(text[i+1]) || text[i+1] == ']'):
			i++
			if text[i] == ']' {
				i++
			}
		case text[i] == '(' && i+1 < limit && isQuote(text[i+1]) && v.joint != jointBlank:
			i++
		case j > i && j+1 < limit && text[j] == '(' && isQuote(text[j+1]):
			i = j + 1
			v.called = true
		default:
			hops = 3
		}
	}
	if i >= limit {
		return v, false
	}
	if isQuote(text[i]) {
		quote := text[i]
		escaped := i > 0 && text[i-1] == '\\'
		if i+2 < limit && text[i+1] == quote && text[i+2] == quote {
			i += 2
		}
		v.start, v.quoted = i+1, true
		for j := v.start; j < limit; j++ {
			switch c := text[j]; {
			case c == '\\' && !escaped:
				j++
			case c == '\\' && j+1 < limit && text[j+1] == quote, c == quote:
				v.end = j
				return v, j > v.start
			case c == '\n':
				return v, false
			}
		}
		v.end = limit // cut off, as lines of logs are
		return v, limit == len(text) && v.end > v.start
	}
	if v.joint == jointCall || v.joint == jointComma {
		if v.joint == jointCall {
			return v, false
		}
	}
	v.start = i
	for i < limit && !ends(text[i], v) {
		if text[i] == '&' && parameterAt(text, i+1, limit) {
			break
		}
		if text[i] == '\\' && i+1 < limit && (text[i+1] == 'n' || text[i+1] == 'r' || text[i+1] == 't' || isQuote(text[i+1])) {
			break
		}
		i++
	}
	v.end = i
	for v.end > v.start && (text[v.end-1] == '.' || text[v.end-1] == ':' || text[v.end-1] == '\\') {
		v.end--
	}
	return v, v.end > v.start
}

// ends says whether c ends a value without quotes.
func ends(c byte, v assigned) bool {
	switch c {
	case ' ', '\t', '\n', '\r', '"', '\'', '`', ';', ',', '<', '|':
		return true
	case '>', ')', ']', '}':
		return v.tight || v.joint != jointSign
	}
	return false
}

// parameterAt says whether name= stands at i, as after the & between the parameters of a URL or form.
func parameterAt(text []byte, i, limit int) bool {
	end := run(text[:min(limit, i+80)], i, word|dash|dot|percent)
	return i == limit || end > i && end < limit && (text[end] == '=' || text[end] == '[')
}
