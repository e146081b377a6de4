package personal

import (
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

func TestValuesUnderNames(t *testing.T) {
	finder := New(func(*detect.Rule) bool { return true })
	for _, example := range []struct {
		name, text string
		want       detect.Type // of the whole text; "" for nothing
	}{
		{"phoneNumber", "4155552671", detect.Phone}, {"customer_phone", "020 7946 0958", detect.Phone}, {"mobile", "+91 98765 43210", detect.Phone}, {"phone", "415.555.2671 x12", detect.Phone}, {"fax", "612345678", detect.Phone},
		{"ssn", "536221749", detect.SSN}, {"socialSecurityNumber", "536-22-1749", detect.SSN}, {"ssn", "536 22 1749", detect.SSN}, {"applicantSSN", "536221749", detect.SSN},
		{"email", "jane@example.com", detect.Email}, {"contactEmail", "jane@corp", detect.Email}, {"anything", "jane@example.com", detect.Email},
		{"cardNumber", "4111111111111111", detect.Card}, {"pan", "5555-5555-5555-4444", detect.Card}, {"cvv", "123", detect.CardCode}, {"securityCode", "1234", detect.CardCode},
		{"npi", "1234567893", detect.NPI}, {"providerNpi", "1245319599", detect.NPI}, {"mrn", "00123456", detect.MedicalRecord}, {"patient_id", "P-100923", detect.MedicalRecord}, {"medicalRecordNumber", "A123456", detect.MedicalRecord},
		{"routingNumber", "021000021", detect.ABA}, {"account_number", "000123456789", detect.BankAccount}, {"iban", "DE89370400440532013000", detect.IBAN},
		{"dob", "1980-01-31", detect.BirthDate}, {"birthDate", "31/01/1980", detect.BirthDate}, {"dateOfBirth", "1980-01-31T00:00:00Z", detect.BirthDate}, {"dob", "19800131", detect.BirthDate},
		{"firstName", "José", detect.PersonName}, {"last_name", "O'Neil", detect.PersonName}, {"cardholderName", "JANE DOE", detect.PersonName},
		{"street", "1 Main St", detect.Address}, {"addressLine1", "Calle Mayor 5, 2º", detect.Address}, {"zip", "94107", detect.PostalCode}, {"postalCode", "SW1A 1AA", detect.PostalCode},
		{"passportNumber", "C01234567", detect.Passport}, {"driverLicense", "D1234567", detect.DriverLicense}, {"clientIp", "10.20.30.40", detect.IPv4}, {"remoteAddr", "2001:db8::7", detect.IPv6},
		{"mac", "001a2b3c4d5e", detect.MAC}, {"imei", "490154203237518", detect.DeviceID}, {"lat", "52.520008", detect.GPS}, {"nationalId", "12345678Z", detect.NationalID}, {"cpf", "52998224725", detect.NationalID}, {"taxId", "12-3456789", detect.TaxID},

		{"orderNumber", "4155552671", ""}, {"order_id", "123456789", ""}, {"timestamp", "1763892930123", ""}, {"createdAt", "2026-11-23 10:15:30", ""}, {"traceId", "4bf92f3577b34da6a3ce929d0e0e4736", ""},
		{"version", "10.20.30.40", ""}, {"price", "4111.11", ""}, {"total", "1234567893", ""}, {"sku", "978-0-306-40615-7", ""}, {"quantity", "123456789", ""}, {"etag", "\"536221749\"", ""}, {"uuid", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", ""},
		{"phone", "", ""}, {"phone", "n/a", ""}, {"phone", "true", ""}, {"phoneVerified", "true", ""}, {"ssn", "on file", ""}, {"firstName", "null", ""}, {"dob", "unknown", ""}, {"zip", "", ""}, {"address", "10:443", ""}, {"patient_id", "unknown", ""},
		{"duration", "1234567893", ""}, {"status", "200", ""}, {"requestId", "1245319599", ""}, {"cardType", "visa", ""}, {"emailSent", "false", ""}, {"host", "api.example.com", ""}, {"Content-Length", "1234567893", ""},
	} {
		text := []byte(example.text)
		hints := detect.Hints{Name: []byte(example.name), Class: detect.ClassifyName([]byte(example.name)), Place: detect.PlaceValue}
		var got detect.Type
		for _, f := range detect.Resolve(finder.Find(nil, text, detect.NewShape(text), hints)) {
			if f.Confidence >= 0.5 && f.End-f.Start >= len(text)*9/10 {
				got = f.Rule.Type
			} else if f.Confidence >= 0.5 {
				got = "part: " + f.Rule.Type
			}
		}
		if got != example.want {
			t.Errorf("%s %q: %q, want %q", example.name, example.text, got, example.want)
		}
	}
}
