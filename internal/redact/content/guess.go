package content

import "bytes"

// guess says what text is by itself. Most texts are none of the formats, so what is cheap to rule out comes first.
func guess(text []byte) Format {
	i := 0
	for i < len(text) && i < 64 && isSpace(text[i]) {
		i++
	}
	body := text[i:]
	if len(body) < 2 {
		return Plain
	}
	switch c := body[0]; {
	case c == '{' || c == '[':
		if jsonLike(body) {
			return JSON
		}
	case c == '"':
		if end := bytes.TrimRight(body, " \t\r\n"); len(end) >= 2 && end[len(end)-1] == '"' {
			return JSON
		}
	case c == '<':
		if format := guessMarkup(body); format != Plain {
			return format
		}
	case c == '-' && body[1] == '-':
		if multipartLike(body) {
			return Multipart
		}
	case c == ')' && bytes.HasPrefix(body, []byte(")]}'")) || c == 0xef && bytes.HasPrefix(body, []byte("\xef\xbb\xbf{")):
		return JSON
	case c == 0x1f && isGzip(body):
		return Gzip
	case c == 0x28 && isZstandard(body):
		return Zstandard
	case c == zlibWindow && isZlib(body) && !isText(body):
		return Deflate
	case (c == 0 || body[1] == 0 || c >= 0xfe) && wideOrder(text) != 0:
		return Wide
	case c == '/' && body[1] == '*' || c == '(':
		if sqlLike(body) {
			return SQL
		}
	}
	return guessLetters(text, body)
}

// guessLetters tells the formats by the bytes they are made of.
func guessLetters(text, body []byte) Format {
	seen := classify(text)
	if seen == classLetter { // words, numbers, ids: most of what there is
		if len(body) < minBase64 {
			switch {
			case body[0] == '/':
				return URL
			case ShortBase64(body):
				return Base64
			}
			return Plain
		}
		switch {
		case hexLike(body):
			return Hex
		case base64Like(body):
			return Base64
		case body[0] == '/':
			return URL
		}
		return Plain
	}
	c := body[0]
	if c == '/' && seen&classSpace == 0 && plausibleURL(body) && !base64Like(body) {
		if encoding, _ := base64Encoding(body); seen&classEquals != 0 && encoding != nil {
			return Plain // bytes in base64, padded
		}
		return URL
	}
	if (c|0x20)-'a' <= 25 {
		if scheme := schemeLength(body); scheme > 0 && len(body) > scheme && seen&classSpace == 0 && plausibleURL(body) {
			return URL
		}
		if start, _ := dataURL(body); start > 0 {
			return Base64
		}
		if seen&classSpace != 0 {
			if start := basicScheme(body); start > 0 && basicLike(body[start:]) {
				return BasicAuth
			}
			if sqlLike(body) {
				return SQL
			}
		}
	}
	if seen&^(classLetter|classSpace|classEquals) == 0 && base64Like(body) {
		return Base64
	}
	if seen&classEquals != 0 {
		if format := guessPairs(body, seen); format != Plain {
			return format
		}
	}
	switch {
	case seen&classSpace != 0 && tableLike(body):
		return Table
	case seen&classSpace != 0 && yamlLike(body):
		return YAML
	case seen&classBackslash != 0 && hexPrefix(body) > 0 && hexLike(body):
		return Hex
	case seen&classBackslash != 0 && escapedLike(text):
		return Escaped
	case seen&classAmpersand != 0 && entityLike(text):
		return Entities
	case seen&classPercent != 0 && percentLike(text):
		return Percent
	}
	return Plain
}

// jsonLike reports whether what starts with a brace or bracket goes on like JSON and, where it is short, ends so.
func jsonLike(body []byte) bool {
	i := 1
	for i < len(body) && isSpace(body[i]) {
		i++
	}
	if i == len(body) {
		return false
	}
	c := body[i]
	if body[0] == '{' {
		return c == '"' || c == '}'
	}
	return c == '"' || c == '{' || c == '[' || c == ']' || c == '-' || c-'0' <= 9 || c == 't' || c == 'f' || c == 'n'
}

// guessMarkup tells XML from HTML and both from what only has a "<" in front.
func guessMarkup(body []byte) Format {
	end := bytes.TrimRight(body, " \t\r\n")
	if len(end) < 4 || tagAt(body) != 0 || end[len(end)-1] != '>' && bytes.Count(end[:min(len(end), maxClassified)], []byte{'>'}) < 2 {
		return Plain
	}
	if bytes.Count(body[:min(len(body), maxClassified)], []byte{'<'}) < 2 && bytes.IndexByte(body, '=') < 0 && !bytes.HasSuffix(end, []byte("/>")) {
		return Plain // <redacted>: a word in brackets, which as a tag nobody would look into
	}
	switch {
	case bytes.HasPrefix(body, []byte("<?xml")) && !hasWord(body[:min(len(body), sample)], "html"):
		return XML
	case body[1] == '!' || body[1] == '?':
		return HTML
	}
	name := body[1 : 1+span(body[1:], " \t\r\n/>")]
	var lower [12]byte
	switch string(lowered(&lower, name)) {
	case "p", "div", "span", "b", "i", "a", "br", "ul", "ol", "li", "table", "tr", "td", "h1", "h2", "h3", "form", "input", "img", "body", "head", "script", "style", "strong", "em", "pre", "center", "font":
		return HTML
	}
	if bytes.HasSuffix(end, []byte("/>")) || endsElement(end, name) {
		return XML
	}
	return HTML
}

// endsElement reports whether text ends with the end tag of an element.
func endsElement(text, name []byte) bool {
	text = bytes.TrimRight(text[:len(text)-1], " ")
	return bytes.HasSuffix(text, name) && bytes.HasSuffix(text[:len(text)-len(name)], []byte("</"))
}

