package personal

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

var ruleMRN = &detect.Rule{
	Name: "medical-record-number", Type: detect.MedicalRecord, Category: detect.CategoryIdentifier, Confidence: 0.9,
	Summary: "Numbers of medical records and patients, under a name or right after a word that says so.",
	Matches: []ex{{Text: "MRN: 00123456", Want: "00123456"}, {Text: "Medical record number A1234567", Want: "A1234567"}, {Text: "patient id 4471023", Want: "4471023"}, {Name: "mrn", Text: "MR-448812"}},
	Misses:  []ex{{Text: "00123456"}, {Text: "MRN: unknown"}, {Text: "record 12345678"}},
}

var rulePassport = &detect.Rule{
	Name: "passport", Type: detect.Passport, Category: detect.CategoryIdentifier, Confidence: 0.9,
	Summary: "Passport numbers, under a name or after a word that says so.",
	Matches: []ex{{Text: "Passport no. 912803456", Want: "912803456"}, {Name: "passportNumber", Text: "912803456"}},
	Misses:  []ex{{Text: "K8123456"}, {Name: "passportNumber", Text: "pending"}},
}

var ruleLicense = &detect.Rule{
	Name: "driver-license", Type: detect.DriverLicense, Category: detect.CategoryIdentifier, Confidence: 0.8,
	Summary: "Numbers of driving licences, under a name or after a word that says so.",
	Matches: []ex{{Text: "driver's license: D1234567", Want: "D1234567"}, {Name: "driverLicense", Text: "S530-4609-0712"}},
	Misses:  []ex{{Text: "D1234567"}, {Text: "license: MIT"}, {Text: "license Apache-2.0"}},
}

var ruleHealthMember = &detect.Rule{
	Name: "health-member-id", Type: detect.HealthID, Category: detect.CategoryIdentifier, Confidence: 0.75,
	Summary: "Numbers of members of a health insurance, under a name that says so.",
	Matches: []ex{{Name: "insuranceId", Text: "XEA123456789"}},
	Misses:  []ex{{Text: "XEA123456789"}, {Name: "insuranceId", Text: "none"}},
}

var ruleNationalID = &detect.Rule{
	Name: "national-id", Type: detect.NationalID, Category: detect.CategoryIdentifier, Confidence: 0.75,
	Summary: "Any number for a person under a name that says it is one.",
	Matches: []ex{{Name: "nationalId", Text: "AB-9921123"}},
	Misses:  []ex{{Text: "AB-9921123"}, {Name: "nationalId", Text: "missing"}},
}

var ruleTaxID = &detect.Rule{
	Name: "tax-id", Type: detect.TaxID, Category: detect.CategoryIdentifier, Confidence: 0.75,
	Summary: "Any tax number under a name that says it is one.",
	Matches: []ex{{Name: "taxId", Text: "12-3456789"}},
	Misses:  []ex{{Name: "taxId", Text: "exempt"}},
}

var ruleBirthDate = &detect.Rule{
	Name: "birth-date", Type: detect.BirthDate, Category: detect.CategoryPerson, Confidence: 0.9,
	Summary: "Dates of birth, under a name or after a word that says so.",
	Matches: []ex{{Name: "dob", Text: "1984-02-29"}, {Text: "Date of birth: 02/03/1984", Want: "02/03/1984"}, {Text: "DOB 3 March 1984", Want: "3 March 1984"}, {Text: "born on March 3, 1984", Want: "March 3, 1984"}},
	Misses:  []ex{{Text: "1984-02-29"}, {Text: "due date: 2026-01-02"}, {Name: "dob", Text: "unknown"}},
}

var rulePersonName = &detect.Rule{
	Name: "person-name", Type: detect.PersonName, Category: detect.CategoryPerson, Confidence: 0.85,
	Summary: "Names of people, under a name that says so or after a label or a form of address.",
	Matches: []ex{{Name: "firstName", Text: "Ada"}, {Text: "Name: Grace Hopper", Want: "Grace Hopper"}, {Text: "Dear Mr. Smith, your order", Want: "Smith"}, {Text: "seen by Dr. Jane O'Neil today", Want: "Jane O'Neil"}},
	Misses:  []ex{{Text: "Grace Hopper"}, {Text: "Name: 42"}, {Text: "Dear customer"}, {Name: "firstName", Text: "null"}},
}

var ruleAddress = &detect.Rule{
	Name: "address", Type: detect.Address, Category: detect.CategoryLocation, Confidence: 0.85,
	Summary: "Lines of postal addresses, under a name, or a house number with a street in text.",
	Matches: []ex{{Name: "street", Text: "Hauptstraße 5"}, {Text: "Ship to 123 Main St, please", Want: "123 Main St"}, {Text: "221B Baker Street"}, {Text: "P.O. Box 4021"}, {Name: "city", Text: "San José"}},
	Misses:  []ex{{Text: "5 Stars"}, {Text: "123 errors"}, {Text: "2 Main reasons"}, {Name: "street", Text: "https://example.com/a"}},
}

var rulePostalCode = &detect.Rule{
	Name: "postal-code", Type: detect.PostalCode, Category: detect.CategoryLocation, Confidence: 0.85,
	Summary: "Postal codes under a name that says so.",
	Matches: []ex{{Name: "zip", Text: "94107-1234"}, {Name: "postcode", Text: "SW1A 1AA"}},
	Misses:  []ex{{Text: "94107"}, {Name: "zip", Text: "none"}},
}

var ruleGPS = &detect.Rule{
	Name: "gps", Type: detect.GPS, Category: detect.CategoryLocation, Confidence: 0.85,
	Summary: "Coordinates: a latitude and a longitude next to each other, or one under a name.",
	Matches: []ex{{Text: "40.712776, -74.005974"}, {Name: "lat", Text: "52.520008"}, {Text: "at 40.7128° N, 74.0060° W now", Want: "40.7128° N, 74.0060° W"}},
	Misses:  []ex{{Text: "1.5, 2.25"}, {Text: "91.123456, 10.123456"}, {Name: "lat", Text: "52"}},
}

func personRules() []*detect.Rule {
	return []*detect.Rule{ruleMRN, rulePassport, ruleLicense, ruleHealthMember, ruleNationalID, ruleTaxID, ruleBirthDate, rulePersonName, ruleAddress, rulePostalCode, ruleGPS}
}
