package secret

// keywords are the letters that make a name worth a look: every name that kindOf knows holds one. Lower case.
var keywords = [...]string{
	"pass", "pwd", "psw", "pword", "pw", "psk", "senha", "contrase", "motdep", "wachtw", "parola", "haslo", "sifre",
	"secret", "secur", "salt", "pepper", "mnemonic",
	"token", "jwt", "csrf", "xsrf", "bearer", "sig", "pat", "oauth", "otp",
	"sess", "sid", "cookie", "auth", "key", "api", "access", "cred", "private", "login", "licen", "webhook", "code", "basic", "identified",
}

// triggers has a bit for every three letters that a keyword begins with, five bits a letter.
var triggers, keywordsByLetter = newTriggers()

func newTriggers() (set [1 << 10]uint32, byLetter [32][]string) {
	for _, k := range keywords {
		pair := uint32(k[0]&31)<<5 | uint32(k[1]&31)
		if len(k) > 2 {
			set[pair] |= 1 << (k[2] & 31)
		} else {
			set[pair] = ^uint32(0)
		}
		byLetter[k[0]&31] = append(byLetter[k[0]&31], k)
	}
	return set, byLetter
}

// nextKeyword returns the place of the next keyword at or after i, len(text) when there is none.
func nextKeyword(text []byte, i int) int {
	if i+2 >= len(text) {
		return len(text)
	}
	pair := uint32(text[i]&31)<<5 | uint32(text[i+1]&31)
	for ; i+2 < len(text); i++ {
		third := uint32(text[i+2] & 31)
		if triggers[pair&1023]>>third&1 != 0 {
			for _, k := range keywordsByLetter[text[i]&31] {
				if prefixFold(text[i:], k) {
					return i
				}
			}
		}
		pair = pair<<5 | third
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
