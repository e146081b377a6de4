package secret

// keywords are the letters that make a name worth a look: every name that kindOf knows holds one. Lower case.
var keywords = [...]string{
	"pass", "pwd", "psw", "pword", "pw", "psk", "senha", "contrase", "motdep", "wachtw", "parola", "haslo", "sifre",
	"secret", "secur", "salt", "pepper", "mnemonic",
	"token", "jwt", "csrf", "xsrf", "bearer", "sig", "pat", "oauth", "otp",
	"sess", "sid", "cookie", "auth", "key", "api", "access", "cred", "private", "login", "licen", "webhook", "code", "basic",
}

// triggers holds, by the first letter of a keyword, the set of second letters.
var triggers, keywordsByLetter = newTriggers()

func newTriggers() (set [32]uint32, byLetter [32][]string) {
	for _, k := range keywords {
		set[k[0]&31] |= 1 << (k[1] & 31)
		byLetter[k[0]&31] = append(byLetter[k[0]&31], k)
	}
	return set, byLetter
}

// nextKeyword returns the place of the next keyword at or after i, len(text) when there is none.
func nextKeyword(text []byte, i int) int {
	for ; i+1 < len(text); i++ {
		first := text[i] & 31
		if triggers[first]>>(text[i+1]&31)&1 == 0 || text[i] < 'A' {
			continue
		}
		for _, k := range keywordsByLetter[first] {
			if prefixFold(text[i:], k) {
				return i
			}
		}
	}
	return len(text)
}

// identifier returns the bounds of the name around the keyword at i: letters, digits, and the signs that join words.
func identifier(text []byte, i, floor int) (start, end int) {
	const widest = 80 // bytes of a name to either side
	start, end = i, i
	for start > max(floor, i-widest) {
		c := text[start-1]
		if isWord(c) || (c == '-' || c == '.') && start < len(text) && isWord(text[start]) {
			if start >= 2 && text[start-2] == '\\' && (c == 'n' || c == 't' || c == 'r') {
				break // an escaped line end
			}
			start--
			continue
		}
		break
	}
	for start < i && !isWord(text[start]) {
		start++
	}
	for end < len(text) && end < i+widest {
		c := text[end]
		if isWord(c) || (c == '-' || c == '.') && end+1 < len(text) && isAlnum(text[end+1]) {
			end++
			continue
		}
		break
	}
	return start, end
}
