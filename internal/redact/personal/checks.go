package personal

// The check digits of national ids, each over the letters and digits alone, letters in upper case. A form has made sure
// of the length and of where the digits are.

// mod11 is the check digit of weighted sums by 11 that most registers use: 11 less the remainder, with 10 and 11 as
// given.
func mod11(digits []byte, ten, eleven int, weights ...int) int {
	switch check := 11 - weighted(digits, weights...)%11; check {
	case 10:
		return ten
	case 11:
		return eleven
	default:
		return check
	}
}

func last(d []byte) int { return int(d[len(d)-1] - '0') }

// iso7064 is the check digit of ISO 7064, modulus 11,10.
func iso7064(digits []byte) int {
	p := 10
	for _, c := range digits {
		if p = (p + int(c-'0')) % 10; p == 0 {
			p = 10
		}
		p = p * 2 % 11
	}
	return (11 - p) % 10
}

// verhoeff says whether digits end in their Verhoeff check digit.
func verhoeff(digits []byte) bool {
	const (
		d = "0123456789123406789523401789563401289567401239567859876043216598710432765982104387659321049876543210"
		p = "01234567891576283094580379614289160435279453126870428657390127938064157046913258"
	)
	check := 0
	for i := range digits {
		c := int(digits[len(digits)-1-i] - '0')
		check = int(d[check*10+int(p[i%8*10+c]-'0')] - '0')
	}
	return check == 0
}

func ukNINO(v []byte) bool {
	return noneOf(v[0], "DFIQUV") && noneOf(v[1], "DFIOQUV") && v[8] <= 'D' && !isOneOf(string(v[:2]), "BG", "GB", "KN", "NK", "NT", "TN", "ZZ")
}

// noneOf says that c is none of the letters.
func noneOf(c byte, none string) bool {
	for i := range len(none) {
		if none[i] == c {
			return false
		}
	}
	return true
}

func isOneOf(s string, list ...string) bool {
	for _, other := range list {
		if s == other {
			return true
		}
	}
	return false
}

func ukNHS(d []byte) bool {
	return mod11(d, -1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2) == last(d) && !sameDigits(d)
}

func ukDriving(v []byte) bool {
	for i := range 5 {
		if !isLetter(v[i]) && v[i] != '9' || i == 0 && !isLetter(v[i]) {
			return false
		}
	}
	month := number(v[6:8])
	return day(0, month%50, number(v[8:10])) && month <= 62 && isLetter(v[11]) && (isLetter(v[12]) || v[12] == '9')
}

const dniLetters = "TRWAGMYFPDXBNJZSQVHLCKE"

func esDNI(v []byte) bool {
	return dniLetters[number(v[:len(v)-1])%23] == v[len(v)-1]
}

func esNIE(v []byte) bool {
	return v[0] >= 'X' && v[0] <= 'Z' && dniLetters[(int(v[0]-'X')*10000000+number(v[1:8]))%23] == v[8]
}

func itCodice(v []byte) bool {
	const odd = "\x01\x00\x05\x07\x09\x0d\x0f\x11\x13\x15\x02\x04\x12\x14\x0b\x03\x06\x08\x0c\x0e\x10\x0a\x16\x19\x18\x17" // of A to Z and 0 to 9
	if noneOf(v[8], "ABCDEHLMPRST") {
		return false
	}
	for _, i := range [...]int{6, 7, 9, 10, 12, 13, 14} {
		if !isDigit(v[i]) && noneOf(v[i], "LMNPQRSTUV") {
			return false
		}
	}
	sum := 0
	for i, c := range v[:15] {
		value := int(c - 'A')
		if isDigit(c) {
			value = int(c - '0')
		}
		if i%2 == 0 {
			value = int(odd[value])
		}
		sum += value
	}
	return byte('A'+sum%26) == v[15]
}

func luhnID(d []byte) bool { return luhn(d) && !sameDigits(d) }

func itVAT(d []byte) bool { return luhn(d) && number(d[:7]) != 0 }

func frNIR(v []byte) bool {
	month := number(v[3:5])
	if v[0] == '0' || v[0] == '5' || v[0] == '6' || v[0] == '9' || month == 0 || month > 12 && month < 20 || month > 42 && month < 50 {
		return false
	}
	department := 0
	switch {
	case v[5] == '2' && v[6] == 'A':
		department = 19
	case v[5] == '2' && v[6] == 'B':
		department = 18
	case isDigit(v[6]) && isDigit(v[5]):
		department = number(v[5:7])
	default:
		return false
	}
	body := (number(v[:5])*100+department)*1000000 + number(v[7:13])
	return 97-body%97 == number(v[13:15])
}

