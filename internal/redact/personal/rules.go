package personal

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// ex is short, because there are many.
type ex = detect.Example

var ruleEmail = &detect.Rule{
	Name: "email", Type: detect.Email, Category: detect.CategoryContact, Confidence: 0.95,
	Summary: "Email addresses: a local part and a domain mail can reach (RFC 5321, 6531). Not logins of code hosts or URLs, not file names.",
	Matches: []ex{
		{Text: "jane.doe@example.com"},
		{Text: "mailto:jane+news@mail.example.co.uk?subject=x", Want: "jane+news@mail.example.co.uk"},
		{Text: "Write to <o'brien@example.org>, please.", Want: "o'brien@example.org"},
		{Text: "email=jane@example.com&x=1", Want: "jane@example.com"},
		{Text: `"jane doe"@example.com`},
		{Text: "müller@exämple.de"},
		{Text: "a@xn--bcher-kva.example"},
		{Name: "email", Text: "root@mailhost"},
	},
	Misses: []ex{
		{Text: "icon@2x.png"}, {Text: "@scope/package@1.2.3"}, {Text: "git@github.com:owner/repository.git"}, {Text: "https://user:secret@db.example.com/x"},
		{Text: "root@localhost"}, {Text: "jane@example."}, {Text: "jane@example..com"}, {Text: "left-pad@1.3.0"}, {Text: "@media print"},
	},
}

var rulePhone = &detect.Rule{
	Name: "phone", Type: detect.Phone, Category: detect.CategoryContact, Confidence: 0.9,
	Summary: "Telephone numbers: with a country code, in the forms a country writes them, or bare under a name or a word that says so.",
	Matches: []ex{
		{Text: "+14155552671"}, {Text: "+44 20 7946 0958"}, {Text: "(415) 555-2671"}, {Text: "415-555-2671"}, {Text: "415.555.2671"}, {Text: "020 7946 0958"},
		{Text: "Call 4155552671 today", Want: "4155552671"}, {Text: "1-415-555-2671 ext. 12"}, {Text: "tel: +49 (0)30 901820", Want: "+49 (0)30 901820"},
		{Text: "+33 1 42 68 53 00"}, {Text: "Reach me (212-555-0147).", Want: "212-555-0147"}, {Name: "phone", Text: "2671234"}, {Text: "555-123-4567"}, {Text: "(11) 98456-5666"},
	},
	Misses: []ex{
		{Text: "2026-11-23 10:15:00"}, {Text: "4155552671"}, {Text: "order 4155552671"}, {Text: "10.20.30.40"}, {Text: "1763861715123"}, {Text: "12.11.2026 1015"},
		{Text: "1.234.567.890"}, {Text: "+1.5%"}, {Text: "978-3-16-148410-0"}, {Text: "v415.555.2671.1"},
	},
}

func contactRules() []*detect.Rule { return []*detect.Rule{ruleEmail, rulePhone} }

var ruleCard = &detect.Rule{
	Name: "card", Type: detect.Card, Category: detect.CategoryPayment, Confidence: 0.9,
	Summary: "Payment card numbers: a range and length an issuer has, the Luhn digit, grouped as on cards.",
	Matches: []ex{
		{Text: "4111111111111111"}, {Text: "4111 1111 1111 1111"}, {Text: "5555-5555-5555-4444"}, {Text: "3782 822463 10005"}, {Text: "6011111111111117"},
		{Text: "3566002020360505"}, {Text: "30569309025904"}, {Text: "paid with 2223003122003222.", Want: "2223003122003222"}, {Text: "card 4222222222222", Want: "4222222222222"},
	},
	Misses: []ex{
		{Text: "4111111111111112"}, {Text: "4111-1111 1111-1111"}, {Text: "94111111111111111"}, {Text: "1763861715123"}, {Text: "0000000000000000"},
		{Text: "a4111111111111111"}, {Text: "4111111111111111.5"}, {Text: "9999999999999995"},
	},
}

var ruleCardCode = &detect.Rule{
	Name: "card-code", Type: detect.CardCode, Category: detect.CategoryPayment, Confidence: 0.9,
	Summary: "Card verification codes: three or four digits under a name or right after a word that says so.",
	Matches: []ex{{Name: "cvv", Text: "123"}, {Text: "CVV: 1234", Want: "1234"}, {Text: "cvc 321 exp 12/29", Want: "321"}},
	Misses:  []ex{{Text: "123"}, {Name: "cvv", Text: "12345"}, {Text: "page 123"}},
}

