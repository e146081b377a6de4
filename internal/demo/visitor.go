package demo

import "encoding/base64"

// visitor is a person in the shop. The generator keeps some at a time and replaces one when it leaves.
type visitor struct {
	id        uint64
	first     string
	last      string
	email     []byte
	phone     []byte
	street    []byte
	city      string
	zip       []byte
	country   string
	birthDate []byte
	card      []byte
	iban      []byte
	ssn       []byte
	password  []byte
	token     []byte // JWT-like: header.payload.signature, the signature being random
	expires   int64  // of the token, unix seconds
	browser   []byte
	language  string
	ip        [4]byte
	cartID    [16]byte
	cartItems int
	analytics []byte // cookies that every request of the browser carries
	steps     int    // until it leaves
	signedIn  bool
	traced    bool // its app sends traceparent itself
}

// arrive turns v into a new visitor, reusing its memory.
func (g *Generator) arrive(v *visitor) {
	r, words := &g.random, g.words
	g.visitorID++
	v.id = g.visitorID*7919 + uint64(r.below(7919))
	v.first, v.last = r.pick(words.first), r.pick(words.last)
	v.email = appendASCII(v.email[:0], v.first)
	v.email = append(v.email, '.')
	v.email = appendASCII(v.email, v.last)
	v.email = appendInt(v.email, int64(r.below(10000)))
	v.email = append(append(v.email, '@'), r.pick(words.mailDomains)...)

	v.phone = append(append(v.phone[:0], "+1"...), areaCode(r)...)
	v.phone = append(v.phone, "555"...) // 555-01xx is reserved for fiction
	v.phone = appendDigits(v.phone, uint64(r.between(100, 199)), 4)

	v.street = appendInt(v.street[:0], int64(r.between(1, 299)))
	v.street = append(append(v.street, ' '), r.pick(words.streets)...)
	v.street = append(append(v.street, ' '), [...]string{"Street", "Road", "Lane", "Avenue", "Close"}[r.below(5)]...)
	v.city, v.country = r.pick(words.cities), r.pick(words.countries)
	v.zip = appendDigits(v.zip[:0], uint64(r.below(100000)), 5)
	v.birthDate = appendDigits(v.birthDate[:0], uint64(r.between(1945, 2006)), 4)
	v.birthDate = appendDigits(append(v.birthDate, '-'), uint64(r.between(1, 12)), 2)
	v.birthDate = appendDigits(append(v.birthDate, '-'), uint64(r.between(1, 28)), 2)

	v.card = appendCard(v.card[:0], r)
	v.iban = appendIBAN(v.iban[:0], r)
	v.ssn = appendDigits(v.ssn[:0], uint64(r.between(101, 649)), 3)
	v.ssn = appendDigits(append(v.ssn, '-'), uint64(r.between(10, 99)), 2)
	v.ssn = appendDigits(append(v.ssn, '-'), uint64(r.between(1000, 9999)), 4)
	v.password = appendLetters(v.password[:0], r, r.between(9, 16))

	v.browser = words.appendBrowser(v.browser[:0], r)
	v.language = r.pick(g.languages)
	v.ip = [4]byte{byte(r.between(11, 99)), byte(r.below(256)), byte(r.below(256)), byte(r.between(1, 254))}
	r.fill(v.cartID[:])
	v.cartItems = 0
	v.analytics = appendInt(append(v.analytics[:0], "_ga=GA1.1."...), int64(r.next()%1e9))
	v.analytics = appendInt(append(v.analytics, '.'), g.now/1e9-int64(r.below(30_000_000)))
	v.analytics = appendLetters(append(v.analytics, "; consent="...), r, 22)
	v.steps = r.between(5, 60)
	v.signedIn = false
	v.traced = r.chance(0.25)
	g.renewToken(v)
}

// renewToken gives v a token as an identity provider would, valid for an hour.
func (g *Generator) renewToken(v *visitor) {
	issued := g.now / 1e9
	v.expires = issued + 3600
	claims := append(g.scratch[:0], `{"sub":"u-`...)
	claims = appendInt(claims, int64(v.id))
	claims = append(claims, `","role":"customer","iat":`...)
	claims = appendInt(claims, issued)
	claims = append(claims, `,"exp":`...)
	claims = append(appendInt(claims, v.expires), '}')
	v.token = base64.RawURLEncoding.AppendEncode(v.token[:0], []byte(`{"alg":"HS256","typ":"JWT"}`))
	v.token = base64.RawURLEncoding.AppendEncode(append(v.token, '.'), claims)
	var signature [32]byte
	g.random.fill(signature[:])
	v.token = base64.RawURLEncoding.AppendEncode(append(v.token, '.'), signature[:])
	g.scratch = claims
}

// appendCard appends a 16-digit number with a valid check digit (ISO/IEC 7812-1).
func appendCard(dst []byte, r *random) []byte {
	dst = append(dst, [...]string{"4", "51", "52", "53", "54", "55"}[r.below(6)]...)
	for len(dst) < 15 {
		dst = append(dst, byte('0'+r.below(10)))
	}
	sum := 0
	for i, digit := range dst {
		value := int(digit - '0')
		if i%2 == 0 {
			if value *= 2; value > 9 {
				value -= 9
			}
		}
		sum += value
	}
	return append(dst, byte('0'+(10-sum%10)%10))
}

// appendIBAN appends a German account number with valid check digits (ISO 13616).
func appendIBAN(dst []byte, r *random) []byte {
	account := r.next() % 1e18
	// mod 97 of the 18 digits followed by D=13, E=14 and 00, in steps that fit 64 bits.
	rest := account % 97
	rest = (rest*1_000_000 + 131400) % 97
	dst = append(dst, "DE"...)
	dst = appendDigits(dst, 98-rest, 2)
	return appendDigits(dst, account, 18)
}

const letterSet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

func appendLetters(dst []byte, r *random, n int) []byte {
	for range n {
		dst = append(dst, letterSet[r.below(len(letterSet))])
	}
	return dst
}

// appendFullName appends the name; none of the vocabulary's names needs a JSON escape.
func (v *visitor) appendFullName(dst []byte) []byte {
	return append(append(append(dst, v.first...), ' '), v.last...)
}

// areaCode is the area code of a large city. Surrogates of redaction stand in area codes that few know, so that no number
// here is taken for one.
func areaCode(r *random) string {
	const codes = "201202203205206207208209210212213214215216217301302303304305307308309310312313314315316317318319320321404405406407408409410412" +
		"414415417419501502503504505507508509510512513515516517518520601602603605606607608609610612614615616617618619701702703704706" +
		"707708712713714715716717718719801802803804805806808810812813814815816817818901904906907908910912913914915916918919"
	at := 3 * r.below(len(codes)/3)
	return codes[at : at+3]
}
