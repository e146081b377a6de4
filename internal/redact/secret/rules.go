package secret

import (
	"strings"
	"sync"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// namedRules are the rules that are no row of a table; a rule that is off is nil.
type namedRules struct {
	jwt, privateKey, urlPassword, basicAuth, bearer, password, secret, providerKey, session,
	azureSecret, telegram, facebookApp, passwordHash *detect.Rule
}

func (n namedRules) only(enabled func(*detect.Rule) bool) namedRules {
	for _, rule := range n.all() {
		if !enabled(*rule) {
			*rule = nil
		}
	}
	return n
}

func (n *namedRules) all() []**detect.Rule {
	return []**detect.Rule{&n.jwt, &n.privateKey, &n.urlPassword, &n.basicAuth, &n.bearer, &n.password, &n.secret, &n.providerKey, &n.session,
		&n.azureSecret, &n.telegram, &n.facebookApp, &n.passwordHash}
}

type ruleBook struct {
	list      []*detect.Rule
	named     namedRules
	forms     []keyForm
	formRules []*detect.Rule
}

// allRules builds the rules once: findings of all finders point to the same ones.
var allRules = sync.OnceValue(func() *ruleBook {
	book := &ruleBook{named: newNamedRules()}
	for _, rule := range book.named.all() {
		book.list = append(book.list, *rule)
	}
	for _, forms := range [][]keyForm{platformForms(), serviceForms(), insightForms()} {
		book.forms = append(book.forms, forms...)
	}
	for i := range book.forms {
		rule := formRule(&book.forms[i])
		book.formRules = append(book.formRules, rule)
		book.list = append(book.list, rule)
	}
	return book
})

// formRule makes the rule of a row.
func formRule(form *keyForm) *detect.Rule {
	prefixes := strings.Fields(form.prefixes)
	rule := &detect.Rule{
		Name: form.name, Type: detect.ProviderKey, Category: detect.CategorySecret, Confidence: 0.95,
		Summary: "a key that begins with " + strings.Join(prefixes, ", ") + "; its alphabet and length prove it",
	}
	if form.proof != nil {
		rule.Summary = "a key that begins with " + strings.Join(prefixes, ", ") + "; its alphabet, length and parts prove it"
	}
	token := prefixes[0] + form.exampleTail()
	rule.Matches = []detect.Example{{Text: token}, {Text: "it was " + token + " that leaked", Want: token}}
	rule.Misses = []detect.Example{{Text: prefixes[0] + strings.Repeat("x", form.least)}, {Text: prefixes[0]}}
	return rule
}

// exampleTail makes a tail that fits the form and looks made by a machine, always the same.
func (form *keyForm) exampleTail() string {
	if form.sample != "" {
		return form.sample
	}
	const seed = "7fV3cq9Za1Xe5Kd8Tb2Wm4Rn6Hp0GsLyBJuEoFiACMNQUYDStvwxzIghjklrOP"
	var tail strings.Builder
	for k := 0; tail.Len() < form.least; k++ {
		if c := seed[(k*7+k/len(seed))%len(seed)]; byteAlphabet[c]&form.set != 0 {
			tail.WriteByte(c)
		}
	}
	return tail.String()
}

func newNamedRules() namedRules {
	examples := func(texts ...string) []detect.Example {
		list := make([]detect.Example, 0, len(texts)/2)
		for i := 0; i+1 < len(texts); i += 2 {
			list = append(list, detect.Example{Text: texts[i], Want: texts[i+1]})
		}
		return list
	}
	misses := func(texts ...string) []detect.Example {
		list := make([]detect.Example, 0, len(texts))
		for _, text := range texts {
			list = append(list, detect.Example{Text: text})
		}
		return list
	}
	const (
		token   = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI4MTUiLCJhdWQiOiJzaG9wIn0.V9m3kQx7Zr2LpW4nTcJ6sD1gYbFa8eUo3RtIvHx5Qm0"
		armour  = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7Qm2ZrT9LpW4kNcJ\n-----END PRIVATE KEY-----"
		basic   = "c2hvcDpWeDdRbTJaclQ5"
		opaque  = "Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8"
		hexKey  = "7f3c9a1e5d8b2460c4e8a1f7b3d95260"
		typical = "tr0ub4dor&3x"
	)
	return namedRules{
		jwt: &detect.Rule{Name: "jwt", Type: detect.JWT, Category: detect.CategorySecret, Confidence: 0.99,
			Summary: "a JSON web token or encryption: its header decodes to JSON that names an algorithm",
			Matches: examples(token, token, "session="+token+"; Path=/", token, "see "+token+".", token),
			Misses:  misses("eyJ", "eyJhbGciOi", "eyJmb28iOiJiYXIifQ", "eyes.open.wide")},
		privateKey: &detect.Rule{Name: "private-key", Type: detect.PrivateKey, Category: detect.CategorySecret, Confidence: 0.99,
			Summary: "a private key in PEM, OpenSSH, PGP or PuTTY armour",
			Matches: examples(armour, armour, "key: "+armour+"\n", armour),
			Misses: misses("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7Qm2ZrT9LpW4kNcJ\n-----END PUBLIC KEY-----",
				"-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUVx7Qm2ZrT9LpW4kNcJ6sD1g\n-----END CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----")},
		urlPassword: &detect.Rule{Name: "url-password", Type: detect.URLPassword, Category: detect.CategoryCredential, Confidence: 0.9,
			Summary: "the password in the user information of a URL or of a connection string",
			Matches: examples("postgres://shop:"+typical+"@db.internal:5432/orders", typical, "amqp://user:q9X@rabbit.internal/", "q9X"),
			Misses:  misses("https://host.internal:8080/a@b", "postgres://shop:${DB_PASS}@db", "redis://user:****@cache", "mailto:a@b.test")},
		basicAuth: &detect.Rule{Name: "basic-auth", Type: detect.BasicAuth, Category: detect.CategoryCredential, Confidence: 0.95,
			Summary: "user and password in base64, after the word Basic or under an authorization header",
			Matches: examples("Authorization: Basic "+basic, basic, "Proxy-Authorization: basic "+basic, basic),
			Misses:  misses("Basic information about shops", "Authorization: Basic <credentials>")},
		bearer: &detect.Rule{Name: "bearer-token", Type: detect.BearerToken, Category: detect.CategoryCredential, Confidence: 0.9,
			Summary: "the credentials of an authorization header",
			Matches: append(examples("Authorization: Bearer "+opaque, opaque, "curl -H 'Authorization: token "+opaque+"'", opaque),
				detect.Example{Name: "Authorization", Text: "Bearer " + opaque, Want: opaque}),
			Misses: misses("Authorization: Bearer <token>", "Authorization: Bearer ${TOKEN}", "the bearer of good news")},
		password: &detect.Rule{Name: "password", Type: detect.Password, Category: detect.CategoryCredential, Confidence: 0.85,
			Summary: "the value of a password by its name: members, headers, forms, assignments, connection strings, command lines",
			Matches: append(examples(`password = "`+typical+`"`, typical, "Server=db;Password="+typical+";Encrypt=yes", typical, "curl -u shop:"+typical+" https://host/", typical),
				detect.Example{Name: "password", Text: "changeme"}),
			Misses: append(misses("password = getPassword()", "password: ********", "PASSWORD=${DB_PASSWORD}", "password must have 8 characters"),
				detect.Example{Name: "password", Text: "<password>"})},
		secret: &detect.Rule{Name: "secret", Type: detect.Secret, Category: detect.CategorySecret, Confidence: 0.8,
			Summary: "a value with high entropy under a name that says it is secret",
			Matches: append(examples("client_secret="+opaque+"&grant_type=refresh", opaque, `"apiKey": "`+hexKey+`"`, hexKey, "<token>"+opaque+"</token>", opaque),
				detect.Example{Name: "client_secret", Text: opaque}),
			Misses: misses("apiKey = config.apiKey", "secretName: shop-database", "tokenType: bearer", "etag: "+hexKey, "publicKey="+opaque)},
		providerKey: &detect.Rule{Name: "provider-key", Type: detect.ProviderKey, Category: detect.CategorySecret, Confidence: 0.75,
			Summary: "a value with high entropy beside the name of a provider",
			Matches: examples("deepgram = "+hexKey, hexKey), Misses: misses("deepgram-2.4.1", "commit "+hexKey)},
		session: &detect.Rule{Name: "session-id", Type: detect.SessionID, Category: detect.CategoryCredential, Confidence: 0.85,
			Summary: "the id of a session, by the name of its cookie, parameter or member",
			Matches: append(examples("JSESSIONID="+hexKey+"; Path=/", hexKey), detect.Example{Name: "sessionid", Text: opaque}),
			Misses:  misses("session=none", "sid: 42")},
		azureSecret: &detect.Rule{Name: "azure-ad-secret", Type: detect.ProviderKey, Category: detect.CategorySecret, Confidence: 0.95,
			Summary: "a client secret of Microsoft's directory: three letters, a digit, Q~ and 31 to 34 more",
			Matches: examples("Vx78Q~"+opaque+"eUo3Rt", "Vx78Q~"+opaque+"eUo3Rt"), Misses: misses("Q~", "Vx78Q~short")},
		telegram: &detect.Rule{Name: "telegram-bot-token", Type: detect.ProviderKey, Category: detect.CategorySecret, Confidence: 0.95,
			Summary: "a bot's number, a colon, and 35 letters and digits of which the first is A",
			Matches: examples("6104893275:AA"+opaque+"eUo3R", "6104893275:AA"+opaque+"eUo3R"), Misses: misses("10:15:AM", "6104893275:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")},
		facebookApp: &detect.Rule{Name: "facebook-app-token", Type: detect.ProviderKey, Category: detect.CategorySecret, Confidence: 0.9,
			Summary: "an app's number, a bar, and its secret",
			Matches: examples("1308742762612587|"+opaque[:27], "1308742762612587|"+opaque[:27]), Misses: misses("1308742762612587|next")},
		passwordHash: &detect.Rule{Name: "password-hash", Type: detect.Password, Category: detect.CategoryCredential, Confidence: 0.9,
			Summary: "the hash of a password as crypt(3), bcrypt, argon2 and Kerberos write it",
			Matches: examples("root:$6$Vx7Qm2Zr$T9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Qm2ZrT9LpW4kNcJ6sD1gY:19000:0:99999:7:::", "$6$Vx7Qm2Zr$T9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Qm2ZrT9LpW4kNcJ6sD1gY"),
			Misses:  misses("costs $6$ and more", "$1$")},
	}
}
