package secret

// nameKind is what a name in free text promises of its value.
type nameKind uint8

const (
	kindNone     nameKind = iota
	kindWeak              // key, auth, api, access: the value must look made by a machine
	kindToken             // token, jwt, signature
	kindSession           // session ids and cookies
	kindSecret            // secret, API key, private key
	kindPassword          // password and its kin
	kindAuth              // Authorization and the like: a scheme may stand before the value
)

// words splits a name into its words: separators, humps and capitals before a hump divide; digits stay with the word
// before them. It keeps the last ones when there are more than fit.
type words struct {
	name  []byte
	spans [12][2]int
	count int
}

func splitWords(name []byte) (w words) {
	w.name = name
	start := -1
	flush := func(end int) {
		if start < 0 {
			return
		}
		if w.count == len(w.spans) {
			copy(w.spans[:], w.spans[1:])
			w.count--
		}
		w.spans[w.count] = [2]int{start, end}
		w.count++
		start = -1
	}
	for i, c := range name {
		switch {
		case !isAlnum(c):
			flush(i)
		case start < 0:
			start = i
		case isUpper(c) && !isUpper(name[i-1]):
			flush(i)
			start = i
		case isLower(c) && isUpper(name[i-1]) && i-1 > start: // APIKey: the K belongs to Key
			flush(i - 1)
			start = i - 1
		}
	}
	flush(len(name))
	return w
}

// hasProvider says whether one of the last n words is the name of a provider, digits and all; with common also of one
// whose name is a common word.
func (w *words) hasProvider(n int, common bool) bool {
	var buffer [24]byte
	for i := range min(w.count, n) {
		span := w.spans[w.count-1-i]
		if span[1]-span[0] > len(buffer) {
			continue
		}
		for k, c := range w.name[span[0]:span[1]] {
			buffer[k] = fold(c)
		}
		if whole := buffer[:span[1]-span[0]]; provider(whole) || common && commonProvider(whole) || provider(w.at(i, &buffer)) {
			return true
		}
	}
	return false
}

// number says whether the i-th word from the end has digits only.
func (w *words) number(i int) bool {
	span := w.spans[w.count-1-i]
	return isDigit(w.name[span[0]]) && run(w.name, span[0], digit) >= span[1]
}

