package secret

import "bytes"

// placeholder says whether value stands for a secret instead of being one: what documentation, templates and programs
// write in its place.
func placeholder(value []byte) bool {
	if len(value) == 0 {
		return true
	}
	switch value[0] {
	case '<', '{', '$', '%', '(', '[':
		switch last := value[len(value)-1]; {
		case value[0] == '<', value[0] == '{' && last == '}', value[0] == '[' && last == ']', value[0] == '%' && last == '%',
			value[0] == '(' && last == ')':
			return true
		case value[0] == '$' && reference(value[1:]):
			return true
		}
	}
	// the words and signs that stand for a secret stand at its beginning: what is long is not read to its end
	value = value[:min(len(value), 80)]
	return reserved(value) || masked(value) || template(value) || placeholderWord(value) || vocabulary(value)
}

// reference says whether value is a variable's name, as after $.
func reference(value []byte) bool {
	if len(value) == 0 || value[0] == '{' || value[0] == '(' {
		return true
	}
	for i, c := range value {
		if !isWord(c) || i == 0 && isDigit(c) {
			return i > 0 && (c == '[' || c == '-' || c == ':' || c == '.' || c == '/')
		}
	}
	t := textureOf(value)
	return t.digits < 3
}

// reserved says whether value is a word of a language for nothing, or a type.
func reserved(value []byte) bool {
	var folded [16]byte
	if len(value) > len(folded) {
		return false
	}
	for i, c := range value {
		folded[i] = fold(c)
	}
	switch string(folded[:len(value)]) {
	case "null", "nil", "none", "undefined", "true", "false", "yes", "no", "on", "off", "nan", "string", "str", "text", "int",
		"bool", "boolean", "object", "bytes", "byte[]", "[]byte", "number", "integer", "char", "varchar", "any", "required",
		"optional", "hidden", "void", "self", "this", "new", "unset", "not-set", "empty", "n/a", "na", "tbd", "todo", "fixme",
		"default", "unknown", "enabled", "disabled", "redacted", "[redacted]", "removed", "filtered", "[filtered]", "masked",
		"secret", "token", "key", "apikey", "api_key", "api-key", "value", "type", "field", "password", "passwd", "pwd", "username":
		return true
	}
	return false
}

// masked says whether value is one sign repeated, or begins and ends with signs that hide it: ***, xxxx, ......
func masked(value []byte) bool {
	same, stars, crosses, run := true, 0, 0, 0
	for i, c := range value {
		same = same && c == value[0]
		if c == '*' || c == '#' {
			stars++
		}
		if c|0x20 == 'x' {
			if run++; run >= 5 {
				crosses = max(crosses, run)
			}
		} else {
			run = 0
		}
		if c == '.' && i >= 2 && value[i-1] == '.' && value[i-2] == '.' || c == 0xa6 && i >= 2 && value[i-1] == 0x80 && value[i-2] == 0xe2 {
			return true // dots that leave something out
		}
		if c == 0xa2 && i >= 2 && value[i-1] == 0x80 && value[i-2] == 0xe2 {
			return true // bullets
		}
	}
	return same || stars >= 3 && stars*2 >= len(value) || crosses*3 > len(value) || crosses > 0 && crosses*4 >= len(value)
}

// template says whether a program fills value in.
func template(value []byte) bool {
	for i := 0; i+1 < len(value); i++ {
		a, b := value[i], value[i+1]
		switch {
		case a == '$' && (b == '{' || b == '('), a == '{' && b == '{', a == '#' && b == '{', a == '<' && b == '%', a == '%' && (b == '(' || b == '{'),
			a == '@' && b == '{', a == '[' && b == '[', a == '<' && b == '?':
			return true
		case a == '%' && (b == 's' || b == 'd' || b == 'v' || b == 'q' || b == '@') && len(value) <= 12:
			return true
		}
	}
	// {name} within
	open := -1
	for i, c := range value {
		if c == '{' {
			open = i
		} else if c == '}' && open >= 0 {
			return i-open < 40
		} else if open >= 0 && !isWord(c) && c != '.' && c != '-' && c != ' ' {
			open = -1
		}
	}
	return false
}

