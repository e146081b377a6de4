package personal

import (
	"crypto/sha256"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// crypto reports the token when it is an address of a crypto currency.
func (s *scan) crypto(start, end int) bool {
	token := s.text[start:end]
	n := len(token)
	proven := false
	switch {
	case n == 42 && token[0] == '0' && token[1] == 'x':
		proven = allHex(token[2:]) && !sameDigits(token[2:])
	case n >= 26 && n <= 35 && base58Values[token[0]] >= 0:
		proven = base58Check(token)
	}
	if !proven && n >= 14 && n <= 90 {
		proven = bech32(token)
	}
	if proven {
		s.add(ruleCrypto, start, end, 0.95)
	}
	return proven
}

var base58Values = func() (values [256]int8) {
	for i := range values {
		values[i] = -1
	}
	for i, c := range []byte("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz") {
		values[c] = int8(i)
	}
	return values
}()

// base58Check says whether token is 21 bytes with the first four bytes of their double SHA-256, in base 58.
func base58Check(token []byte) bool {
	hex := true // a hash
	for _, c := range token {
		if base58Values[c] < 0 {
			return false
		}
		hex = hex && isHex(c)
	}
	if hex {
		return false
	}
	var raw [25]byte
	for _, c := range token {
		carry := int(base58Values[c])
		for i := len(raw) - 1; i >= 0; i-- {
			carry += int(raw[i]) * 58
			raw[i] = byte(carry)
			carry >>= 8
		}
		if carry != 0 {
			return false
		}
	}
	first := sha256.Sum256(raw[:21])
	second := sha256.Sum256(first[:])
	return [4]byte(second[:4]) == [4]byte(raw[21:])
}

// bech32 says whether token is a segregated witness address: a known prefix and the checksum of BIP 173 or BIP 350.
func bech32(token []byte) bool {
	prefix := 0
	for _, known := range [...]string{"bc1", "tb1", "ltc1", "bcrt1"} {
		if hasWord(token, known) {
			prefix = len(known) - 1
		}
	}
	if prefix == 0 || len(token) < prefix+7 {
		return false
	}
	const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	sum := uint32(1)
	step := func(value byte) {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(value)
		for i, generator := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 != 0 {
				sum ^= generator
			}
		}
	}
	for _, c := range token[:prefix] {
		step(lower(c) >> 5)
	}
	step(0)
	for _, c := range token[:prefix] {
		step(lower(c) & 31)
	}
	for _, c := range token[prefix+1:] {
		value := -1
		for i := range len(alphabet) {
			if alphabet[i] == lower(c) {
				value = i
			}
		}
		if value < 0 {
			return false
		}
		step(byte(value))
	}
	return sum == 1 || sum == 0x2bc830a3
}

// imei reports the id of a mobile device: 15 digits with a Luhn digit, next to a word or under a name.
func (s *scan) imei(g *group) bool {
	d := g.compact[:15]
	if g.cuts != 0 && g.cuts != 1<<6|1<<8|1<<14 && g.cuts != 1<<2|1<<8|1<<14 || !luhn(d) || sameDigits(d) {
		return false
	}
	confidence := 0.3
	if g.cuts != 0 {
		confidence = 0.6
	}
	if s.hints.Class&detect.NameDevice != 0 || s.before(g.start, reach)&topicDevice != 0 {
		confidence = 0.95
	}
	return s.report(ruleDevice, g, confidence)
}

// vin reports the id of a vehicle: 17 letters and digits with a check digit in the ninth place (ISO 3779, 49 CFR 565).
func (s *scan) vin(g *group) bool {
	const values, weights = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ", "8765432X098765432"
	v := g.compact[:17]
	sum, hex := 0, true
	for i, c := range v {
		hex = hex && isHex(c)
		if c == 'I' || c == 'O' || c == 'Q' {
			return false
		}
		value := 0
		for j := range len(values) {
			if values[j] == c {
				value = j % 10
			}
		}
		weight := int(weights[i] - '0')
		if weights[i] == 'X' {
			weight = 10
		}
		sum += value * weight
	}
	check := byte('0' + sum%11)
	if sum%11 == 10 {
		check = 'X'
	}
	if hex || v[8] != check || !allDigits(v[14:]) {
		return false
	}
	confidence := 0.55
	if g.lowercase {
		confidence = 0.3
	}
	if s.hints.Class&detect.NameDevice != 0 || s.before(g.start, reach)&topicVehicle != 0 {
		confidence = 0.95
	}
	return s.report(ruleDevice, g, confidence)
}