// at copies the i-th word from the end, in lower case and without trailing digits, into buffer.
func (w *words) at(i int, buffer *[24]byte) []byte {
	if i >= w.count {
		return nil
	}
	span := w.spans[w.count-1-i]
	text := w.name[span[0]:span[1]]
	for len(text) > 1 && isDigit(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	if len(text) > len(buffer) {
		text = text[len(text)-len(buffer):]
	}
	for k, c := range text {
		buffer[k] = fold(c)
	}
	return buffer[:len(text)]
}

// kindOf says what a name promises.
func kindOf(name []byte) nameKind {
	w := splitWords(name)
	var buffer, before [24]byte
	last := 0
	for last < w.count-1 && (w.number(last) || modifier(w.at(last, &buffer))) {
		last++
	}
	digest := false // of the secret, not the secret
	for i := range last {
		switch string(w.at(i, &buffer)) {
		case "sha", "md", "digest", "hash":
			digest = true
		}
	}
	head := w.at(last, &buffer)
	kind := nounKind(head)
	if digest && kind != kindPassword {
		return kindNone
	}
	if string(head) == "id" && last+1 < w.count { // session_id, access_key_id, secret_id
		switch nounKind(w.at(last+1, &before)) {
		case kindSession:
			return kindSession
		case kindSecret:
			return kindWeak
		}
		return kindNone
	}
	switch {
	case kind == kindNone:
		return kindNone
	case kind == kindWeak:
		for i := last + 1; i < w.count; i++ {
			switch previous := w.at(i, &before); {
			case harmlessBefore(previous):
				return kindNone
			case i == last+1 && string(head) != "api" && string(head) != "access" && strongBefore(previous):
				kind = kindSecret
			}
		}
	case kind == kindToken || kind == kindSecret:
		if last+1 < w.count {
			switch string(w.at(last+1, &before)) {
			case "public", "page", "next", "continuation", "cursor", "sync", "cancellation", "cancel", "eof", "lex", "syntax", "start", "end", "punctuation":
				return kindNone
			}
		}
	}
	return kind
}

// modifier says whether a last word of a name only qualifies the one before it.
func modifier(word []byte) bool {
	switch string(word) {
	case "b", "base", "encoded", "enc", "value", "val", "text", "txt", "str", "string", "hex", "raw", "plain", "cleartext", "plaintext", "default", "old", "new",
		"current", "prod", "production", "dev", "test", "testing", "staging", "stage", "live", "sandbox", "data", "json", "hash", "hashed", "digest",
		"a", "c", "md", "sha", "bcrypt", "encrypted", "crypted", "input", "override", "backup", "main", "ro", "rw", "var", "tmp", "again", "confirm", "confirmation",
		"repeat", "first", "second", "one", "two", "us", "eu", "bytes", "literal", "const", "v":
		return true
	}
	return false
}

// nounKind says what the last word of a name promises.
func nounKind(head []byte) nameKind {
	switch string(head) {
	case "password", "passwd", "pass", "pwd", "passphrase", "passcode", "psw", "pswd", "pw", "passwort", "senha", "contrasena", "contraseña", "motdepasse",
		"wachtwoord", "requirepass", "masterauth", "parola", "haslo", "sifre", "pword", "passwrd", "passw", "psk", "userpass", "dbpass", "identified", "pgpass", "sshpass", "mypass", "smtppass":
		return kindPassword
	case "secret", "secrets", "apikey", "secretkey", "accesskey", "privatekey", "authkey", "masterkey", "signingkey", "encryptionkey", "sharedkey", "accountkey",
		"salt", "pepper", "mnemonic", "apisecret", "appsecret", "clientsecret", "appkey", "secretaccesskey", "sharedaccesskey", "licensekey", "hmackey":
		return kindSecret
	case "token", "tokens", "basic", "jwt", "csrf", "xsrf", "csrftoken", "bearer", "signature", "sig", "pat", "oauth", "secure", "otp", "accesstoken", "authtoken", "apitoken", "refreshtoken":
		return kindToken
	case "session", "sessionid", "sessid", "sid", "jsessionid", "phpsessid", "cookie", "sess":
		return kindSession
	case "authorization":
		return kindAuth
	case "key", "keys", "auth", "api", "access", "cred", "creds", "credential", "credentials", "private", "login", "authentication", "license", "licence", "webhook", "code":
		return kindWeak
	}
	for _, s := range [...]struct {
		suffix string
		kind   nameKind
	}{
		{"password", kindPassword}, {"passwd", kindPassword}, {"passphrase", kindPassword}, {"pwd", kindPassword}, {"passwort", kindPassword},
		{"secret", kindSecret}, {"apikey", kindSecret}, {"secretkey", kindSecret}, {"accesskey", kindSecret}, {"privatekey", kindSecret},
		{"token", kindToken}, {"jwt", kindToken}, {"sessionid", kindSession}, {"key", kindWeak},
	} {
		if len(head) > len(s.suffix) && string(head[len(head)-len(s.suffix):]) == s.suffix {
			return s.kind
		}
	}
	return kindNone
}

// strongBefore says whether a word makes "key" or "credential" after it the name of a secret.
func strongBefore(word []byte) bool {
	switch string(word) {
	case "api", "secret", "private", "access", "auth", "encryption", "encrypt", "encrypted", "decryption", "signing", "sign", "signature", "master", "shared", "service",
		"app", "application", "consumer", "client", "license", "licence", "storage", "account", "subscription", "deploy", "deployment", "aes", "des", "hmac", "crypto",
		"cipher", "security", "session", "integration", "write", "read", "admin", "user", "root", "server", "webhook", "personal", "ssh", "rsa", "dsa", "pgp", "gpg",
		"wallet", "rest", "jwt", "token", "sdk", "ingest", "ingestion", "insert", "merchant", "developer", "dev", "prod", "live", "test", "salt", "symmetric", "hub",
		"cookie", "instrumentation", "function", "host", "query", "project", "site", "bot", "db", "database":
		return true
	}
	return provider(word) || commonProvider(word)
}

// harmlessBefore says whether a word makes "key" after it the name of something public.
func harmlessBefore(word []byte) bool {
	switch string(word) {
	case "public", "socket", "primary", "foreign", "cache", "event", "down", "up", "press", "issuer", "schema", "sort", "partition", "row", "object", "bucket", "lookup", "map", "sequence",
		"hash", "index", "field", "column", "group", "routing", "route", "message", "record", "translation", "i18n", "label", "param", "parameter", "property", "prop", "header",
		"config", "setting", "settings", "shortcut", "hot", "arrow", "keyboard", "idempotency", "dedup", "dedupe", "lock", "unique", "composite", "entry", "item", "node", "reduce",
		"storagekey", "react", "query_key", "pub", "pubkey", "s3", "context", "metric", "tag", "tags", "registry", "dictionary", "dict", "json", "meta", "metadata",
		"candidate", "natural", "surrogate", "range", "model", "resource", "component", "plugin", "feature", "flag", "state", "store", "min", "max", "is", "has", "no", "num":
		return true
	}
	return false
}
