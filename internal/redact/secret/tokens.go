package secret

import (
	"bytes"
	"encoding/base64"
)

// jwtAlphabet is what the parts of a token consist of, and what sloppy makers leave in them.
const jwtAlphabet = base64url | plus | slash | equals

// jwtAt returns the end of the JSON web token (three parts) or encryption (five parts) that starts at i and whose first
// part ends at header, 0 when none does. The proof is its header: base64 of a JSON object that names an algorithm, a key
// or a type.
func jwtAt(text []byte, i, header int) int {
	alphabet := base64url | equals
	if header-i < 12 || header-i > maxKey || header >= len(text) || text[header] != '.' || !jwtHeader(text[i:header]) {
		return 0
	}
	if bytes.IndexByte(text[i:header], '/') >= 0 || bytes.IndexByte(text[i:header], '+') >= 0 {
		alphabet = jwtAlphabet
	}
	end, parts := header, 1
	encrypted := false
	for parts < 5 && end < len(text) && text[end] == '.' {
		next := run(text, end+1, alphabet)
		if next < len(text) && parts == 1 && alphabet != jwtAlphabet && (text[next] == '+' || text[next] == '/') { // the other base64
			if other := run(text, next, jwtAlphabet); other < len(text) && text[other] == '.' {
				alphabet, next = jwtAlphabet, other
			}
		}
		if next == end+1 { // an empty part: the key of a direct encryption, the signature of none
			if parts == 1 && end+1 < len(text) && text[end+1] == '.' {
				encrypted = true
			} else if parts != 2 {
				break
			}
		}
		if parts == 3 && !encrypted && !fiveParts(text, next) {
			break
		}
		end = next
		parts++
	}
	if parts < 2 {
		return 0
	}
	for end > header && text[end-1] == '=' && (text[end-2] == '=' && text[end-3] == '=' || text[end-2] == '.') {
		end--
	}
	return end
}

// fiveParts says whether one more part follows the fourth, which ends at end.
func fiveParts(text []byte, end int) bool {
	if end >= len(text) || text[end] != '.' {
		return false
	}
	last := run(text, end+1, base64url)
	return last-end-1 >= 20
}

// jwtHeader says whether part is the base64 of a JSON object with a member that headers have.
func jwtHeader(part []byte) bool {
	var decoded [768]byte
	source := part[:min(len(part)&^3, len(decoded)/3*4-4)]
	n, _ := base64.URLEncoding.Decode(decoded[:], source)
	if n < len(source)/4*3-3 { // the other alphabet, or padding within
		if m, _ := base64.StdEncoding.Decode(decoded[:], source); m > n {
			n = m
		}
	}
	head := bytes.TrimLeft(decoded[:n], " \r\n\t")
	if len(head) < 6 || head[0] != '{' {
		return false
	}
	for _, member := range [...]string{`"alg"`, `"typ"`, `"enc"`, `"kid"`, `"cty"`, `"jku"`, `"x5t"`, `"zip"`, `"al`} {
		if bytes.Contains(head, []byte(member)) {
			return true
		}
	}
	return false
}

// ssh2At looks at the armour of commercial SSH that begins at i, as pemAt does (its public keys are in RFC 4716).
func ssh2At(text []byte, i int) (end int, private bool) {
	const window = 16 << 10 // bytes of the largest keys
	label := i + len(ssh2Begin)
	line := bytes.IndexByte(text[label:min(len(text), label+80)], '\n')
	if line < 0 || !bytes.Contains(text[label:label+line], []byte("PRIVATE KEY")) {
		return label, false
	}
	body := label + line
	end = min(len(text), body+window)
	if close := bytes.Index(text[body:end], []byte("---- END")); close >= 0 {
		end = body + close
		return end, armoured(text[body:end])
	}
	return end, armoured(text[body:end])
}

// The labels of keys in armour.
const (
	ssh2Begin   = "---- BEGIN SSH2"
	armourBegin = "-----BEGIN"
	armourEnd   = "-----END"
)

// pemAt looks at the armour that begins at i. It returns the end of what it looked at and whether a private key is there.
func pemAt(text []byte, i int) (end int, private bool) {
	label := i + len(armourBegin)
	stop := min(len(text), label+80)
	rule := bytes.Index(text[label:stop], []byte("-----"))
	if rule < 0 {
		return label, false
	}
	name := text[label : label+rule]
	body := label + rule + 5
	for body < len(text) && text[body] == '-' {
		body++
	}
	isPrivate := bytes.Contains(name, []byte("PRIVATE KEY"))
	next := bytes.Index(text[body:], []byte("-----"))
	if next < 0 { // cut off: as far as it looks like a key
		if !isPrivate {
			return body, false
		}
		if i == 0 && len(bytes.TrimRight(text[body:], " \t\r\n")) == 0 { // the first line of a key, the others stand elsewhere
			return body, true
		}
		end = body
		for end < len(text) && (byteAlphabet[text[end]]&base64any != 0 || isSpace(text[end]) || text[end] == '\\' || text[end] == ':' || text[end] == ',' || isQuote(text[end])) {
			end++
		}
		for end > body && !isAlnum(text[end-1]) && text[end-1] != '=' {
			end--
		}
		return end, armoured(text[body:end])
	}
	end = body + next
	if bytes.HasPrefix(text[end:], []byte(armourEnd)) {
		stop := min(len(text), end+len(armourEnd)+80)
		if close := bytes.Index(text[end+len(armourEnd):stop], []byte("-----")); close >= 0 {
			end += len(armourEnd) + close + 5
		}
	}
	return end, isPrivate && armoured(text[body:body+next])
}

// armoured says whether body holds enough of a key to be one.
func armoured(body []byte) bool {
	const least = 24 // letters of base64: less is an example
	count := 0
	var seen [256]bool
	distinct := 0
	for _, c := range body {
		if byteAlphabet[c]&(alnum|plus|slash) != 0 {
			count++
			if !seen[c] {
				seen[c] = true
				distinct++
			}
			if count > 256 {
				break
			}
		}
	}
	return count >= least && distinct >= 10
}

// puttyAt returns the end of the private lines of a PuTTY key file whose label starts at i, 0 when there are none.
func puttyAt(text []byte, i int) int {
	const public, window = 2 << 10, 16 << 10 // bytes: of what stands before the private lines; of the largest files
	private := bytes.Index(text[i:min(len(text), i+public)], []byte("Private-Lines:"))
	if private < 0 {
		return 0
	}
	text = text[:min(len(text), i+window)]
	end := i + private + len("Private-Lines:")
	if mac := bytes.Index(text[end:], []byte("Private-MAC:")); mac >= 0 {
		return end + mac
	}
	return len(text)
}
