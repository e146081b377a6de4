package secret

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// anchored finds the keys that a sign in their middle makes known rather than a beginning; text[i] is that sign.
func (f *finder) anchored(dst []detect.Finding, text []byte, i int) []detect.Finding {
	switch text[i] {
	case '~': // a secret of Microsoft's directory: three letters, a digit, Q~, and 31 to 34 more
		if i < 5 || text[i-1] != 'Q' || !isDigit(text[i-2]) {
			return dst
		}
		start := i - 5
		end := run(text[:min(len(text), i+40)], i+1, base64url|dot|tilde)
		if end-i-1 < 31 || end-i-1 > 34 || run(text, start, base64url|dot|tilde) < i-2 || start > 0 && byteAlphabet[text[start-1]]&(word|tilde) != 0 {
			return dst
		}
		return add(dst, f.named.azureSecret, start, end)
	case ':': // a bot of Telegram: its number, a colon, A and 34 more
		start := i
		for start > 0 && i-start < 17 && isDigit(text[start-1]) {
			start--
		}
		if i-start < 5 || i-start > 16 || i+1 >= len(text) || text[i+1] != 'A' || start > 0 && isWord(text[start-1]) {
			return dst
		}
		end := run(text[:min(len(text), i+40)], i+1, base64url)
		if end-i-1 != 35 && end-i-1 != 34 || dull(text[i+1:end]) {
			return dst
		}
		return add(dst, f.named.telegram, start, end)
	case '|': // an app of Facebook: its number, a bar and 27 more
		start := i
		for start > 0 && i-start < 18 && isDigit(text[start-1]) {
			start--
		}
		end := run(text[:min(len(text), i+30)], i+1, base64url)
		if i-start < 15 || end-i-1 < 26 || end-i-1 > 28 || !textureOf(text[i+1:end]).random(20) {
			return dst
		}
		return add(dst, f.named.facebookApp, start, end)
	case '$': // a hash of a password: $id$…
		if end := passwordHash(text, i); end > 0 && (i == 0 || !isAlnum(text[i-1]) && text[i-1] != '$' || text[i-1] == 'n') {
			return add(dst, f.named.passwordHash, i, end)
		}
	}
	return dst
}

// passwordHash returns the end of the hash of a password in the format of crypt(3) and its kin that starts at i, or 0.
func passwordHash(text []byte, i int) int {
	const longest = 4 << 10
	id := run(text[:min(len(text), i+24)], i+1, lowerNum|dash|underscore)
	if id >= len(text) || text[id] != '$' || id-i < 2 {
		return 0
	}
	least := 0
	switch name := string(text[i+1 : id]); name {
	case "1", "apr1":
		least = 22
	case "2a", "2b", "2y", "2x", "2":
		least = 53
	case "5", "6", "7", "8", "9", "y", "gy", "sha1", "md5", "scrypt", "pbkdf2", "pbkdf2-sha1", "pbkdf2-sha256", "pbkdf2-sha512", "bcrypt-sha256", "argon2i", "argon2d", "argon2id",
		"krb5tgs", "krb5asrep", "krb5pa", "ml", "netntlmv2", "dcc2", "office", "mscash2":
		least = 40
	default:
		return 0
	}
	end := run(text[:min(len(text), id+longest)], id, alnum|plus|slash|equals|dot|dash|underscore|colon|punct)
	for end > id && (text[end-1] == ':' || text[end-1] == '.') {
		end--
	}
	if end < len(text) && text[end] == ',' { // $argon2id$v=19$m=65536,t=3,p=4$…
		end = run(text[:min(len(text), id+longest)], end+1, alnum|plus|slash|equals|dot|punct)
		if end < len(text) && text[end] == ',' {
			end = run(text[:min(len(text), id+longest)], end+1, alnum|plus|slash|equals|dot|punct)
		}
	}
	// the fields of /etc/shadow go on after a colon
	for j := id; j < end; j++ {
		if text[j] == ':' && text[i+1] != 'k' && text[i+1] != 'n' {
			end = j
		}
	}
	if end-id-1 < least || masked(text[id:end]) {
		return 0
	}
	return end
}
