package personal

// topic is what a word before a value says of it.
type topic uint64

const (
	topicSSN topic = 1 << iota
	topicPhone
	topicCard
	topicCardCode
	topicAccount
	topicRouting
	topicNPI
	topicMRN
	topicPassport
	topicLicense
	topicBirth
	topicID // of a person, in any country's words
	topicTax
	topicHealth
	topicDevice
	topicVehicle
	topicMAC
	topicGPS
	topicPostal
	topicVersion
	topicOrder // orders, invoices, tickets, parts: numbers of things
	topicIBAN
	topicAU
	topicCA
	topicNL
	topicPT
	topicIN
	topicGB
	topicDEA
	topicPerson
	topicRecord
	topicNIN
)

// words remembers the last words that have topics. Every byte is read once, however often it is asked.
type words struct {
	next int // up to where text was read
	n    int // how many words had topics; the last ones are kept
	kept [keptWords]struct {
		end    int
		topics topic
	}
}

// keptWords is how many words with topics are remembered: more do not fit into what is asked for.
const keptWords = 8

// reach is how far before a value a word counts, in bytes.
const reach = 48

// before returns the topics of the words that end within distance bytes before at.
func (s *scan) before(at, distance int) topic {
	w := &s.words
	if w.next < at-reach-maxWord/2 {
		w.next = at - reach - maxWord/2
		for w.next < at && isWord(s.text[w.next]) { // not in the middle of a word
			w.next++
		}
	}
	for w.next < at {
		if !isLetter(s.text[w.next]) && s.text[w.next] < 0x80 {
			w.next++
			continue
		}
		start := w.next
		for w.next < at && (isLetter(s.text[w.next]) || s.text[w.next] >= 0x80) {
			w.next++
		}
		s.learn(start, w.next)
	}
	var found topic
	for i := w.n - 1; i >= 0 && i >= w.n-keptWords; i-- {
		if kept := &w.kept[i%keptWords]; kept.end > at {
			continue // asked before for a place further on
		} else if at-kept.end <= distance {
			found |= kept.topics
		} else {
			break
		}
	}
	return found
}

// learn notes the topics of a word and, where it is written in camel case, of its parts.
func (s *scan) learn(start, end int) {
	if end-start > maxWord {
		start = end - maxWord
	}
	word := s.text[start:end]
	hash, camel := wordHash(word)
	topics := topicsOf.find(hash)
	if topics == 0 && camel && len(word) <= 24 {
		topics = camelTopics(word)
	}
	if n := len(word); topics == 0 && n > 4 && lower(word[n-1]) == 's' {
		hash, _ = wordHash(word[:n-1])
		topics = topicsOf.find(hash)
	}
	if topics != 0 {
		kept := &s.words.kept[s.words.n%keptWords]
		kept.end, kept.topics = end, topics
		s.words.n++
	}
}

// maxWord is the longest word with a topic, in bytes.
const maxWord = 48

// camelTopics are the topics of the parts of a word in camel case: patientId, cardNumber.
func camelTopics(word []byte) topic {
	var topics topic
	for i := 1; i < len(word); i++ {
		if isUpper(word[i]) && (!isUpper(word[i-1]) || i+1 < len(word) && isLetter(word[i+1]) && !isUpper(word[i+1])) {
			before, _ := wordHash(word[:i])
			after, _ := wordHash(word[i:])
			topics |= topicsOf.find(before) | topicsOf.find(after)
		}
	}
	return topics
}

// wordHash is a hash of word in lower case; camel says that a capital stands within it.
func wordHash(word []byte) (hash uint64, camel bool) {
	hash = 14695981039346656037
	for i, c := range word {
		if isUpper(c) {
			c |= 0x20
			camel = camel || i > 0
		}
		hash = (hash ^ uint64(c)) * 1099511628211
	}
	return hash, camel
}

// topicTable maps hashes of words to topics. 64 bits tell all words apart.
type topicTable struct {
	slots [2048]struct {
		hash   uint64
		topics topic
	}
}

