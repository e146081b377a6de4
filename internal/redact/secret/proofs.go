package secret

import (
	"bytes"
	"encoding/base64"
	"hash/crc32"
)

// mixedTail says whether the tail looks made by a machine: for forms whose prefix alone says little.
func mixedTail(_, tail []byte) bool {
	t := textureOf(tail)
	if t.digits == 0 && len(tail) < 40 || placeholderWord(tail) || masked(tail) {
		return false
	}
	return t.random(12)
}

// hexKey says whether the tail is hex digits of good variety.
func hexKey(_, tail []byte) bool {
	t := textureOf(tail)
	return t.hex && t.digits > 3 && t.distinct >= 7 && t.longestRepeat < 6
}

// awsKeyID proves an id of Amazon: base 32 of five bits a letter, where the first letters hold the account's number.
// Older ones (I and J after the prefix) hold no account, so only the alphabet is asked for, and that no word stands there.
func awsKeyID(token, tail []byte) bool {
	if bytes.HasSuffix(token, []byte("EXAMPLE")) {
		return false
	}
	digits, distinct := 0, textureOf(tail).distinct
	for _, c := range tail {
		if isDigit(c) {
			digits++
		}
	}
	return distinct >= 6 && (digits > 0 || textureOf(tail).mean() >= 900)
}

// checksum62 says whether the last six letters of tail are the CRC32 of the letters before them, in base 62: how GitHub
// and npm close their tokens.
func checksum62(tail []byte) bool {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	body, check := tail[:len(tail)-6], tail[len(tail)-6:]
	sum := crc32.ChecksumIEEE(body)
	for i := 5; i >= 0; i-- {
		if check[i] != digits[sum%62] {
			return false
		}
		sum /= 62
	}
	return true
}

// githubToken proves a token by its checksum, or, as truncated or altered copies and servers of one's own carry none, by
// its variety.
func githubToken(_, tail []byte) bool { return checksum62(tail) || !dull(tail) }

// npmToken proves a token of npm as githubToken does.
func npmToken(_, tail []byte) bool { return checksum62(tail) || !dull(tail) }

// uuidTail says whether the tail is a UUID with some variety.
func uuidTail(_, tail []byte) bool { return isUUID(tail) && textureOf(tail).distinct >= 5 }

// isUUID says whether value is a UUID in its hyphenated form.
func isUUID(value []byte) bool {
	if len(value) != 36 {
		return false
	}
	for i, c := range value {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if byteAlphabet[c]&anyHex == 0 {
			return false
		}
	}
	return true
}

// databricks asks for 32 hex digits and perhaps the number of a region.
func databricks(_, tail []byte) bool {
	return run(tail, 0, hex) == 32 && (len(tail) == 32 || len(tail) == 34 && tail[32] == '-') && hexKey(nil, tail[:32])
}

// onePassword asks for the groups of an account's secret key: 6 and 6, or 11, then three of 5.
func onePassword(_, tail []byte) bool {
	groups := bytes.Count(tail, []byte("-"))
	return (groups == 4 || groups == 5 || groups == 6) && textureOf(tail).distinct > 10 && !masked(tail)
}

// sections says whether every part between dots has letters or digits and the whole looks made by a machine.
func sections(_, tail []byte) bool {
	parts, length := 0, 0
	for _, c := range tail {
		if c == '.' {
			if length < 3 {
				return false
			}
			parts, length = parts+1, 0
		} else {
			length++
		}
	}
	return parts >= 1 && length >= 8 && !masked(tail) && textureOf(tail).distinct >= 12
}

// vaultOld proves the short tokens of early Vault: 24 letters and digits, all three kinds of them.
func vaultOld(_, tail []byte) bool {
	t := textureOf(tail)
	return t.digits > 0 && t.lowers > 2 && t.uppers > 2 && t.random(20)
}

// sourcegraph asks for the instance's id, an underscore, and 40 hex digits.
func sourcegraph(_, tail []byte) bool {
	return tail[16] == '_' && run(tail, 0, anyHex) == 16 && run(tail, 17, anyHex) == 57
}

// braintree asks for eight letters and digits, an underscore and the merchant's sixteen.
func braintree(_, tail []byte) bool {
	return tail[8] == '_' && run(tail, 0, lowerNum) == 8 && run(tail, 9, lowerNum) == 25 && textureOf(tail).digits > 2
}