// placeholderWord says whether value holds a word that only a person writing an example uses.
func placeholderWord(value []byte) bool {
	for i, c := range value {
		rest := value[i:]
		switch fold(c) {
		case 'y':
			if prefixFold(rest, "your") && (len(rest) == 4 || !isLower(rest[4]) || isUpper(c)) && (i == 0 || !isLower(value[i-1]) || c == 'Y') ||
				prefixFold(rest, "your_") || prefixFold(rest, "your-") || prefixFold(rest, "yourpass") || prefixFold(rest, "yoursecret") || prefixFold(rest, "yourtoken") || prefixFold(rest, "yourapi") || prefixFold(rest, "yourkey") {
				return true
			}
		case 'e':
			if prefixFold(rest, "example") && !varied(value) {
				return true
			}
		case 'p':
			if prefixFold(rest, "placeholder") || prefixFold(rest, "put_your") || prefixFold(rest, "put-your") {
				return true
			}
		case 'r':
			if prefixFold(rest, "redacted") || prefixFold(rest, "replace_") || prefixFold(rest, "replace-") || prefixFold(rest, "replaceme") {
				return true
			}
		case 'i':
			if prefixFold(rest, "insert_") || prefixFold(rest, "insert-") {
				return true
			}
		case 'd':
			if prefixFold(rest, "dummy") && !varied(value) {
				return true
			}
		case 'c':
			if prefixFold(rest, "change_me") && len(value) > 12 {
				return true
			}
		case 'm':
			if i == 0 && (prefixFold(rest, "my_") || prefixFold(rest, "my-")) && (hasFold(rest, "key") || hasFold(rest, "token") || hasFold(rest, "secret")) {
				return true
			}
		case '_', '-':
			if (prefixFold(rest, "_here") || prefixFold(rest, "-here")) && !varied(value) {
				return true
			}
		}
	}
	return false
}

// vocabulary says whether a value is made of nothing but the words that people name a missing key with, one of them a word
// for a key: DEMO_KEY, fake-token, empty-api-key.
func vocabulary(value []byte) bool {
	if len(value) < 7 || len(value) > 40 {
		return false
	}
	w := splitWords(value)
	var buffer [24]byte
	thing := false
	for i := range w.count {
		switch string(w.at(i, &buffer)) {
		case "key", "token", "secret", "apikey", "credential", "credentials", "string", "value", "bearer", "jwt":
			thing = true
		case "api", "access", "auth", "client", "app", "id", "user", "demo", "test", "testing", "fake", "sample", "mock", "mocked", "empty", "my", "your", "some", "the", "a", "an", "dummy", "no", "not",
			"valid", "invalid", "bad", "wrong", "null", "random", "here", "foo", "bar", "baz", "new", "old", "this", "is", "expired", "missing", "any", "placeholder", "example", "stub", "unused", "public", "private", "super", "refresh":
		default:
			return false
		}
	}
	return thing && w.count > 1
}

// elided says whether the dots that leave something out stand within value, with letters on both sides: as a person's
// password it may be meant so.
func elided(value []byte) bool {
	if len(value) < 8 || len(value) > 32 || !isAlnum(value[0]) || !isAlnum(value[len(value)-1]) {
		return false
	}
	if at := bytes.Index(value, []byte("...")); at > 0 {
		rest := value[at+len("..."):]
		return !masked(value[:at]) && len(rest) > 0 && !masked(rest) && !placeholderWord(value) && !template(value)
	}
	return false
}

// varied says whether a value has so many digits that a word in it says nothing.
func varied(value []byte) bool {
	digits := 0
	for _, c := range value {
		if isDigit(c) {
			digits++
		}
	}
	return digits*6 >= len(value)
}
