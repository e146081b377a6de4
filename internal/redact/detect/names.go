package detect

// NameClass is a set of meanings that a name (a JSON key, a header, a cookie, a column, a form field) can have.
type NameClass uint64

// The meanings of names.
const (
	NamePassword   NameClass = 1 << iota // password, passwd, pwd, passphrase, pin
	NameSecret                           // secret, apiKey, private_key, signingKey, clientSecret, …
	NameToken                            // token, accessToken, refresh_token, jwt, csrf, …
	NameSession                          // sessionid, sid, JSESSIONID, PHPSESSID, …
	NameAuth                             // Authorization, Proxy-Authorization, X-Auth-…, credentials
	NameCookie                           // Cookie, Set-Cookie
	NameEmail                            // email, mail, e-mail address
	NamePhone                            // phone, mobile, tel, msisdn, fax
	NameCard                             // cardNumber, pan, creditCard, ccnum
	NameCardCode                         // cvv, cvc, securityCode
	NameSSN                              // ssn, socialSecurityNumber
	NameNationalID                       // nationalId, nino, dni, cpf, aadhaar, personnummer, …
	NameTaxID                            // taxId, tin, ein, itin, vatNumber
	NamePassport                         // passport, passportNo
	NameLicense                          // driverLicense, licenceNumber
	NameIBAN                             // iban
	NameRouting                          // aba, routingNumber, sortCode
	NameAccount                          // accountNumber, bankAccount
	NameNPI                              // npi, providerId
	NameMRN                              // mrn, medicalRecordNumber, patientId, chartNumber
	NameHealth                           // insurance, medicare, nhs, dea
	NameIP                               // ip, remoteAddr, clientIp, x-forwarded-for
	NameMAC                              // mac, macAddress
	NameDevice                           // imei, idfa, deviceId, vin
	NameLatitude                         // lat, latitude
	NameLongitude                        // lon, lng, longitude
	NameBirth                            // dob, birthDate, dateOfBirth
	NamePerson                           // firstName, last_name, fullName, surname, cardholder
	NameAddress                          // street, address1, addressLine
	NameCity                             // city, town
	NamePostal                           // zip, postalCode, postcode
	NameUser                             // user, username, login
	NameID                               // ids that name no person: uuid, traceId, requestId, etag, hash, checksum, digest
	NameTime                             // timestamps, durations, expiry
	NameAmount                           // price, amount, latency, size, count, version
)

// Bounds of what ClassifyName looks at. What a name means stands at its end, so a longer one loses its beginning.
const (
	maxNameBytes = 64
	maxNameWords = 24
	maxSpan      = 4 // words of the longest phrase: date_of_birth, I|Pv|4|Address
	maxGlued     = 32
	// A name of that many words which are shorter than that on average is a value used as a name (a token, a uuid): by
	// chance it holds any short word.
	noiseWords   = 8
	noiseLetters = 3
)

// ClassifyName says what a name means. It takes the name as written: cardNumber, card_number, Card-Number and
// CARDNUMBER mean the same. Linear in the length of name, without allocation.
//
// A name is split into words at separators, digits and changes of case, and the phrases of one to four words that the
// table knows are read from left to right. The last one wins, because it is what the name is about: userEmail is an
// email, tokenType is a type, passwordResetUrl is an address. Words that deny what follows (isEmail, maxTokens) win over all
// that comes after them.
func ClassifyName(name []byte) NameClass { return classify(&builtinNames, name) }

// classify reads name with the words of table.
func classify(table *nameTable, name []byte) NameClass {
	if len(name) > maxNameBytes {
		name = name[len(name)-maxNameBytes:]
	}
	var words nameWords
	words.split(name)
	if words.count == 1 && words.at[1] <= maxGlued {
		entry := table.find(words.prefix[1])
		if entry != nil {
			return entry.alone()
		}
		return table.glued(name)
	}
	if words.count >= noiseWords && int(words.at[words.count]-words.at[0]) < noiseLetters*words.count {
		return 0
	}
	// Phrases are looked for from the end, where English has its noun: user|sessionId, not userSession|id.
	var found [maxNameWords]*nameEntry
	first := words.count
	for end := words.count; end > 0; {
		step := 1
		for span := min(maxSpan, end); span > 0; span-- {
			if entry := table.find(words.hash(end-span, end)); entry != nil {
				step = span
				found[end-span], first = entry, end-span
				break
			}
		}
		end -= step
	}
	var reading reading
	for i := first; i < words.count; i++ {
		if found[i] != nil {
			reading.next(found[i], i == 0)
		}
	}
	return reading.class
}