var ruleSSN = &detect.Rule{
	Name: "us-ssn", Type: detect.SSN, Category: detect.CategoryIdentifier, Confidence: 0.9,
	Summary: "US social security numbers: numbers that can have been issued, as 123-45-6789, or bare under a name or a word.",
	Matches: []ex{{Text: "536-22-1749"}, {Text: "536 22 1749"}, {Text: "SSN 536221749", Want: "536221749"}, {Name: "ssn", Text: "536221749"}, {Text: "123-45-6789"}},
	Misses: []ex{{Text: "000-12-3456"}, {Text: "666-12-3456"}, {Text: "536-00-1234"}, {Text: "536-22-0000"}, {Text: "536221749"}, {Text: "078-05-1120"},
		{Text: "1536-22-1749"}, {Text: "536-22-1749-1"}, {Text: "2026-11-2300"}},
}

var ruleITIN = &detect.Rule{
	Name: "us-itin", Type: detect.ITIN, Category: detect.CategoryIdentifier, Confidence: 0.9,
	Summary: "US individual taxpayer numbers: 9xx with a middle pair that is in use.",
	Matches: []ex{{Text: "912-70-1234"}, {Text: "ITIN: 912701234", Want: "912701234"}},
	Misses:  []ex{{Text: "912-89-1234"}, {Text: "912-12-1234"}, {Text: "912701234"}},
}

var ruleIBAN = &detect.Rule{
	Name: "iban", Type: detect.IBAN, Category: detect.CategoryPayment, Confidence: 0.97,
	Summary: "International bank account numbers: a country's length and the remainder by 97 (ISO 13616).",
	Matches: []ex{{Text: "GB82 WEST 1234 5698 7654 32"}, {Text: "DE89370400440532013000"}, {Text: "iban=fr1420041010050500013m02606", Want: "fr1420041010050500013m02606"}},
	Misses:  []ex{{Text: "GB82 WEST 1234 5698 7654 33"}, {Text: "DE8937040044053201300"}, {Text: "ZZ89370400440532013000"}, {Text: "DE893704004405320130000"}},
}

var ruleABA = &detect.Rule{
	Name: "us-aba", Type: detect.ABA, Category: detect.CategoryPayment, Confidence: 0.95,
	Summary: "US bank routing numbers: a district that exists and the check digit, next to a word or a name.",
	Matches: []ex{{Text: "routing number 021000021", Want: "021000021"}, {Name: "routingNumber", Text: "121042882"}, {Text: "0711-0130-7"}},
	Misses:  []ex{{Text: "021000021"}, {Text: "routing 021000022"}, {Text: "routing 991000021"}},
}

var ruleBankAccount = &detect.Rule{
	Name: "bank-account", Type: detect.BankAccount, Category: detect.CategoryPayment, Confidence: 0.8,
	Summary: "Bank account numbers and sort codes, under a name or right after a word that says so.",
	Matches: []ex{{Text: "Account number: 000123456789", Want: "000123456789"}, {Name: "accountNumber", Text: "945456787654"}},
	Misses:  []ex{{Text: "945456787654"}, {Name: "accountNumber", Text: "primary"}},
}

var ruleCrypto = &detect.Rule{
	Name: "crypto-address", Type: detect.CryptoAddress, Category: detect.CategoryPayment, Confidence: 0.95,
	Summary: "Addresses of crypto currencies: Bitcoin and its like (Base58Check, Bech32), Ethereum.",
	Matches: []ex{{Text: "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"}, {Text: "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"}, {Text: "to 0x52908400098527886E0F7030069857D2E4169EE7", Want: "0x52908400098527886E0F7030069857D2E4169EE7"}},
	Misses:  []ex{{Text: "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3"}, {Text: "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdz"}, {Text: "0x52908400098527886E0F7030069857D2E4169EE"}, {Text: "0x0000000000000000000000000000000000000000"}},
}

