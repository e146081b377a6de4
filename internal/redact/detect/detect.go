// Package detect holds what the finders of sensitive values share: the types of values, the rules that find them, what
// is known of the place a text stands at, and the order in which findings that overlap give way.
//
// A finder looks at one decoded text at a time: a header's value, a member of a JSON body, a segment of a path. The
// engine has taken all containers apart before, so a finder never decodes anything but to prove what it found.
package detect

// Type is what a value is. The names are part of the product: findings, metrics and policies carry them.
type Type string

// The types of values that finders know.
const (
	Email         Type = "email"
	Phone         Type = "phone"
	Card          Type = "card"
	CardCode      Type = "card_code" // CVV, CVC
	SSN           Type = "ssn"
	ITIN          Type = "itin"
	NationalID    Type = "national_id" // any other country's number for a person, with check digits
	TaxID         Type = "tax_id"
	Passport      Type = "passport"
	DriverLicense Type = "driver_license"
	IBAN          Type = "iban"
	ABA           Type = "aba"
	BankAccount   Type = "bank_account"
	CryptoAddress Type = "crypto_address"
	NPI           Type = "npi"
	MedicalRecord Type = "medical_record_number"
	HealthID      Type = "health_id" // insurance and national health numbers, DEA numbers
	IPv4          Type = "ipv4"
	IPv6          Type = "ipv6"
	MAC           Type = "mac"
	DeviceID      Type = "device_id" // IMEI, advertising ids, VIN
	GPS           Type = "gps"
	BirthDate     Type = "birth_date"
	PersonName    Type = "person_name"
	Address       Type = "address"
	PostalCode    Type = "postal_code"
	JWT           Type = "jwt"
	PrivateKey    Type = "private_key" // PEM, PuTTY, age and the like
	BasicAuth     Type = "basic_auth"
	BearerToken   Type = "bearer_token"
	URLPassword   Type = "url_password" // the password of a URL's user information
	Password      Type = "password"
	ProviderKey   Type = "provider_key" // a key whose form names its provider
	Secret        Type = "secret"       // a value with high entropy under a name that says it is secret
	SessionID     Type = "session_id"
	Custom        Type = "custom" // found by a rule of the user's own that names no type
)

// Category groups rules for policies.
type Category string

// The categories of rules.
const (
	CategorySecret     Category = "secret"     // keys and tokens of machines
	CategoryCredential Category = "credential" // passwords, sessions, authorization headers
	CategoryIdentifier Category = "identifier" // names a person directly: SSN, national ids, passports, health ids
	CategoryContact    Category = "contact"    // email, phone
	CategoryPayment    Category = "payment"    // card, IBAN, ABA, bank account
	CategoryPerson     Category = "person"     // names, birth dates
	CategoryLocation   Category = "location"   // addresses, postal codes, GPS
	CategoryNetwork    Category = "network"    // IP and MAC addresses, device ids
	CategoryCustom     Category = "custom"
)

// Rule says what a finder looks for. Built-in rules are values of the finders' packages; a policy turns them on and off,
// changes their action and adds rules of the user's own. Immutable once built.
type Rule struct {
	Name       string   // unique, kebab-case, stable: "email", "github-token"
	Type       Type     // what it finds
	Category   Category // for policies
	Summary    string   // one line for people: what it finds and what proves it
	Confidence float64  // 0 to 1: how sure a finding is by default
	// Matches and Misses are texts of which every one must (must not) give a finding of this rule; tests run them all.
	Matches, Misses []Example
}

// Example is a text with the name it stands under, if that matters.
type Example struct {
	Name string // the JSON key, header or column; "" for text without one
	Text string
	Want string // the value that must be found, where it is not the whole text
}

// Finding is one sensitive value in a text.
type Finding struct {
	Start, End int // bytes of the text: the value alone, without its label or quotes
	Rule       *Rule
	Confidence float64
}

// Finder finds the values of its rules in a text. Safe for concurrent use.
type Finder interface {
	// Find appends findings to dst, in any order; they may overlap. It must be linear in the length of text and must not
	// keep text. shape is NewShape(text). Where looking would take too long it appends a finding that ends at Unfinished:
	// the record must not be passed on.
	Find(dst []Finding, text []byte, shape Shape, hints Hints) []Finding
}

// Unfinished is the End of a finding which says that its rule has not looked into the text.
const Unfinished = -1

// Hints is what is known of the place a text stands at.
type Hints struct {
	Name    []byte    // the text's own name as written (JSON key, header, column, form field), nil when it has none
	Class   NameClass // what the name says, and weaker what the names above it say
	Place   Place
	Request bool // within a request
}

// Place is the kind of thing a text stands in.
type Place uint8

// The kinds of places.
const (
	PlaceText  Place = iota // free text: a log line, a message, a document that is none of the others
	PlaceValue              // the value of a member of a JSON, XML or other structured document
	PlaceKey                // the name of a member itself
	PlaceHeader
	PlaceCookie
	PlaceQuery // the value of a query or form parameter
	PlacePath  // a segment of a URL's path
	PlaceURL   // user information, host
	PlaceSQL   // a literal or a bind value
	PlaceBinary
)
