package personal

func auTFN(d []byte) bool {
	return weighted(d, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 && !sameDigits(d)
}

func auABN(d []byte) bool {
	return d[0] != '0' && (weighted(d, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
}

func auACN(d []byte) bool {
	return (10-weighted(d, 8, 7, 6, 5, 4, 3, 2, 1)%10)%10 == last(d) && !sameDigits(d)
}

func auMedicare(d []byte) bool {
	return d[0] >= '2' && d[0] <= '6' && weighted(d, 1, 3, 7, 9, 1, 3, 7, 9)%10 == int(d[8]-'0')
}

func caSIN(d []byte) bool { return d[0] != '0' && d[0] != '8' && luhn(d) && !sameDigits(d) }

func sgNRIC(v []byte) bool {
	sum := weighted(v[1:], 2, 7, 6, 5, 4, 3, 2)
	var letters string
	switch v[0] {
	case 'S', 'T':
		letters = "JZIHGFEDCBA"
	case 'F', 'G':
		letters = "XWUTRQPNMLK"
	case 'M':
		letters, sum = "XWUTRQPNJLK", sum+3
		return letters[10-sum%11] == v[8] || letters[sum%11] == v[8]
	default:
		return false
	}
	if v[0] == 'T' || v[0] == 'G' {
		sum += 4
	}
	return letters[sum%11] == v[8]
}

func krDate(d []byte) bool {
	return d[6] >= '1' && d[6] <= '8' && day(0, number(d[2:4]), number(d[4:6]))
}

func krNumber(d []byte) bool {
	if !krDate(d) {
		return false
	}
	check := 11 - weighted(d, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)%11
	if d[6] >= '5' {
		check += 2
	}
	return check%10 == last(d)
}

func krBusiness(d []byte) bool {
	sum := weighted(d, 1, 3, 7, 1, 3, 7, 1, 3) + int(d[8]-'0')*5/10 + int(d[8]-'0')*5
	return (10-sum%10)%10 == last(d) && !sameDigits(d)
}

func cnNumber(v []byte) bool {
	year := number(v[6:10])
	if year < 1850 || year > 2100 || !day(year, number(v[10:12]), number(v[12:14])) || v[0] == '0' || v[0] == '9' {
		return false
	}
	return "10X98765432"[weighted(v, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)%11] == v[17]
}

func jpNumber(d []byte) bool {
	return mod11(d, 0, 0, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) == last(d) && !sameDigits(d[:11])
}

func mxCURP(v []byte) bool {
	return day(0, number(v[6:8]), number(v[8:10])) && !noneOf(v[10], "HMX") && !noneOf(v[1], "AEIOUX")
}

func mxRFC(v []byte) bool {
	n := len(v) - 9
	return day(0, number(v[n+2:n+4]), number(v[n+4:n+6])) && (isDigit(v[len(v)-1]) || v[len(v)-1] == 'A')
}

func zaID(d []byte) bool {
	return day(0, number(d[2:4]), number(d[4:6])) && d[10] <= '2' && d[11] >= '8' && luhn(d)
}

func trNumber(d []byte) bool {
	if d[0] == '0' {
		return false
	}
	odd, even := weighted(d, 1, 0, 1, 0, 1, 0, 1, 0, 1), weighted(d, 0, 1, 0, 1, 0, 1, 0, 1)
	tenth := ((odd*7-even)%10 + 10) % 10
	return tenth == int(d[9]-'0') && (odd+even+tenth)%10 == last(d)
}

func ilNumber(d []byte) bool {
	return crossSums(d, 1, 2, 1, 2, 1, 2, 1, 2, 1)%10 == 0 && !sameDigits(d)
}

func thNumber(d []byte) bool {
	return d[0] >= '1' && d[0] <= '8' && d[1] != '0' && !sameDigits(d[:12]) &&
		(11-weighted(d, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11)%10 == last(d)
}

func chAHV(d []byte) bool { return ean13(d) }

func atSocial(d []byte) bool {
	check := weighted(d, 3, 7, 9, 0, 5, 8, 4, 2, 1, 6) % 11
	return d[0] != '0' && check == int(d[3]-'0') && number(d[4:6]) <= 31 && number(d[6:8]) <= 15
}

func iePPS(v []byte) bool {
	sum := weighted(v, 8, 7, 6, 5, 4, 3, 2)
	if len(v) == 9 {
		if v[8] > 'I' && v[8] != 'W' && v[8] != 'T' {
			return false
		}
		if v[8] != 'W' && v[8] != 'T' {
			sum += int(v[8]-'A'+1) * 9
		}
	}
	return "WABCDEFGHIJKLMNOPQRSTUV"[sum%23] == v[7]
}

func roCNP(d []byte) bool {
	return d[0] != '0' && day(0, number(d[3:5]), number(d[5:7])) && weighted(d, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)%11%10 == last(d)
}

func bgEGN(d []byte) bool {
	return day(0, number(d[2:4])%20, number(d[4:6])) && number(d[2:4]) <= 52 && weighted(d, 2, 4, 8, 5, 10, 9, 7, 3, 6)%11%10 == last(d)
}

func czBirth(d []byte) bool {
	month := number(d[2:4]) % 50
	if month > 20 {
		month -= 20
	}
	return day(0, month, number(d[4:6])) && number(d)%11 == 0
}

func hrOIB(d []byte) bool { return iso7064(d[:10]) == last(d) && !sameDigits(d[:10]) }

func balticNumber(d []byte) bool {
	if d[0] == '0' || d[0] > '8' || !day(0, number(d[3:5]), number(d[5:7])) {
		return false
	}
	check := weighted(d, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1) % 11
	if check == 10 {
		check = weighted(d, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3) % 11 % 10
	}
	return check == last(d)
}

func grAMKA(d []byte) bool { return day(0, number(d[2:4]), number(d[:2])) && luhn(d) }

func clRUT(v []byte) bool {
	sum, weight := 0, 2
	for i := len(v) - 2; i >= 0; i-- {
		if !isDigit(v[i]) {
			return false
		}
		sum += int(v[i]-'0') * weight
		if weight++; weight == 8 {
			weight = 2
		}
	}
	switch check := 11 - sum%11; check {
	case 11:
		return v[len(v)-1] == '0'
	case 10:
		return v[len(v)-1] == 'K'
	default:
		return v[len(v)-1] == byte('0'+check)
	}
}

func arCUIT(d []byte) bool {
	return isOneOf(string(d[:2]), "20", "23", "24", "25", "26", "27", "30", "33", "34") && mod11(d, 9, 0, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) == last(d)
}

func uyCI(d []byte) bool {
	return (10-weighted(d, 2, 9, 8, 7, 6, 3, 4)%10)%10 == last(d) && !sameDigits(d)
}

func ecCedula(d []byte) bool {
	province := number(d[:2])
	return (province >= 1 && province <= 24 || province == 30) && d[2] <= '6' && luhn(d)
}

func twID(v []byte) bool {
	const order = "ABCDEFGHJKLMNPQRSTUVXYWZIO" // by the number a letter stands for, from 10 on
	letter := -1
	for i := range len(order) {
		if order[i] == v[0] {
			letter = i + 10
		}
	}
	if v[1] != '1' && v[1] != '2' && v[1] != '8' && v[1] != '9' {
		return false
	}
	return (letter/10+letter%10*9+weighted(v[1:], 8, 7, 6, 5, 4, 3, 2, 1, 1))%10 == 0
}

func myNRIC(d []byte) bool {
	state := number(d[6:8])
	return day(0, number(d[2:4]), number(d[4:6])) && state >= 1 && state <= 99 && state != 17 && state != 18 && state != 19 && state != 20
}

func idNIK(d []byte) bool {
	province := number(d[:2])
	return province >= 11 && province <= 96 && day(0, number(d[8:10]), number(d[6:8])%40) && number(d[12:]) != 0
}

func lkNIC(v []byte) bool {
	days := number(v[2:5])
	return days >= 1 && days <= 366 || days >= 501 && days <= 866
}

func saID(d []byte) bool { return (d[0] == '1' || d[0] == '2') && luhn(d) && !sameDigits(d[1:]) }

func egNumber(d []byte) bool {
	return (d[0] == '2' || d[0] == '3') && day(0, number(d[3:5]), number(d[5:7])) && number(d[7:9]) <= 88
}

func ruSNILS(d []byte) bool {
	return weighted(d, 9, 8, 7, 6, 5, 4, 3, 2, 1)%101%100 == number(d[9:]) && !sameDigits(d[:9])
}

func ruINN(d []byte) bool {
	if len(d) == 10 {
		return weighted(d, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == last(d) && !sameDigits(d)
	}
	return weighted(d, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == int(d[10]-'0') && weighted(d, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == last(d) && !sameDigits(d)
}

// usMBI has no check digit, but letters at fixed places only, and none that look like digits.
func usMBI(v []byte) bool {
	for i, c := range v {
		if isLetter(c) && !noneOf(c, "SLOIBZ") {
			return false
		}
		if i == 0 && c == '0' {
			return false
		}
	}
	return true
}

func usDEA(v []byte) bool {
	if noneOf(v[0], "ABCDEFGHJKLMPRSTUX") || !isLetter(v[1]) && v[1] != '9' {
		return false
	}
	d := v[2:]
	return (weighted(d, 1, 0, 1, 0, 1)+2*weighted(d, 0, 1, 0, 1, 0, 1))%10 == last(d) && !sameDigits(d)
}

func usEIN(d []byte) bool {
	prefix := number(d[:2])
	return prefix != 0 && !isOneOf(string(d[:2]), "07", "08", "09", "17", "18", "19", "28", "29", "49", "69", "70", "78", "79", "89", "96", "97") && !sameDigits(d)
}

// vatChecked says whether a European VAT number with its country's letters has right check digits.
func vatChecked(v []byte) bool {
	d := v[2:]
	switch string(v[:2]) {
	case "DE":
		return iso7064(d[:8]) == last(d) && d[0] != '0'
	case "AT": // ATU
		return (10-(crossSums(d[1:], 1, 2, 1, 2, 1, 2, 1)+4)%10)%10 == last(d)
	case "BE":
		return 97-number(d[:8])%97 == number(d[8:])
	case "DK":
		return weighted(d, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
	case "FI":
		return mod11(d, -1, 0, 7, 9, 10, 5, 8, 4, 2) == last(d)
	case "IT":
		return itVAT(d)
	case "LU":
		return number(d[:6])%89 == number(d[6:])
	case "NL":
		return weighted(d, 9, 8, 7, 6, 5, 4, 3, 2)%11%10 == int(d[8]-'0') || mod97(v) == 1
	case "PL":
		return plNIP(d)
	case "PT":
		return ptNIF(d)
	case "FR":
		return isDigit(d[0]) && isDigit(d[1]) && (12+3*(number(d[2:])%97))%97 == number(d[:2])
	case "GB":
		sum := weighted(d, 8, 7, 6, 5, 4, 3, 2) + number(d[7:9])
		return sum%97 == 0 || (sum+55)%97 == 0
	case "SE":
		return luhn(d[:10])
	case "SI":
		return mod11(d, 0, -1, 8, 7, 6, 5, 4, 3, 2) == last(d)
	case "HR":
		return iso7064(d[:10]) == last(d)
	case "EE":
		return weighted(d, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0
	case "EL":
		return grVAT(d)
	case "HU":
		return weighted(d, 9, 7, 3, 1, 9, 7, 3, 1)%10 == 0
	case "IE":
		return iePPS(d)
	}
	return false
}

func grVAT(d []byte) bool {
	return weighted(d, 256, 128, 64, 32, 16, 8, 4, 2)%11%10 == last(d) && !sameDigits(d)
}

func cheVAT(v []byte) bool {
	return mod11(v[3:], -1, 0, 5, 4, 3, 2, 7, 6, 5, 4) == last(v)
}

func krLicense(d []byte) bool {
	return number(d[:2]) >= 11 && number(d[:2]) <= 28 && number(d[:2]) != 27
}

// icao says whether the last digit is the check digit of what stands before it (ICAO 9303: weights 7, 3, 1).
func icao(v []byte) bool {
	n := len(v) - 1
	if !isDigit(v[n]) || isDigit(v[0]) && n == 9 {
		return false
	}
	sum, letters := 0, 0
	for i, c := range v[:n] {
		value := int(c - '0')
		if isLetter(c) {
			value = int(c-'A') + 10
			letters++
			if !noneOf(c, "ABDEIOQSU") {
				return false
			}
		}
		sum += value * [3]int{7, 3, 1}[i%3]
	}
	return letters > 0 && sum%10 == int(v[n]-'0')
}
