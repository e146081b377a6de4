package personal

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// card reports a card number: a range that an issuer has, its length, the Luhn digit, and groups as cards show them.
func (s *scan) card(g *group) bool {
	digits := g.compact[:g.n]
	network := cardNetwork(digits)
	if network == 0 || !cardGroups(g) || !luhn(digits) || sameDigits(digits[1:]) && digits[0] == digits[1] {
		return false
	}
	confidence := 0.9
	if g.cuts != 0 {
		confidence = 0.97
	}
	if g.n == 19 && network == cardMain && digits[0] == '4' && g.cuts == 0 { // Visa of 19 digits
		confidence -= 0.3
	} else if network == cardRare || g.n == 12 || g.n > 16 && (network != cardUnionPay || g.n < 19) {
		confidence -= 0.5
	} else if g.n == 13 && g.cuts == 0 && ean13(digits) {
		confidence = 0.4 // more likely an article's number
	} else if g.n == 13 || g.n == 14 && g.cuts == 0 && network != cardMain {
		confidence -= 0.25
	}
	if s.hints.Class&detect.NameCard != 0 {
		return s.report(ruleCard, g, 0.99)
	}
	switch near := s.before(g.start, reach)&topicCard != 0 || s.cardFollows(g.end); {
	case near:
		confidence = 0.97
	case g.cuts == 0 && (network == cardLocal || network == cardUnionPay) && confidence > 0.5 && !(s.hints.Name == nil && g.n == len(s.text)):
		confidence = 0.45 // one number in fifty passes: a word has to say so
	case g.cuts == 0 && (s.ofThing(g.start) || s.fileName(g.start, g.end)):
		confidence -= 0.45
	case g.start > 0 && s.text[g.start-1] == '#':
		confidence -= 0.2
	}
	return s.report(ruleCard, g, confidence)
}

// cardFollows says whether a word of cards stands right after end: 4111… (Visa), 4111…, exp 12/29.
func (s *scan) cardFollows(end int) bool {
	const window = 16 // bytes
	text := s.text[end:min(len(s.text), end+window)]
	for i := 0; i < len(text); i++ {
		if !isLetter(text[i]) {
			continue
		}
		from := i
		for i < len(text) && isLetter(text[i]) {
			i++
		}
		hash, _ := wordHash(text[from:i])
		return topicsOf.find(hash)&(topicCard|topicCardCode) != 0 || oneOf(text[from:i], "exp", "expires", "expiry", "expiring", "valid")
	}
	return false
}

// ofThing says whether the label of the number at start is one for the numbers of things: order, ticket, timestamp.
func (s *scan) ofThing(start int) bool {
	if s.before(start, reach)&topicOrder == 0 {
		return false
	}
	l := s.labelBefore(start)
	return !l.loose && s.labelTopics(&l, 2)&topicOrder != 0
}

// fileName says whether [start, end) is a segment of a path, as of images.
func (s *scan) fileName(start, end int) bool {
	text := s.text
	return start > 0 && text[start-1] == '/' && (end < len(text) && (text[end] == '/' || text[end] == '?') || end+1 < len(text) && text[end] == '.' && isLetter(text[end+1]))
}

// cardGroups says whether the digits stand in groups as on cards, all with one separator.
func cardGroups(g *group) bool {
	for i := 1; i < g.parts; i++ {
		if g.separators[i] != g.separators[0] {
			return false
		}
	}
	if g.parts > 0 && g.separators[0] == '/' {
		return false
	}
	switch g.cuts {
	case 0, 1<<4 | 1<<8 | 1<<12, 1<<4 | 1<<10:
		return true
	case 1<<4 | 1<<8 | 1<<12 | 1<<16:
		return g.n > 16
	case 1 << 6:
		return g.n == 19
	case 1<<4 | 1<<8:
		return g.n == 13 || g.n == 12
	case 1<<4 | 1<<7 | 1<<10:
		return g.n == 13
	case 1 << 8:
		return g.n == 16
	case 1<<4 | 1<<9:
		return g.n == 14 || g.n == 15
	}
	return false
}

// How often a range of numbers is met: of the large networks, of UnionPay with its lengths, of the networks of one country,
// of those whose ranges say little even together with a length.
const (
	cardMain = 1 + iota
	cardUnionPay
	cardLocal
	cardRare
)

// cardNetwork says whose range digits is in; 0 for nobody's (ISO/IEC 7812 and what the networks publish).
func cardNetwork(digits []byte) int {
	n := len(digits)
	six := number(digits[:6])
	two, three, four := six/10000, six/1000, six/100
	switch {
	case two/10 == 4 && (n == 13 || n == 16 || n == 19): // Visa
		return cardMain
	case n == 16 && (two >= 51 && two <= 55 || four >= 2221 && four <= 2720): // Mastercard
		return cardMain
	case n == 15 && (two == 34 || two == 37): // American Express
		return cardMain
	case n >= 16 && (four == 6011 || three >= 644 && three <= 649 || two == 65): // Discover, RuPay, Elo, Troy
		return cardMain
	case n >= 16 && n <= 19 && four >= 3528 && four <= 3589: // JCB
		return cardMain
	case n == 14 && (three >= 300 && three <= 305 || four == 3095 || two == 36 || two == 38 || two == 39): // Diners Club
		return cardMain
	case n >= 16 && (two == 62 || two == 81): // UnionPay
		return cardUnionPay
	case n >= 16 && four >= 2200 && four <= 2204: // Mir
		return cardLocal
	case n == 16 && (three == 508 || two == 60 || two == 82 || three == 353 || three == 356): // RuPay
		return cardLocal
	case n == 16 && (four == 5019 || four == 4571 || six == 606282 || four == 9792 || four == 8600 || four == 9860): // Dankort, Hipercard, Troy, Uzcard, Humo
		return cardLocal
	case n == 16 && (six == 504175 || six == 506699 || six/100 == 5067 || six == 509000 || four == 5090 || six == 627780 || six == 636297 || six == 636368): // Elo
		return cardLocal
	case (n == 16 || n >= 18) && (six >= 506099 && six <= 506198 || six >= 507865 && six <= 507964): // Verve
		return cardLocal
	case n == 16 && three >= 637 && three <= 639: // InstaPayment
		return cardLocal
	case four == 5018 || four == 5020 || four == 5038 || four == 5893 || four == 6304 || four == 6759 || four >= 6761 && four <= 6763, two == 67: // Maestro
		if n == 16 {
			return cardLocal
		}
		return cardRare
	case n == 16 && (two == 50 || two >= 56 && two <= 58): // Maestro
		return cardRare
	case n > 16 && n <= 19 && (two == 36 || two == 38 || two == 39 || three >= 300 && three <= 305):
		return cardRare
	case n == 15 && two/10 == 1 && digits[1] != '0': // UATP
		return cardRare
	}
	return 0
}