// multipartLike reports whether a text begins with a boundary: a line, and a header behind it.
func multipartLike(body []byte) bool {
	line := bytes.IndexByte(body[:min(len(body), maxBoundary)], '\n')
	if line < 4 || bytes.IndexByte(bytes.TrimRight(body[:line], "\r"), ' ') >= 0 {
		return false
	}
	rest := body[line+1:]
	return len(rest) > 8 && bytes.EqualFold(rest[:8], []byte("content-"))
}

// plausibleURL reports whether text has no byte that no URL has.
func plausibleURL(text []byte) bool {
	for _, c := range text {
		if c <= ' ' || c == '"' || c == '<' || c == '>' || c == '\\' || c == '`' || c == '{' || c == '}' || c == 0x7f {
			return false
		}
	}
	return true
}

// percentLike reports whether text has an escape and every percent sign is of one.
func percentLike(text []byte) bool {
	found := false
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			continue
		}
		if i+2 >= len(text) || unhex(text[i+1])|unhex(text[i+2]) > 15 {
			return false
		}
		found = true
		i += 2
	}
	return found
}

// escapedLike reports whether text has an escape as JSON and programs write them.
func escapedLike(text []byte) bool {
	for i := 0; ; i++ {
		next := bytes.IndexByte(text[i:], '\\')
		if next < 0 || i+next+1 >= len(text) {
			return false
		}
		i += next + 1
		switch c := text[i]; {
		case c == '"' || c == '/' || c == 'u' && hex4(text, i+1) >= 0:
			return true
		case c == 'x' && hexByte(text, i+1) >= 0 && (i+3 == len(text) || unhex(text[i+3]) > 15): // no bytea
			return true
		}
	}
}

// basicLike reports whether text is the base64 of credentials.
func basicLike(text []byte) bool {
	encoding, _ := base64Encoding(text)
	if encoding == nil {
		return false
	}
	var decoded [192]byte
	n, err := encoding.Decode(decoded[:], text[:min(len(text), 248)])
	return (err == nil || len(text) > 248) && bytes.IndexByte(decoded[:n], ':') >= 0
}

// sqlLike reports whether text is a statement: its first word and what has to follow it.
func sqlLike(body []byte) bool {
	for len(body) > 0 {
		switch {
		case isSpace(body[0]) || body[0] == '(':
			body = body[1:]
		case bytes.HasPrefix(body, []byte("/*")):
			body = body[min(blockComment(body, 0), len(body)):]
		default:
			var lower [12]byte
			word := lowered(&lower, body[:span(body[:min(len(body), 13)], " \t\r\n(*'")])
			head := body[len(word):min(len(body), maxClassified)]
			switch string(word) {
			case "select":
				return hasWord(head, "from") || bytes.ContainsAny(head, "('=$?*") || hasWord(head, "as")
			case "insert", "replace", "merge":
				return hasWord(head, "into")
			case "update":
				return hasWord(head, "set") && bytes.IndexByte(head, '=') >= 0
			case "delete":
				return hasWord(head, "from")
			case "with":
				return hasWord(head, "as") && hasWord(head, "select")
			case "call":
				return callsProcedure(head)
			case "exec", "execute":
				return bytes.ContainsAny(head, "('")
			case "create", "alter", "grant":
				return bytes.ContainsAny(head, "('\"") && namesObject(head)
			case "set", "copy", "values", "explain", "declare", "prepare":
				return bytes.ContainsAny(head, "('\"") && bytes.IndexByte(head, '.') != len(head)-1 && (string(word) != "set" || bytes.IndexByte(head, '=') > 0 || hasWord(head, "to") || hasWord(head, "names")) ||
					string(word) == "explain" && sqlLike(head)
			}
			return false
		}
	}
	return false
}

// callsProcedure reports whether a name and a bracket follow CALL: "call me (after five)" is no statement.
func callsProcedure(head []byte) bool {
	i := 0
	for i < len(head) && isSpace(head[i]) {
		i++
	}
	name := i
	for i < len(head) && (isNameStart(head[i]) || head[i]-'0' <= 9 || bytes.IndexByte([]byte(".$`\"[]"), head[i]) >= 0) {
		i++
	}
	return i > name && i < len(head) && head[i] == '('
}

// namesObject reports whether the first words behind CREATE, ALTER or GRANT name a kind of thing that databases have, or a right.
func namesObject(head []byte) bool {
	for words := 0; words < 4; words++ {
		for len(head) > 0 && (isSpace(head[0]) || head[0] == ',') {
			head = head[1:]
		}
		n := 0
		for n < len(head) && isNameStart(head[n]) {
			n++
		}
		var lower [12]byte
		switch string(lowered(&lower, head[:n])) {
		case "table", "user", "role", "login", "database", "schema", "view", "index", "function", "procedure", "trigger", "sequence", "type", "server", "extension",
			"materialized", "aggregate", "domain", "policy", "credential", "group", "all", "select", "insert", "update", "delete", "execute", "usage", "connect", "system":
			return true
		}
		if n == 0 {
			return false
		}
		head = head[n:]
	}
	return false
}

// hasWord reports whether text has a word, in any case.
func hasWord(text []byte, word string) bool {
	for i := 0; i+len(word) <= len(text); i++ {
		if text[i]|0x20 == word[0] && bytes.EqualFold(text[i:i+len(word)], []byte(word)) &&
			(i == 0 || !isNameStart(text[i-1])) && (i+len(word) == len(text) || !isNameStart(text[i+len(word)])) {
			return true
		}
	}
	return false
}