// glued reads a name without any visible border, such as dbpassword or emailtype: two parts that the table knows.
func (t *nameTable) glued(name []byte) NameClass {
	var letters [maxNameBytes + 1]uint64 // hash of the first i letters
	n := 0
	for _, c := range name {
		if folded := foldTable[c]; folded != 0 {
			letters[n+1] = letters[n]*hashBase + uint64(folded)
			n++
		}
	}
	for cut := 2; cut <= n-3; cut++ {
		right := t.find(letters[n] - letters[cut]*hashPower[n-cut])
		if right == nil {
			continue
		}
		if left := t.find(letters[cut]); left != nil {
			var reading reading
			reading.next(left, true)
			reading.next(right, false)
			return reading.class
		}
	}
	return 0
}

// reading is what the words so far mean.
type reading struct {
	class  NameClass
	denied bool // a word said that what follows is no value of its kind
	joined bool // the last word was "or" or "and"
}

func (r *reading) next(entry *nameEntry, first bool) {
	switch entry.kind {
	case kindFirst, kindDenies:
		if entry.kind == kindFirst && !first {
			return
		}
		r.denied, r.class = true, entry.class
	case kindJoin:
		r.joined = true
		return
	case kindModifier:
		return
	case kindAbout:
		if !r.denied {
			r.class = entry.class
		}
	case kindWeak:
		if !r.denied && r.class&^NameID == 0 {
			r.class = entry.class
		}
	case kindMeaning:
		switch {
		case r.denied:
		case r.joined:
			r.class |= entry.class
		default:
			r.class = entry.class
		}
	}
	r.joined = false
}

// nameWords is where the words of a name begin and end, in letters of the name without separators.
type nameWords struct {
	count  int
	at     [maxNameWords + 1]uint8  // letters before word i
	prefix [maxNameWords + 1]uint64 // hash of the letters before word i
}

// hash of words i to j, glued.
func (w *nameWords) hash(i, j int) uint64 {
	return w.prefix[j] - w.prefix[i]*hashPower[w.at[j]-w.at[i]]
}

// end notes that a word ends after at letters with the hash prefix.
func (w *nameWords) end(at uint8, prefix uint64) {
	if w.count == maxNameWords { // forget the older half
		const half = maxNameWords / 2
		copy(w.at[:], w.at[half:])
		copy(w.prefix[:], w.prefix[half:])
		w.count -= half
	}
	w.count++
	w.at[w.count], w.prefix[w.count] = at, prefix
}

func (w *nameWords) split(name []byte) {
	var (
		hash, before uint64 // of all letters, and of all but the last
		letters      uint8
		last         letterKind // of the last letter; separator at the beginning of a word
		run          int        // of upper-case letters
	)
	for i := 0; i < len(name); i++ {
		c := name[i]
		kind := letterKinds[c]
		if kind == separator {
			if last != separator {
				w.end(letters, hash)
			}
			last, run = separator, 0
			continue
		}
		if kind != last && last != separator {
			if last == upper && kind == lower {
				if run > 1 { // IPAddress: the last upper-case letter belongs to what follows
					w.end(letters-1, before)
				}
			} else {
				w.end(letters, hash)
			}
		}
		if kind == upper {
			run++
		} else {
			run = 0
		}
		last = kind
		before = hash
		hash = hash*hashBase + uint64(foldTable[c])
		letters++
	}
	if last != separator {
		w.end(letters, hash)
	}
}

// NameHash is the same for all spellings of a name: cardNumber, card_number and CARDNUMBER. Names of different letters have
// different hashes but for chance (64 bits).
func NameHash(name []byte) (hash uint64) {
	for _, c := range name {
		if folded := foldTable[c]; folded != 0 {
			hash = hash*hashBase + uint64(folded)
		}
	}
	return hash
}