// ean13 says whether 13 digits are an article's number by its check digit.
func ean13(digits []byte) bool {
	return weighted(digits, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1)%10 == 0
}

// social reports US numbers of nine digits that a person has: SSN and ITIN.
func (s *scan) social(g *group) bool {
	d := g.compact[:9]
	area, pair, serial := number(d[:3]), number(d[3:5]), number(d[5:])
	uniform := g.parts < 2 || g.separators[0] == g.separators[1]
	whole := g.cuts == 1<<3|1<<5 && uniform && g.separators[0] != '/'
	partly := g.cuts == 1<<3 || g.cuts == 1<<5
	if !whole && !partly && g.cuts != 0 || pair == 0 && area < 900 || serial == 0 || sameDigits(d) {
		return false
	}
	rule, class, words := ruleSSN, detect.NameSSN, topicSSN
	switch {
	case area >= 900:
		if pair < 50 || pair == 89 || pair == 93 || pair > 65 && pair < 70 {
			return false
		}
		rule, words = ruleITIN, topicTax
		class |= detect.NameTaxID
	case area == 0 || area == 666:
		return false
	case string(d) == "078051120" || string(d) == "219099999": // printed on wallets and leaflets, void for all (SSA)
		return false
	}
	confidence := 0.3
	switch {
	case whole && g.separators[0] == '-':
		confidence = 0.9
	case whole && g.separators[0] == '.':
		confidence = 0.6
	case whole && !s.inSeries(g.start, g.end):
		confidence = 0.7
	}
	near := s.before(g.start, reach)
	switch {
	case s.hints.Class&class != 0:
		confidence = 0.98
	case near&words != 0:
		confidence = max(confidence, 0.95)
	case near&(topicTax|topicID) != 0 && confidence < 0.5:
		confidence = 0.45
	case near&topicOrder != 0 && near&topicPhone == 0 && s.before(g.start, 16)&topicOrder != 0:
		confidence -= 0.15
	}
	return s.report(rule, g, confidence)
}

// aba reports a US bank's routing number: the districts that exist and the check digit.
func (s *scan) aba(g *group) bool {
	if g.cuts != 0 && (g.cuts != 1<<4|1<<8 || g.separators[0] != g.separators[1] || g.separators[0] == '.' || g.separators[0] == '/') {
		return false
	}
	d := g.compact[:9]
	if !routing(d) {
		return false
	}
	confidence := 0.35
	if g.cuts != 0 {
		confidence = 0.6
	}
	near := s.before(g.start, reach)
	switch {
	case s.hints.Class&detect.NameRouting != 0:
		confidence = 0.98
	case near&topicRouting != 0:
		confidence = 0.96
	case near&topicAccount != 0:
		confidence = 0.55
	}
	return s.report(ruleABA, g, confidence)
}

func routing(d []byte) bool {
	prefix := number(d[:2])
	if !(prefix >= 1 && prefix <= 12 || prefix >= 21 && prefix <= 32 || prefix >= 61 && prefix <= 72 || prefix == 80) {
		return false
	}
	return weighted(d, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0
}

// npi reports a US provider's number: Luhn over the number with the prefix of health cards, 80840.
func (s *scan) npi(g *group) bool {
	d := g.compact[:10]
	if g.cuts != 0 && (g.cuts != 1<<4|1<<7 || g.separators[0] != g.separators[1] || g.separators[0] == '.' || g.separators[0] == '/') {
		return false
	}
	if d[0] != '1' && d[0] != '2' || (luhnSum(d)+24)%10 != 0 || sameDigits(d[:9]) {
		return false
	}
	confidence := 0.4
	near := s.before(g.start, reach)
	switch {
	case s.hints.Class&detect.NameNPI != 0:
		confidence = 0.97
	case near&topicNPI != 0:
		confidence = 0.95
	case s.ofThing(g.start) || g.start > 0 && (s.text[g.start-1] == '/' || s.text[g.start-1] == '=' || s.text[g.start-1] == '#') || g.end < len(s.text) && s.text[g.end] == '.' && g.end+1 < len(s.text) && isLetter(s.text[g.end+1]):
		confidence = 0.3
	default:
		if l := s.labelBefore(g.start); l.number && l.n == 0 && s.hints.Class == 0 && len(s.text) > g.n && !l.word {
			confidence = 0.3
		}
	}
	return s.report(ruleNPI, g, confidence)
}