// slackToken asks for the sections that its kind of token has: numbers of team and user, then the secret.
func slackToken(token, tail []byte) bool {
	if masked(tail) || placeholderWord(tail) {
		return false
	}
	if bytes.HasPrefix(token, []byte("xoxe")) {
		return len(tail) >= 20 && textureOf(tail).random(20)
	}
	if token[3] == 'd' {
		return len(tail) >= 20
	}
	numbers := run(tail, 0, digit)
	if numbers >= 6 {
		rest := tail[numbers:]
		return len(rest) >= 10 && textureOf(rest).distinct >= 8
	}
	t := textureOf(tail)
	return t.digits > 0 && t.symbols < 4 && t.lowers+t.uppers > 6 && (t.random(10) || t.changes > 1)
}

// firebaseKey asks for the colon and the APA91b that follow the sender's hash.
func firebaseKey(_, tail []byte) bool {
	at := bytes.IndexByte(tail, ':')
	return at == 7 && bytes.HasPrefix(tail[at+1:], []byte("APA91b"))
}

// discordToken proves a bot's token: the first part is the user's number in base64.
func discordToken(token, _ []byte) bool {
	at := bytes.IndexByte(token, '.')
	if at < 22 || at > 30 || len(token) < at+8 || token[at+7] != '.' {
		return false
	}
	var number [24]byte
	n, _ := base64.RawStdEncoding.Decode(number[:], token[:at])
	return n >= 16 && run(number[:n], 0, digit) == n
}

// asanaToken asks for the number of a user and 32 hex digits after it.
func asanaToken(_, tail []byte) bool {
	at := bytes.LastIndexAny(tail, "/:")
	return at >= 10 && len(tail)-at-1 >= 32 && run(tail, at+1, lowerNum) == len(tail) && run(tail, 0, digit) >= 10
}

// airtable asks for fourteen letters and digits, a dot and 64 hex digits.
func airtable(_, tail []byte) bool { return tail[14] == '.' && run(tail, 15, hex) == len(tail) }

// clickup asks for the user's number, an underscore and capitals.
func clickup(_, tail []byte) bool {
	at := bytes.IndexByte(tail, '_')
	return at >= 5 && run(tail, 0, digit) == at && run(tail, at+1, upperNum) == len(tail)
}

// salesforce asks for the organisation's id and the exclamation mark after it.
func salesforce(_, tail []byte) bool {
	at := bytes.IndexByte(tail, '!')
	return at == 12 || at == 9
}

// oktaToken asks for the variety of 30 random bytes: two zeros begin many numbers.
func oktaToken(_, tail []byte) bool {
	t := textureOf(tail)
	return t.lowers > 5 && t.uppers > 5 && t.distinct >= 16 && t.digits < 20 && t.longestRepeat < 5
}

// grafanaToken asks for 32 letters and digits, an underscore and eight hex digits.
func grafanaToken(_, tail []byte) bool { return tail[32] == '_' && run(tail, 33, hex) == 41 }

// sentryOrg asks for what the token says it holds: the addresses of its server, and a secret after them.
func sentryOrg(_, tail []byte) bool {
	at := bytes.LastIndexByte(tail, '_')
	if at < 40 || len(tail)-at-1 < 40 {
		return false
	}
	t := textureOf(tail[at+1:])
	return t.distinct > 6
}

// mapbox asks for a claim in base64 and a signature: letters before it name the kind of token.
func mapbox(_, tail []byte) bool {
	at := bytes.IndexByte(tail, '.')
	return at >= 50 && len(tail)-at-1 >= 20
}

// jwtInBase64 decodes a little to see a token of JSON within.
func jwtInBase64(token, _ []byte) bool {
	var head [64]byte
	n, _ := base64.StdEncoding.Decode(head[:], token[:64])
	return n > 30 && bytes.HasPrefix(head[:n], []byte("eyJ")) && textureOf(token).distinct > 16
}

// pemInBase64 decodes the label of the armour.
func pemInBase64(token, _ []byte) bool {
	var head [48]byte
	n, _ := base64.StdEncoding.Decode(head[:], token[:64])
	return bytes.Contains(head[:n], []byte("PRIVATE KEY"))
}