func (t *topicTable) find(hash uint64) topic {
	for i := hash >> 32; ; i++ {
		slot := &t.slots[i%uint64(len(t.slots))]
		if slot.hash == hash {
			return slot.topics
		}
		if slot.hash == 0 {
			return 0
		}
	}
}

func (t *topicTable) add(hash uint64, topics topic) {
	for i := hash >> 32; ; i++ {
		slot := &t.slots[i%uint64(len(t.slots))]
		if slot.hash == 0 || slot.hash == hash {
			slot.hash = hash
			slot.topics |= topics
			return
		}
	}
}

var topicsOf = func() *topicTable {
	table := &topicTable{}
	for topics, list := range map[topic][]string{
		topicSSN:      {"ssn", "ssns", "social", "socialsecurity", "socialsecuritynumber", "ssnumber"},
		topicPhone:    {"phone", "telephone", "tel", "call", "mobile", "cell", "cellphone", "fax", "whatsapp", "viber", "signal", "dial", "ring", "text", "sms", "txt", "hotline", "helpline", "contact", "reach", "callback", "voicemail", "landline", "handset", "msisdn", "phonenumber", "mobilenumber", "telefon", "telefonnummer", "téléphone", "telephonenumber", "teléfono", "telefono", "telefone", "celular", "móvil", "movil", "handy", "mobil", "cep", "gsm", "telefoon", "puhelin", "portable", "cellulare", "rufnummer", "telepono", "tél", "fono", "fixe", "mobiel", "tlf", "ph", "mob", "fon", "电话", "手机", "電話", "전화", "телефон"},
		topicCard:     {"card", "creditcard", "cc", "visa", "mastercard", "amex", "discover", "debit", "credit", "pan", "cardnumber", "ccnumber", "ccnum", "maestro", "diners", "jcb", "unionpay", "kreditkarte", "tarjeta", "carte", "carta", "cartão", "charge"},
		topicCardCode: {"cvv", "cvc", "cvn", "cid", "csc", "cvv2", "cvc2"},
		topicAccount:  {"account", "acct", "accountnumber", "acctno", "bank", "banking", "checking", "savings", "konto", "kontonummer", "cuenta", "compte", "conto", "deposit"},
		topicRouting:  {"routing", "aba", "rtn", "transit", "routingnumber", "micr", "ach", "wire", "fedwire"},
		topicNPI:      {"npi", "provider", "prescriber", "physician", "nationalprovideridentifier"},
		topicMRN:      {"mrn", "mrns", "emr", "ehr", "chart", "medicalrecord", "medicalrecordnumber", "patientid", "patientno", "patientnumber", "emrn", "pid", "empi"},
		topicPassport: {"passport", "passports", "passportnumber", "pasaporte", "passeport", "reisepass", "passaporto", "passnummer", "reisepassnummer", "pass", "passnr", "travel", "여권", "여권번호는", "여권번호", "paspoort", "passaporte", "pasaport", "paszport", "护照", "旅券"},
		topicLicense:  {"license", "licence", "dl", "driver", "drivers", "driving", "dln", "driverlicense", "driverslicense", "führerschein", "führerscheinnummer", "fuehrerschein", "permis", "patente", "carnet", "rijbewijs", "운전면허"},
		topicBirth:    {"dob", "born", "birth", "birthdate", "birthday", "dateofbirth", "geboren", "geburtsdatum", "nacimiento", "naissance", "nascita", "nascimento", "bday", "birthdate_"},
		topicID:       {"nationalid", "nationalidnumber", "identity", "identification", "citizen", "dni", "nif", "nie", "cpf", "pesel", "personnummer", "fødselsnummer", "fodselsnummer", "cpr", "hetu", "curp", "tckn", "tc", "kimlik", "rrn", "nric", "fin", "cnp", "egn", "oib", "jmbg", "amka", "ahv", "avs", "rut", "run", "cuil", "cuit", "cédula", "cedula", "dui", "teudat", "nid", "ahvnr", "henkilötunnus", "sozialversicherungsnummer", "steuer", "steueridentifikationsnummer", "idnr", "ausweis", "personalausweis", "mynumber", "nin", "national", "resident", "rodné", "isikukood", "asmens", "pps", "ppsn", "svnr", "snils", "inn", "снилс", "инн", "身份证", "주민등록번호", "nir", "insee", "niss", "inss", "rijksregisternummer", "codice", "fiscale", "fiscal", "emirates", "hkid", "nik", "ktp", "nric_", "mykad", "idnumber", "ident", "sozialversicherung", "rvnr", "versicherungsnummer", "urssaf"},
		topicTax:      {"tax", "tin", "ein", "itin", "vat", "taxid", "vatin", "ust", "ustid", "iva", "tva", "mwst", "btw", "gst", "gstin", "cnpj", "rfc", "fein", "taxpayer", "utr", "steuernummer", "steuer", "partita", "employer", "vatnumber", "ustidnr", "nit", "ruc", "nipc", "nip", "regon", "taxnumber"},
		topicHealth:   {"nhs", "medicare", "mbi", "hic", "hicn", "insurance", "medicaid", "krankenversichertennummer", "krankenversicherung", "kvnr", "health", "member", "subscriber", "ihi", "versichertennummer"},
		topicDevice:   {"imei", "imeisv", "meid", "device", "handset", "idfa", "gaid", "aaid", "adid"},
		topicVehicle:  {"vin", "vehicle", "chassis"},
		topicMAC:      {"mac", "macaddress", "ethernet", "hwaddr", "hardware", "bssid", "wifi", "bluetooth", "physical", "ether"},
		topicGPS:      {"gps", "location", "coordinates", "coords", "lat", "latitude", "lon", "lng", "longitude", "latlng", "latlon", "position", "geo", "coordinate", "geolocation"},
		topicPostal:   {"zip", "zipcode", "postcode", "postal", "postalcode", "plz", "cep", "postleitzahl", "pincode"},
		topicVersion:  {"version", "v", "ver", "build", "release", "firmware", "revision", "rev", "sdk", "chrome", "safari", "webkit", "applewebkit", "firefox", "edge", "opera", "edg", "opr", "agent", "semver", "upgrade", "upgraded", "driver", "dotnet", "assembly", "patch", "oid", "section", "sections", "chapter", "clause", "paragraph", "appendix", "figure", "fig", "annex", "article"},
		topicOrder:    {"order", "invoice", "ticket", "tracking", "sku", "part", "product", "item", "reference", "ref", "transaction", "txn", "batch", "serial", "barcode", "ean", "upc", "gtin", "isbn", "case", "request", "job", "shipment", "timestamp", "price", "total", "amount", "model", "epoch", "ts", "time", "confirmation", "booking", "po", "bytes", "size", "count", "trace", "span", "sequence", "offset", "code"},
		topicIBAN:     {"iban"},
		topicAU:       {"tfn", "abn", "acn", "australian", "australia"},
		topicCA:       {"sin", "nas", "canadian", "canada"},
		topicNL:       {"bsn", "burgerservicenummer", "sofinummer", "sofi", "dutch", "burgerservice"},
		topicPT:       {"nif", "contribuinte", "portuguese", "portugal", "nipc"},
		topicIN:       {"aadhaar", "aadhar", "uid", "uidai", "pan", "आधार"},
		topicGB:       {"nino", "ni", "insurance", "nhs", "utr"},
		topicDEA:      {"dea", "prescriber", "controlled"},
		topicPerson:   {"name", "fullname", "firstname", "lastname", "surname", "patient", "customer", "cardholder", "client", "employee"},
		topicNIN:      {"nin"},
		topicRecord:   {"record", "records", "document", "hospital"},
	} {
		for _, word := range list {
			hash, _ := wordHash([]byte(word))
			table.add(hash, topics)
		}
	}
	return table
}()