func deTax(d []byte) bool {
	return d[0] != '0' && iso7064(d[:10]) == last(d) && !sameDigits(d[:10])
}

func dePension(v []byte) bool {
	d, m := number(v[2:4]), number(v[4:6])
	if d > 31 && d < 51 || d > 81 || d == 0 || m == 0 || m > 12 {
		return false
	}
	var expanded [12]byte
	copy(expanded[:8], v[:8])
	letter := v[8] - 'A' + 1
	expanded[8], expanded[9], expanded[10], expanded[11] = '0'+letter/10, '0'+letter%10, v[9], v[10]
	return crossSums(expanded[:], 2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)%10 == last(v)
}

// crossSums adds the digits of every product of a digit and its weight.
func crossSums(digits []byte, weights ...int) int {
	sum := 0
	for i, w := range weights {
		product := int(digits[i]-'0') * w
		sum += product/10 + product%10
	}
	return sum
}

func deHealth(v []byte) bool {
	var expanded [10]byte
	letter := v[0] - 'A' + 1
	expanded[0], expanded[1] = '0'+letter/10, '0'+letter%10
	copy(expanded[2:], v[1:9])
	return crossSums(expanded[:], 1, 2, 1, 2, 1, 2, 1, 2, 1, 2)%10 == last(v)
}

func nlBSN(d []byte) bool {
	return !sameDigits(d) && (weighted(d, 9, 8, 7, 6, 5, 4, 3, 2)-last(d))%11 == 0
}

func beNumber(d []byte) bool {
	if m := number(d[2:4]) % 20; m > 12 || number(d[2:4]) > 52 || number(d[4:6]) > 31 || sameDigits(d[:9]) {
		return false
	}
	body, check := number(d[:9]), number(d[9:])
	return 97-body%97 == check || 97-(2000000000+body)%97 == check
}

func plPESEL(d []byte) bool {
	return day(0, number(d[2:4])%20, number(d[4:6])) && number(d[2:4]) <= 92 && weighted(d, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0
}

func plNIP(d []byte) bool {
	return weighted(d, 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == last(d) && !sameDigits(d)
}

func seNumber(d []byte) bool {
	if len(d) == 12 {
		if century := number(d[:2]); century < 18 || century > 20 {
			return false
		}
		d = d[2:]
	}
	dayOf := number(d[4:6])
	return day(0, number(d[2:4]), dayOf%60) && dayOf <= 91 && luhn(d)
}

// seLong leaves out what is more often a time to the minute, or a number that begins with today's date.
func seLong(d []byte) bool {
	return seNumber(d) && number(d[:4]) < 2015 && !(number(d[8:10]) < 24 && number(d[10:12]) < 60 && number(d[:2]) == 20)
}

func noNumber(d []byte) bool {
	dayOf, month := number(d[:2]), number(d[2:4])
	if dayOf > 40 {
		dayOf -= 40
	}
	return day(0, month%40, dayOf) && mod11(d, -1, 0, 3, 7, 6, 1, 8, 9, 4, 5, 2) == int(d[9]-'0') &&
		mod11(d, -1, 0, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) == last(d)
}

func dkCPR(d []byte) bool {
	return day(0, number(d[2:4]), number(d[:2])) && weighted(d, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

func fiCode(v []byte) bool {
	const letters = "0123456789ABCDEFHJKLMNPRSTUVWXY"
	n := len(v)
	if n == 11 && noneOf(v[6], "YXWVUABCDEF") || !day(0, number(v[2:4]), number(v[:2])) || number(v[n-4:n-1]) < 2 {
		return false
	}
	return letters[(number(v[:6])*1000+number(v[n-4:n-1]))%31] == v[n-1]
}

func ptNIF(d []byte) bool {
	return !noneOf(d[0], "1235689") && mod11(d, 0, 0, 9, 8, 7, 6, 5, 4, 3, 2) == last(d)
}

func brCPF(d []byte) bool {
	return !sameDigits(d) && mod11(d, 0, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[9]-'0') && mod11(d, 0, 0, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) == last(d)
}

func brCNPJ(d []byte) bool {
	if year := number(d[:4]); year >= 1990 && year < 2100 && day(year, number(d[4:6]), number(d[6:8])) && number(d[8:10]) < 24 {
		return false // a time to the second
	}
	return !sameDigits(d[:12]) && mod11(d, 0, 0, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[12]-'0') &&
		mod11(d, 0, 0, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == last(d)
}

func inAadhaar(d []byte) bool { return d[0] >= '2' && verhoeff(d) && !sameDigits(d[:11]) }

func inPAN(v []byte) bool { return !noneOf(v[3], "ABCFGHJLPTEK") }

func inGSTIN(v []byte) bool {
	state := number(v[:2])
	return state >= 1 && state <= 38
}