var ruleNPI = &detect.Rule{
	Name: "us-npi", Type: detect.NPI, Category: detect.CategoryIdentifier, Confidence: 0.95,
	Summary: "US national provider identifiers: Luhn with the prefix 80840, next to a word or a name.",
	Matches: []ex{{Text: "NPI: 1245319599", Want: "1245319599"}, {Name: "npi", Text: "1003000126"}},
	Misses:  []ex{{Text: "1245319599"}, {Text: "NPI 1245319598"}, {Text: "NPI 3245319599"}},
}

func paymentRules() []*detect.Rule {
	return []*detect.Rule{ruleCard, ruleCardCode, ruleSSN, ruleITIN, ruleIBAN, ruleABA, ruleBankAccount, ruleCrypto, ruleNPI}
}

var ruleIPv4 = &detect.Rule{
	Name: "ipv4", Type: detect.IPv4, Category: detect.CategoryNetwork, Confidence: 0.95,
	Summary: "IPv4 addresses and networks. Not versions; 127.0.0.1 and the like are nearly one.",
	Matches: []ex{{Text: "203.0.113.7"}, {Text: "from 10.1.2.3:8080", Want: "10.1.2.3"}, {Text: "192.168.0.0/16"}, {Text: "(198.51.100.4)", Want: "198.51.100.4"}},
	Misses:  []ex{{Text: "version 110.20.30.40"}, {Text: "v110.20.30.40"}, {Text: "256.1.1.1"}, {Text: "10.01.2.3"}, {Text: "1.3.6.1.4.1"}, {Text: "127.0.0.1"}, {Text: "Chrome/120.0.16.99"}, {Text: "Chrome/127.0.0.0"}},
}

var ruleIPv6 = &detect.Rule{
	Name: "ipv6", Type: detect.IPv6, Category: detect.CategoryNetwork, Confidence: 0.95,
	Summary: "IPv6 addresses in all forms: compressed, with a zone, with an IPv4 part, networks.",
	Matches: []ex{{Text: "2001:db8::8a2e:370:7334"}, {Text: "fe80::1%eth0"}, {Text: "[2001:db8::1]:8080", Want: "2001:db8::1"}, {Text: "::ffff:192.0.2.1"}, {Text: "2001:db8::/32"},
		{Text: "2001:0db8:85a3:0000:0000:8a2e:0370:7334"}},
	Misses: []ex{{Text: "12:34:56"}, {Text: "std::vector"}, {Text: "1:2:3:4"}, {Text: "aa:bb:cc:dd:ee:f0"}, {Text: "a::b::c"}, {Text: "::"}, {Text: "abc::def::f"}},
}

var ruleMAC = &detect.Rule{
	Name: "mac", Type: detect.MAC, Category: detect.CategoryNetwork, Confidence: 0.95,
	Summary: "MAC addresses with colons, hyphens or dots; bare under a name.",
	Matches: []ex{{Text: "00:1a:2b:3c:4d:5e"}, {Text: "AA-BB-CC-DD-EE-F0"}, {Text: "001a.2b3c.4d5e"}, {Name: "macAddress", Text: "001A2B3C4D5E"}},
	Misses:  []ex{{Text: "00:1a:2b:3c:4d"}, {Text: "ff:ff:ff:ff:ff:ff"}, {Text: "00:1a:2b-3c-4d-5e"}, {Text: "001A2B3C4D5E"}, {Text: "00:1a:2b:3c:4d:5e:6f"}},
}

var ruleDevice = &detect.Rule{
	Name: "device-id", Type: detect.DeviceID, Category: detect.CategoryNetwork, Confidence: 0.8,
	Summary: "Ids of devices and vehicles: IMEI (Luhn) and VIN (check digit) next to a word, others under a name.",
	Matches: []ex{{Text: "IMEI 490154203237518", Want: "490154203237518"}, {Text: "VIN: 1M8GDM9AXKP042788", Want: "1M8GDM9AXKP042788"}, {Name: "deviceId", Text: "a81bc81b-dead-4e5d-abff-90865d1e13b1"}},
	Misses:  []ex{{Text: "490154203237518"}, {Text: "IMEI 490154203237519"}, {Text: "VIN 1M8GDM9A0KP042788"}},
}

func networkRules() []*detect.Rule { return []*detect.Rule{ruleIPv4, ruleIPv6, ruleMAC, ruleDevice} }
